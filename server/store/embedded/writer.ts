/**
 * How the embedded store writes: what one turn of the event loop asks for goes into one transaction.
 *
 * Promises: all of a batch is kept or nothing; a promise resolves when its batch is on disk; whatever LMDB
 * throws arrives as `StoreUnavailable`.
 * Must never know what is written.
 */
import type { RootDatabase } from "lmdb";
import { isMistake, unavailable } from "../failures.ts";
import type { StoreUnavailable } from "../port.ts";

/** Readiness comes back this long after the last failure even if nobody writes. */
const UNHEALTHY_MS = 5_000;

interface Waiting {
  run(): void;
  resolve(): void;
  reject(error: unknown): void;
}

export interface Writer {
  /** What the work throws as a mistake (see `isMistake`) must come before its first write: the others are kept. */
  write<T>(work: () => T): Promise<T>;
  /** A transaction of its own, at once; nothing of it is kept when the work throws. */
  writeNow<T>(work: () => T): T;
  /** Resolves when every write that was asked for is settled. */
  drained(): Promise<void>;
}

/**
 * Collects the writes of a turn into one transaction, so that they share one sync of the disk. The event loop waits
 * for that sync: the library's own asynchronous transactions never call back on Node 20 (lmdb 3.5.6), and its
 * overlapping sync waits inside the commit all the same.
 */
export function createWriter(root: RootDatabase<string, Buffer>, health: Health): Writer {
  let waiting: Waiting[] = [];
  let last: Promise<unknown> = Promise.resolve();

  const commit = (): void => {
    const batch = waiting;
    waiting = [];
    try {
      root.transactionSync(() => {
        for (const each of batch) each.run();
      });
    } catch (error) {
      const failure = health.failed(error);
      for (const each of batch) each.reject(failure);
      return;
    }
    health.worked();
    for (const each of batch) each.resolve();
  };

  return {
    write: <T>(work: () => T): Promise<T> => {
      const done = new Promise<T>((resolve, reject) => {
        let result: { ok: true; value: T } | { ok: false; error: unknown };
        if (waiting.length === 0) setImmediate(commit);
        waiting.push({
          run: () => {
            try {
              result = { ok: true, value: work() };
            } catch (error) {
              if (!isMistake(error)) throw error;
              result = { ok: false, error };
            }
          },
          resolve: () => (result.ok ? resolve(result.value) : reject(result.error)),
          reject,
        });
      });
      last = done.catch(() => undefined);
      return done;
    },
    writeNow: (work) => {
      try {
        return root.transactionSync(work);
      } catch (error) {
        throw isMistake(error) ? error : health.failed(error);
      }
    },
    drained: async () => {
      await last;
    },
  };
}

export interface Health {
  good(): boolean;
  worked(): void;
  /** Notes a failure and answers it as the port wants it. */
  failed(error: unknown): StoreUnavailable;
}

export function createHealth(): Health {
  let failedAt = Number.NEGATIVE_INFINITY;
  return {
    good: () => performance.now() - failedAt > UNHEALTHY_MS,
    worked: () => {
      failedAt = Number.NEGATIVE_INFINITY;
    },
    failed: (error) => {
      failedAt = performance.now();
      return unavailable(error);
    },
  };
}
