/**
 * Filling an empty database with the documents of another store.
 *
 * Promises: ids and versions stay as they are; a database that was not filled to the end is never served.
 * Must never read the other store.
 */
import type { AnyCollection } from "../plan.ts";
import type { Store, Stored } from "../port.ts";
import { connect } from "./connection.ts";
import { createMarks, encode, type Kept } from "./encoding.ts";
import { buildIndexes } from "./indexes.ts";
import { createStore } from "./store.ts";
import { markFinished, markUnfinished } from "./unfinished.ts";

export interface Filling {
  /** What is in the database so far, for comparing. */
  store: Store;
  /** Adds documents of a collection, at least one. */
  add(collection: string, documents: readonly Stored[]): Promise<void>;
  /** From now on the database may be served. */
  finish(): Promise<void>;
  close(): Promise<void>;
}

/** Begins to fill the database of a URL. Throws `StoreUnavailable` unless it can be used and is empty. */
export async function beginFilling(url: string, collections: readonly AnyCollection[]): Promise<Filling> {
  // A batch that is given up and sent again finds its own documents there.
  const connection = await connect(url, { isPatient: true });
  const { db, runLong, close } = connection;
  const mark = createMarks();
  try {
    await markUnfinished(connection);
    await buildIndexes(connection, collections);
  } catch (error) {
    await close();
    throw error;
  }
  return {
    store: createStore(connection, collections),
    add: async (collection, documents) => {
      const kept = documents.map((document) => encode(document, mark()));
      await runLong(() => db.collection<Kept>(collection).insertMany(kept));
    },
    finish: () => markFinished(connection),
    close,
  };
}
