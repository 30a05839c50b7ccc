/**
 * The store in MongoDB: the store port for servers on many machines.
 *
 * Promises: everything `port.ts` promises, to any number of servers; what a majority of a replica set keeps
 * survives the loss of the others.
 * Must never import a room above the store.
 */
import { COLLECTIONS, installation } from "../collections.ts";
import { MIGRATIONS, type Migration } from "../migrations/list.ts";
import { migrate, numberOf, refuseNewer } from "../migrations/migrate.ts";
import type { AnyCollection } from "../plan.ts";
import type { Collection, CollectionSpec, Store, Stored } from "../port.ts";
import { type Connection, connect } from "./connection.ts";
import { createCollection } from "./documents.ts";
import { createMarks } from "./encoding.ts";
import { buildIndexes } from "./indexes.ts";
import { refuseUnfinished } from "./unfinished.ts";

export interface MongoStoreOptions {
  /** `mongodb://` or `mongodb+srv://`; the database is `butaca` when it names none. */
  url: string;
  /** The collections that can be asked for; default: all of the ledger. */
  collections?: readonly AnyCollection[];
  /** Default: all there are. */
  migrations?: readonly Migration[];
}

/**
 * Opens the store in a database, ready for use: indexes built, documents migrated. Throws `StoreUnavailable` when
 * the database can't be used, `StoreIsNewer` when a later version wrote it.
 */
export async function openMongoStore(options: MongoStoreOptions): Promise<Store> {
  const { url, collections = COLLECTIONS, migrations = MIGRATIONS } = options;
  await makeReady(url, collections, migrations);
  return createStore(await connect(url), collections);
}

/** Over a connection of its own, which waits as long as the database is there: a new index over big books takes minutes. */
async function makeReady(
  url: string,
  collections: readonly AnyCollection[],
  migrations: readonly Migration[],
): Promise<void> {
  const connection = await connect(url, { isPatient: true });
  try {
    await refuseUnfinished(connection);
    const store = createStore(connection, [...collections, installation]);
    // Before the indexes: those of a later version must be left as they are.
    refuseNewer(await numberOf(store.collection(installation)), migrations);
    await buildIndexes(connection, collections);
    if (collections.includes(installation)) await migrate(store, migrations);
  } finally {
    await connection.close();
  }
}

/** The collections over a connection. The caller has seen to their indexes. */
export function createStore(connection: Connection, collections: readonly AnyCollection[]): Store {
  const context = { connection, mark: createMarks() };
  const declared = new Set(collections.map(({ name }) => name));
  return {
    collection: <D extends Stored>(spec: CollectionSpec<D>): Collection<D> => {
      if (!declared.has(spec.name)) throw new TypeError(`${spec.name} is not a collection of this store`);
      return createCollection(context, spec);
    },
    healthy: connection.healthy,
    close: connection.close,
  };
}
