/**
 * Backup and restore of a `DATA_DIR`, as the two command lines use them.
 *
 * Promises: a backup is the store as it was at one moment, also while servers write. A restore happens
 * whole or not at all, into a directory that holds nothing yet.
 */
import { existsSync } from "node:fs";
import { link, mkdir, mkdtemp, readdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { installation } from "../collections.ts";
import { numberOf, refuseNewer } from "../migrations/migrate.ts";
import { type ArchivedDocument, ArchiveRefused, readArchive, writeArchive } from "./archive.ts";
import { createCollection } from "./documents.ts";
import { type Environment, openEnvironment, STORE_FILE } from "./environment.ts";
import { keyOf } from "./keys.ts";
import { openEmbeddedStore } from "./store.ts";

/** Documents per transaction when restoring: few syncs, and little memory. */
const BATCH = 1_000;

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
  await mkdir(dataDir, { recursive: true });
  if ((await readdir(dataDir)).length > 0) {
    throw new ArchiveRefused(`DATA_DIR: ${dataDir} is not empty, and a restore never overwrites a store`);
  }
  // Inside, because the directory may be a volume of its own and the file must be linked into place at the end.
  const unfinished = await mkdtemp(join(dataDir, "unfinished-restore-"));
  try {
    const count = await fill(unfinished, file);
    // Migrates it to this version, builds the indexes, and so checks the unique ones.
    await (await openEmbeddedStore({ dataDir: unfinished })).close();
    await link(join(unfinished, STORE_FILE), join(dataDir, STORE_FILE));
    return count;
  } finally {
    await rm(unfinished, { recursive: true, force: true });
  }
}

async function fill(dir: string, file: string): Promise<number> {
  const environment = openEnvironment(dir);
  try {
    let count = 0;
    let batch: ArchivedDocument[] = [];
    const put = (): void => {
      const documents = batch;
      batch = [];
      count += documents.length;
      environment.writeNow(() => putAll(environment, documents));
    };
    await readArchive(
      file,
      ({ number }) => refuseNewer(number),
      (archived) => {
        batch.push(archived);
        if (batch.length >= BATCH) put();
      },
    );
    put();
    return count;
  } finally {
    await environment.close();
  }
}

function putAll({ documents }: Environment, archived: readonly ArchivedDocument[]): void {
  for (const { collection, document } of archived) {
    documents.putSync(keyOf([collection, document.id]), JSON.stringify(document));
  }
}
