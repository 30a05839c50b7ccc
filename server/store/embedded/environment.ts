/**
 * The LMDB environment of one `DATA_DIR`: two tables and one way to write.
 *
 * Promises: work given to `write` runs alone among all processes on this directory, all of it or nothing
 * is kept, and it is on disk when the promise resolves. `read` sees every write that resolved anywhere.
 * Must never know collections or documents.
 */
import { mkdirSync, realpathSync } from "node:fs";
import { join } from "node:path";
import { type Database, open, type RootDatabase } from "lmdb";
import { StoreUnavailable, UnindexedQuery } from "../port.ts";

export type Table = Database<string, Buffer>;

export interface Environment {
  /** Collection and id -> document as JSON. */
  readonly documents: Table;
  /** Collection, index and values (and id, when not unique) -> id. */
  readonly entries: Table;
  /** Facts about the tables themselves. */
  readonly facts: Table;
  /** Runs the work in a transaction. What it throws as `TypeError` or `RangeError` must come before its first write. */
  write<T>(work: () => T): Promise<T>;
  /** The same at once, holding up this process: for the start only. */
  writeNow<T>(work: () => T): T;
  read<T>(work: () => T): T;
  /** The documents as they are now, however long reading them takes. */
  snapshot(): Snapshot;
  healthy(): boolean;
  close(): Promise<void>;
}

export interface Snapshot {
  /** From the first to the last key. May be asked for again. */
  documents(): Iterable<{ key: Buffer; value: string }>;
  /** Must be called: until then LMDB can't use the space of older pages again. */
  done(): void;
}

/** Readiness comes back this long after the last failure even if nobody writes. */
const UNHEALTHY_MS = 5_000;
/** The file in `DATA_DIR`; LMDB keeps its locks beside it. */
export const STORE_FILE = "store.mdb";

interface Shared {
  environment: Environment;
  users: number;
}

/**
 * LMDB forbids to open a file twice in one process: closing one would drop the locks of the other.
 * So all opens of a directory share one environment; the last close ends it.
 */
const environments = new Map<string, Shared>();

/** Opens (and makes, when missing) the environment of a directory. Throws `StoreUnavailable`. */
export function openEnvironment(dataDir: string): Environment {
  const path = pathOf(dataDir);
  const shared = environments.get(path) ?? { environment: createEnvironment(path), users: 0 };
  shared.users += 1;
  environments.set(path, shared);
  let closed = false;
  const guard = (): void => {
    if (closed) throw new StoreUnavailable("the store is closed");
  };
  return {
    ...shared.environment,
    write: async (work) => {
      guard();
      return shared.environment.write(work);
    },
    writeNow: (work) => {
      guard();
      return shared.environment.writeNow(work);
    },
    read: (work) => {
      guard();
      return shared.environment.read(work);
    },
    healthy: () => !closed && shared.environment.healthy(),
    close: async () => {
      if (closed) return;
      closed = true;
      shared.users -= 1;
      if (shared.users > 0) return;
      environments.delete(path);
      await shared.environment.close();
    },
  };
}

function pathOf(dataDir: string): string {
  try {
    mkdirSync(dataDir, { recursive: true });
    return join(realpathSync(dataDir), STORE_FILE);
  } catch (error) {
    throw unavailable(error);
  }
}

function createEnvironment(path: string): Environment {
  const root = openRoot(path);
  const table = (name: string): Table => root.openDB(name, { encoding: "string", keyEncoding: "binary" });
  const tables = { documents: table("documents"), entries: table("entries"), facts: table("facts") };
  const health = createHealth();
  const writer = createWriter(root, health);
  return {
    ...tables,
    ...writer,
    read: (work) => {
      try {
        // LMDB keeps a snapshot for the rest of this turn; another process may have written since.
        root.resetReadTxn();
        return work();
      } catch (error) {
        throw isMistake(error) ? error : health.failed(error);
      }
    },
    snapshot: () => {
      root.resetReadTxn();
      const transaction = root.useReadTransaction();
      return { documents: () => tables.documents.getRange({ transaction }), done: () => transaction.done() };
    },
    healthy: health.good,
    close: async () => {
      await writer.drained();
      await root.close();
    },
  };
}

function openRoot(path: string): RootDatabase<string, Buffer> {
  try {
    // Not overlapping: a commit is on disk before anybody sees it, and a failed sync is a failed write.
    return open<string, Buffer>({ path, maxDbs: 4, overlappingSync: false });
  } catch (error) {
    throw unavailable(error);
  }
}

interface Waiting {
  run(): void;
  resolve(): void;
  reject(error: unknown): void;
}

interface Writer {
  write<T>(work: () => T): Promise<T>;
  writeNow<T>(work: () => T): T;
  drained(): Promise<void>;
}

/** Collects the writes of a turn into one transaction, so that they share one sync of the disk. */
function createWriter(root: RootDatabase<string, Buffer>, health: Health): Writer {
  let waiting: Waiting[] = [];
  let last: Promise<unknown> = Promise.resolve();

  const commit = (): void => {
    const batch = waiting;
    waiting = [];
    try {
      root.transactionSync(() => {
        for (const each of batch) each.run();
      });
      health.worked();
      for (const each of batch) each.resolve();
    } catch (error) {
      const failure = health.failed(error);
      for (const each of batch) each.reject(failure);
    }
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

interface Health {
  good(): boolean;
  worked(): void;
  /** Notes a failure and answers it as the port wants it. */
  failed(error: unknown): StoreUnavailable;
}

function createHealth(): Health {
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

/** A mistake of the caller, found before anything was written; everything else is the store's trouble. */
function isMistake(error: unknown): boolean {
  return error instanceof TypeError || error instanceof RangeError || error instanceof UnindexedQuery;
}

function unavailable(error: unknown): StoreUnavailable {
  if (error instanceof StoreUnavailable) return error;
  return new StoreUnavailable(error instanceof Error ? error.message : String(error), { cause: error });
}
