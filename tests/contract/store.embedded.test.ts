import { openEmbeddedStore } from "../../server/store/embedded/store.ts";
import { tempStore } from "../support/store.ts";
import { storeContract } from "./store.contract.ts";

storeContract("embedded", async (collections) => {
  const { store, dataDir, cleanUp } = await tempStore({ collections });
  const others: (typeof store)[] = [];
  return {
    store,
    again: async () => {
      const other = await openEmbeddedStore({ dataDir, collections });
      others.push(other);
      return other;
    },
    cleanUp: async () => {
      for (const other of others) await other.close();
      await cleanUp();
    },
  };
});
