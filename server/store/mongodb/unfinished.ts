/**
 * The mark of a database that is being filled from another store: nobody may serve it until it is complete and
 * checked. Must never know what it is filled with.
 */
import { StoreUnavailable } from "../port.ts";
import type { Connection } from "./connection.ts";

/** A collection of its own, with one document. */
const COLLECTION = "unfinishedCopy";

const marks = ({ db }: Connection) => db.collection<{ _id: string }>(COLLECTION);

/** Marks a database that nobody has used. Throws `StoreUnavailable` for any other. */
export async function markUnfinished(connection: Connection): Promise<void> {
  const { db, runLong } = connection;
  await runLong(async () => {
    for (const { name } of await db.listCollections({}, { nameOnly: true }).toArray()) {
      if ((await db.collection(name).findOne()) !== null)
        throw new StoreUnavailable("that database is not empty, and a copy never writes over a cinema");
    }
    await marks(connection).insertOne({ _id: "copy" });
  });
}

/** From now on the database may be served. */
export async function markFinished(connection: Connection): Promise<void> {
  await connection.runLong(() => marks(connection).drop());
}

/** Throws `StoreUnavailable` for a database that is marked. */
export async function refuseUnfinished(connection: Connection): Promise<void> {
  if ((await connection.run(() => marks(connection).findOne())) === null) return;
  throw new StoreUnavailable("a copy into that database was not finished: drop the database and copy again");
}
