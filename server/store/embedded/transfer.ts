/**
 * Backup and restore of a `DATA_DIR`, as the two command lines use them.
 *
 * Promises: a backup is the store as it was at one moment, also while servers write. A restore happens
 * whole or not at all, into a directory that holds nothing yet.
 */
import { existsSync } from "node:fs";
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { installation } from "../collections.ts";
import { numberOf, refuseNewer } from "../migrations/migrate.ts";
import { type ArchivedDocument, ArchiveRefused, readArchive, writeArchive } from "./archive.ts";
import { createCollection } from "./documents.ts";
import { openEnvironment, STORE_FILE } from "./environment.ts";
import { beginFilling } from "./fill.ts";
import { makeFolder } from "./folder.ts";

/** Writes the store of a directory to a file that must not exist. Answers how many documents. Throws `ArchiveRefused`. */
export async function backUp(dataDir: string, file: string): Promise<number> {
  if (!existsSync(join(dataDir, STORE_FILE))) throw new ArchiveRefused(`DATA_DIR: there is no store in ${dataDir}`);
  if (existsSync(file)) throw new ArchiveRefused(`${file} exists, a backup never overwrites one`);
  const environment = openEnvironment(dataDir);
  try {
    const number = await numberOf(createCollection(environment, installation));
    const snapshot = environment.snapshot();
    try {
      return await writeArchive(snapshot, number, file);
    } finally {
      snapshot.done();
    }
  } finally {
    await environment.close();
  }
}

/** Makes a store in an empty or new directory from a file. Answers how many documents. Throws `ArchiveRefused`. */
export async function restore(file: string, dataDir: string): Promise<number> {
  await refuseUnlessEmpty(dataDir);
  const filling = await beginFilling(dataDir);
  try {
    let count = 0;
    const add = ({ collection, document }: ArchivedDocument): void => {
      count += 1;
      filling.add(collection, [document]);
    };
    await readArchive(file, ({ number }) => refuseNewer(number), add);
    await filling.finish();
    return count;
  } finally {
    await filling.close();
  }
}

/** Makes the directory where there is none. */
async function refuseUnlessEmpty(dataDir: string): Promise<void> {
  let inIt: string[];
  try {
    makeFolder(dataDir);
    inIt = await readdir(dataDir);
  } catch (error) {
    throw new ArchiveRefused(`DATA_DIR: ${dataDir} can't be made or read: ${(error as Error).message}`);
  }
  if (inIt.length > 0)
    throw new ArchiveRefused(`DATA_DIR: ${dataDir} is not empty, and a restore never overwrites a store`);
}
