/**
 * The embedded store: the store port over LMDB, in one file under `DATA_DIR`.
 *
 * Promises: everything `port.ts` promises, to any number of processes on one host. Needs no server.
 * Must never import a room above the store.
 */
import { COLLECTIONS } from "../collections.ts";
import type { AnyCollection } from "../plan.ts";
import type { Collection, CollectionSpec, Store, Stored } from "../port.ts";
import { createCollection } from "./documents.ts";
import { openEnvironment } from "./environment.ts";
import { assertCurrent, buildIndexes } from "./indexes.ts";

export interface EmbeddedStoreOptions {
  /** Made when missing. */
  dataDir: string;
  /** The collections that can be asked for; default: all of the ledger. */
  collections?: readonly AnyCollection[];
}

/**
 * Opens the store of a directory and builds the indexes that are missing. Throws `StoreUnavailable` when
 * the directory cannot be used.
 */
export async function openEmbeddedStore({ dataDir, collections = COLLECTIONS }: EmbeddedStoreOptions): Promise<Store> {
  const environment = openEnvironment(dataDir);
  try {
    buildIndexes(environment, collections);
  } catch (error) {
    await environment.close();
    throw error;
  }
  const current = assertCurrent(environment, collections);
  const guarded = {
    ...environment,
    write: <T>(work: () => T): Promise<T> =>
      environment.write(() => {
        current();
        return work();
      }),
  };
  const declared = new Set(collections.map(({ name }) => name));
  return {
    collection: <D extends Stored>(spec: CollectionSpec<D>): Collection<D> => {
      if (!declared.has(spec.name)) throw new TypeError(`${spec.name} is not a collection of this store`);
      return createCollection(guarded, spec);
    },
    healthy: environment.healthy,
    close: environment.close,
  };
}
