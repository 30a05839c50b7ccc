import { mkdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { openEmbeddedStore } from "../../server/store/embedded/store.ts";
import { StoreUnavailable } from "../../server/store/port.ts";
import { tempDir, tempStore } from "../support/store.ts";
import { storeContract } from "./store.contract.ts";

describe("opening an embedded store", () => {
  it("[S17] a directory that can't be used is StoreUnavailable in one line that names it", async () => {
    const dir = await tempDir();
    const file = join(dir, "file");
    await writeFile(file, "not a directory");
    await mkdir(join(dir, "broken"));
    await writeFile(join(dir, "broken", "store.mdb"), "x".repeat(20_000));
    // Whoever is root may write everywhere but there.
    const nowhere = "/proc/none/below";
    for (const dataDir of [file, join(file, "below"), join(dir, "broken"), nowhere]) {
      const error = await openEmbeddedStore({ dataDir }).catch((thrown) => thrown);
      expect(error).toBeInstanceOf(StoreUnavailable);
      expect(error.message).toContain(dataDir === nowhere ? "/proc/none" : dataDir);
      expect(error.message).not.toContain("\n");
    }
    await rm(dir, { recursive: true });
  });
});

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
