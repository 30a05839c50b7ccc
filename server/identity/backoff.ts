import type { Clock } from "../basics/clock.ts";

/** Makes whoever guesses wait longer with each guess. In the memory of one server. */
export interface Backoff {
  /** How long this key has to wait, in milliseconds; 0: it may try now. */
  wait(key: string): number;
  /** Counts an attempt before its outcome is known, so that many at once can't slip through. */
  attempt(key: string): void;
  /** The attempt was right: the key starts anew. */
  forgive(key: string): void;
}

export interface BackoffRules {
  /** Attempts without waiting. */
  free: number;
  firstWaitMs: number;
  longestWaitMs: number;
}

interface Attempts {
  count: number;
  lastAt: number;
  freeAt: number;
}

/** A key that kept quiet this long starts anew. */
const FORGET_AFTER_MS = 15 * 60 * 1000;
/** The keys of a wide attack; the longest quiet go first. */
const KEYS_MAX = 20_000;

export function createBackoff(rules: BackoffRules, clock: Clock): Backoff {
  const attempts = new Map<string, Attempts>();

  function wait(key: string): number {
    const known = attempts.get(key);
    if (known === undefined) return 0;
    return Math.min(Math.max(0, known.freeAt - clock.now()), rules.longestWaitMs);
  }

  function attempt(key: string): void {
    const now = clock.now();
    const before = attempts.get(key);
    const count = before === undefined || now - before.lastAt > FORGET_AFTER_MS ? 1 : before.count + 1;
    const doublings = count - rules.free;
    const pause = doublings < 0 ? 0 : Math.min(rules.firstWaitMs * 2 ** Math.min(doublings, 30), rules.longestWaitMs);
    attempts.delete(key);
    attempts.set(key, { count, lastAt: now, freeAt: now + pause });
    const oldest = attempts.size > KEYS_MAX ? attempts.keys().next().value : undefined;
    if (oldest !== undefined) attempts.delete(oldest);
  }

  return { wait, attempt, forgive: (key) => void attempts.delete(key) };
}
