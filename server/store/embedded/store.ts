/**
 * The embedded store: the store port over LMDB, in one file under `DATA_DIR`.
 *
 * Promises: everything `port.ts` promises, to any number of processes on one host. Needs no server.
 * Must never import a room above the store.
 */
import { COLLECTIONS, installation } from "../collections.ts";
import { MIGRATIONS, type Migration } from "../migrations/list.ts";
import { migrate, numberOf, refuseNewer } from "../migrations/migrate.ts";
import type { AnyCollection } from "../plan.ts";
import type { Collection, CollectionSpec, Store, Stored } from "../port.ts";
import { createCollection } from "./documents.ts";
import { type Environment, openEnvironment } from "./environment.ts";
import { buildIndexes, currentIndexes } from "./indexes.ts";

export interface EmbeddedStoreOptions {
  /** Made when missing. */
  dataDir: string;
  /** The collections that can be asked for; default: all of the ledger. */
  collections?: readonly AnyCollection[];
  /** Default: all there are. */
  migrations?: readonly Migration[];
}

/**
 * Opens the store of a directory, ready for use: indexes built, documents migrated. Throws `StoreUnavailable` when
 * the directory cannot be used, `StoreIsNewer` when a later version wrote it.
 */
export async function openEmbeddedStore(options: EmbeddedStoreOptions): Promise<Store> {
  const { dataDir, collections = COLLECTIONS, migrations = MIGRATIONS } = options;
  const environment = openEnvironment(dataDir);
  try {
    // Before the indexes: those of a later version must be left as they are.
    refuseNewer(await numberOf(createCollection(environment, installation)), migrations);
    buildIndexes(environment, collections);
    const store = createStore(environment, collections);
    if (collections.includes(installation)) await migrate(store, migrations);
    return store;
  } catch (error) {
    await environment.close();
    throw error;
  }
}

function createStore(environment: Environment, collections: readonly AnyCollection[]): Store {
  const assertCurrent = currentIndexes(environment, collections);
  const guarded: Environment = {
    ...environment,
    write: (work) =>
      environment.write(() => {
        assertCurrent();
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
