/**
 * The LMDB environment of one `DATA_DIR`: two tables and one way to write.
 *
 * Promises: work given to `write` runs alone among all processes on this directory, all of it or nothing
 * is kept, and it is on disk when the promise resolves. `read` sees every write that resolved anywhere.
 * Must never know collections or documents.
 */
import { closeSync, existsSync, openSync, readSync, realpathSync, statSync } from "node:fs";
import { join } from "node:path";
import { type Database, open, type RootDatabase } from "lmdb";
import { isMistake, unavailable } from "../failures.ts";
import { StoreUnavailable } from "../port.ts";
import { makeFolder } from "./folder.ts";
import { createHealth, createWriter } from "./writer.ts";

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

/** The file in `DATA_DIR`; LMDB keeps its locks beside it. */
export const STORE_FILE = "store.mdb";

/** In the header of each of the first two pages of an LMDB file. */
const LMDB_MAGIC = Buffer.from("dec0efbe", "hex");
/** Those two pages at their smallest. */
const LEAST_FILE_BYTES = 8_192;

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
    makeFolder(dataDir);
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
  assertStoreFile(path);
  try {
    // Not overlapping: a commit is on disk before anybody sees it, and a failed sync is a failed write.
    return open<string, Buffer>({ path, maxDbs: 4, overlappingSync: false });
  } catch (error) {
    throw new StoreUnavailable(`${path} can't be opened: ${(error as Error).message}`, { cause: error });
  }
}

/** LMDB ends the process on a file that is not its own, so that is looked at before. */
function assertStoreFile(path: string): void {
  if (!existsSync(path) || statSync(path).size === 0) return;
  const head = Buffer.alloc(LEAST_FILE_BYTES);
  const file = openSync(path, "r");
  const length = readSync(file, head);
  closeSync(file);
  if (length === LEAST_FILE_BYTES && head.includes(LMDB_MAGIC)) return;
  throw new StoreUnavailable(`${path} is not a store, or damaged: put it aside and restore a backup`);
}
