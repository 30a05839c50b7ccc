import { hash, verify } from "@node-rs/argon2";
import { type Outcome, refuse } from "../protocol/errors.ts";

/**
 * Passwords, hashed with argon2id. A hash takes 100 ms of a core and 19 MiB, so few run at once and
 * only so many wait; past that the answer is `rate_limited`.
 */
export interface Passwords {
  hash(password: string): Promise<Outcome<{ hash: string }>>;
  /**
   * Takes as long for an account that does not exist (null) as for one that does. `isKnown`: somebody who has been
   * here before, for whom strangers do not fill the queue.
   */
  verify(stored: string | null, password: string, isKnown?: boolean): Promise<Outcome<{ matches: boolean }>>;
}

/** 19 MiB and two passes: the least that OWASP advises, about 100 ms here. */
const COST = { memoryCost: 19_456, timeCost: 2, parallelism: 1 };
/** Leaves threads of the pool to signatures and files. */
const AT_ONCE = 2;
/** A queue of two seconds; whoever would wait longer is told to come back. */
const WAITING_MAX = 40;
/** Places behind them that strangers can't take. */
const WAITING_KNOWN_MAX = 60;
/** Costs what any other does, and matches nothing. */
const NOBODYS = `$argon2id$v=19$m=${COST.memoryCost},t=${COST.timeCost},p=${COST.parallelism}$bm9ib2R5IGhhcyB0aGlz$${"A".repeat(43)}`;
const RETRY_AFTER_MS = 2_000;

/** Keyboards make an accent as one character or as two: whoever types the same is the same. */
const typed = (password: string) => password.normalize("NFKC");

export function createPasswords(): Passwords {
  const waiting: (() => void)[] = [];
  let running = 0;

  async function inTurn<T>(work: () => Promise<T>, waitingMax = WAITING_MAX): Promise<Outcome<{ result: T }>> {
    if (running >= AT_ONCE) {
      if (waiting.length >= waitingMax)
        return refuse("rate_limited", "Many people are signing in, try again in a moment", {
          retryAfterMs: RETRY_AFTER_MS,
        });
      await new Promise<void>((resolve) => waiting.push(resolve));
    } else running += 1;
    try {
      return { ok: true, result: await work() };
    } finally {
      const next = waiting.shift();
      if (next === undefined) running -= 1;
      else next();
    }
  }

  return {
    async hash(password) {
      const done = await inTurn(() => hash(typed(password), COST));
      return done.ok ? { ok: true, hash: done.result } : done;
    },
    async verify(stored, password, isKnown = false) {
      const against = stored ?? NOBODYS;
      const done = await inTurn(() => verify(against, typed(password)), isKnown ? WAITING_KNOWN_MAX : WAITING_MAX);
      return done.ok ? { ok: true, matches: stored !== null && done.result } : done;
    },
  };
}
