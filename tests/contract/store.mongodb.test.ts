import { afterAll, beforeAll, describe } from "vitest";
import { openMongoStore } from "../../server/store/mongodb/store.ts";
import type { AnyCollection } from "../../server/store/plan.ts";
import { hasMongo, startMongo, type TestMongo } from "../support/mongodb.ts";
import { storeContract } from "./store.contract.ts";

describe.skipIf(!hasMongo)("a MongoDB store", () => {
  let mongo: TestMongo;
  beforeAll(async () => {
    mongo = await startMongo();
  });
  afterAll(() => mongo.stop());

  const open = async (collections: readonly AnyCollection[]) => {
    const url = mongo.database();
    const stores = [await openMongoStore({ url, collections })];
    const again = async () => {
      const store = await openMongoStore({ url, collections });
      stores.push(store);
      return store;
    };
    const [store] = stores as [(typeof stores)[0]];
    const cleanUp = async () => {
      for (const one of stores) await one.close();
    };
    return { store, again, cleanUp };
  };
  storeContract("MongoDB", open, true);
});
