/** The index that a query reads along is named to MongoDB. */
import { MongoClient } from "mongodb";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { bookings, COLLECTIONS } from "../../server/store/collections.ts";
import { nameOf } from "../../server/store/mongodb/indexes.ts";
import { openMongoStore } from "../../server/store/mongodb/store.ts";
import type { Store } from "../../server/store/port.ts";
import { hasMongo, startMongo, type TestMongo } from "../support/mongodb.ts";
import { anOrder } from "../support/orders.ts";

describe.skipIf(!hasMongo)("indexes of a MongoDB store", () => {
  let mongo: TestMongo;
  let store: Store;
  let client: MongoClient;
  beforeAll(async () => {
    mongo = await startMongo();
    const url = mongo.database();
    store = await openMongoStore({ url });
    client = await MongoClient.connect(url);
  });
  afterAll(async () => {
    await client?.close();
    await store?.close();
    await mongo?.stop();
  });

  it("[S83] every declared index is there under the name that queries give", async () => {
    for (const { name, indexes } of COLLECTIONS.filter(({ indexes }) => Object.keys(indexes).length > 0)) {
      const there = (await client.db().collection(name).listIndexes().toArray()).map((index) => index.name);
      const named = Object.entries(indexes).map(([index, { fields, unique = false }]) =>
        nameOf({ index, fields, unique }),
      );
      expect(there).toEqual(expect.arrayContaining(named));
    }
  });

  it("[S83] a query whose index a server of another version has dropped is answered all the same", async () => {
    const { version: _version, ...order } = anOrder({ id: "ord_without" });
    const documents = store.collection(bookings);
    expect((await documents.insert(order)).ok).toBe(true);
    const query = { showtimeId: order.showtimeId };
    expect(await documents.find(query)).toHaveLength(1);
    await client.db().collection("bookings").dropIndex("showtime:showtimeId+createdAt");
    expect(await documents.find(query)).toHaveLength(1);
  });
});
