/**
 * Filling a directory that holds no store yet with the documents of another one.
 *
 * Promises: ids and versions stay as they are; the store is in its place complete, with all its indexes, or not at all.
 * Must never read the other store.
 */
import { link, mkdtemp, rm } from "node:fs/promises";
import { join } from "node:path";
import type { Stored } from "../port.ts";
import { type Environment, openEnvironment, STORE_FILE } from "./environment.ts";
import { keyOf } from "./keys.ts";
import { openEmbeddedStore } from "./store.ts";

/** Documents per transaction: few syncs, and some 20 MB. */
const BATCH = 10_000;

export interface Filling {
  /** Adds documents of a collection. */
  add(collection: string, documents: readonly Stored[]): void;
  /** Builds the indexes and puts the store in its place. Throws `TypeError` when documents share what is unique. */
  finish(): Promise<void>;
  /** Gives up what was not finished. */
  close(): Promise<void>;
}

/** Begins to fill a directory, which exists. Throws `StoreUnavailable`. */
export async function beginFilling(dataDir: string): Promise<Filling> {
  // Inside, because the directory may be a volume of its own and the file must be linked into place at the end.
  const unfinished = await mkdtemp(join(dataDir, "unfinished-"));
  const discard = () => rm(unfinished, { recursive: true, force: true });
  let environment: Environment;
  try {
    environment = openEnvironment(unfinished);
  } catch (error) {
    await discard();
    throw error;
  }
  let batch: { key: Buffer; text: string }[] = [];
  const put = (): void => {
    const documents = batch.sort((one, other) => Buffer.compare(one.key, other.key));
    batch = [];
    environment.writeNow(() => {
      for (const { key, text } of documents) environment.documents.putSync(key, text);
    });
  };
  return {
    add: (collection, documents) => {
      for (const document of documents) {
        batch.push({ key: keyOf([collection, document.id]), text: JSON.stringify(document) });
        if (batch.length >= BATCH) put();
      }
    },
    finish: async () => {
      put();
      await environment.close();
      // Migrates it to this version, builds the indexes, and so checks the unique ones.
      await (await openEmbeddedStore({ dataDir: unfinished })).close();
      await link(join(unfinished, STORE_FILE), join(dataDir, STORE_FILE));
    },
    close: async () => {
      await environment.close();
      await discard();
    },
  };
}
