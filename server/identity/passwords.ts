import { hash, verify } from "@node-rs/argon2";
import { randomText } from "../basics/ids.ts";
import { type Outcome, refuse } from "../protocol/errors.ts";

/**
 * Passwords, hashed with argon2id. A hash takes 100 ms of a core and 19 MiB, so few run at once and
 * only so many wait; past that the answer is `rate_limited`.
 */
export interface Passwords {
  hash(password: string): Promise<Outcome<{ hash: string }>>;
  /** Takes as long for an account that does not exist (null) as for one that does. */
  verify(stored: string | null, password: string): Promise<Outcome<{ matches: boolean }>>;
}

/** 19 MiB and two passes: the least that OWASP advises, about 100 ms here. */
const COST = { memoryCost: 19_456, timeCost: 2, parallelism: 1 };
/** Leaves threads of the pool to signatures and files. */
const AT_ONCE = 2;
/** A queue of two seconds; whoever would wait longer is told to come back. */
const WAITING_MAX = 40;
const RETRY_AFTER_MS = 2_000;

export function createPasswords(): Passwords {
  const waiting: (() => void)[] = [];
  let running = 0;
  let decoy: Promise<string> | undefined;

  async function inTurn<T>(work: () => Promise<T>): Promise<Outcome<{ result: T }>> {
    if (running >= AT_ONCE) {
      if (waiting.length >= WAITING_MAX)
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
      const done = await inTurn(() => hash(password, COST));
      return done.ok ? { ok: true, hash: done.result } : done;
    },
    async verify(stored, password) {
      decoy ??= hash(randomText(20), COST);
      const against = stored ?? (await decoy);
      const done = await inTurn(() => verify(against, password));
      return done.ok ? { ok: true, matches: stored !== null && done.result } : done;
    },
  };
}
