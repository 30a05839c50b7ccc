import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type EmbeddedStoreOptions, openEmbeddedStore } from "../../server/store/embedded/store.ts";
import type { Store } from "../../server/store/port.ts";

export interface TempStore {
  store: Store;
  dataDir: string;
  /** Closes the store and deletes its directory. */
  cleanUp(): Promise<void>;
}

/** An empty embedded store in a directory of its own. */
export async function tempStore(
  options: { collections?: EmbeddedStoreOptions["collections"] } = {},
): Promise<TempStore> {
  const dataDir = await tempDir();
  const store = await openEmbeddedStore({ dataDir, ...options });
  const cleanUp = async (): Promise<void> => {
    await store.close();
    await rm(dataDir, { recursive: true, force: true });
  };
  return { store, dataDir, cleanUp };
}

/** A new directory for a store. Whoever makes it deletes it. */
export function tempDir(): Promise<string> {
  return mkdtemp(join(tmpdir(), "butaca-store-"));
}
