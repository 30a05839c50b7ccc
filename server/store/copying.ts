/**
 * Moving a cinema from the embedded store into an empty MongoDB.
 *
 * Promises: every document with its id and version, the identity of the store among them, but no leases; nobody
 * can serve the database before it was compared with the source, document by document. The source stays as it was.
 * Must never import a room above the store.
 */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { COLLECTIONS } from "./collections.ts";
import { createTallies, type Tally } from "./embedded/archive.ts";
import { STORE_FILE } from "./embedded/environment.ts";
import { openEmbeddedStore } from "./embedded/store.ts";
import { serveAlone } from "./installation.ts";
import { isLease } from "./lease.ts";
import { beginFilling, type Filling } from "./mongodb/fill.ts";
import { type CollectionSpec, type Store, type Stored, StoreUnavailable } from "./port.ts";

/** Documents read at a time: charts of large houses are long. */
const PAGE = 200;

/** Copies the store of a directory, which nobody may serve. Answers how many documents. Throws `StoreUnavailable`. */
export async function copyStore(dataDir: string, url: string): Promise<number> {
  if (!existsSync(join(dataDir, STORE_FILE))) throw new StoreUnavailable(`DATA_DIR: there is no store in ${dataDir}`);
  const source = await named("DATA_DIR", openEmbeddedStore({ dataDir }));
  try {
    const alone = await serveAlone(source);
    if (!alone.ok) throw new StoreUnavailable(`DATA_DIR: ${dataDir} is served by ${alone.who}: stop that first`);
    try {
      return await named("MONGODB_URL", copyInto(url, source));
    } finally {
      await alone.lease.release();
    }
  } finally {
    await source.close();
  }
}

async function copyInto(url: string, source: Store): Promise<number> {
  const filling = await beginFilling(url, COLLECTIONS);
  try {
    const sent = await copyAll(source, filling);
    compare(sent, await tallyOf(filling.store));
    await filling.finish();
    return Object.values(sent).reduce((sum, { count }) => sum + count, 0);
  } finally {
    await filling.close();
  }
}

async function copyAll(source: Store, filling: Filling): Promise<Record<string, Tally>> {
  const tallies = createTallies();
  for await (const { collection, documents } of pagesOf(source)) {
    await filling.add(collection, documents);
    for (const document of documents) tallies.add(collection, canonical(document));
  }
  return tallies.sums();
}

async function tallyOf(store: Store): Promise<Record<string, Tally>> {
  const tallies = createTallies();
  for await (const { collection, documents } of pagesOf(store))
    for (const document of documents) tallies.add(collection, canonical(document));
  return tallies.sums();
}

/** Every document but leases, by collection and id. No page is empty. */
export async function* pagesOf(store: Store): AsyncGenerator<{ collection: string; documents: Stored[] }> {
  for (const spec of COLLECTIONS as unknown as readonly CollectionSpec<Stored>[]) {
    const box = store.collection(spec);
    for (let after: string | undefined; ; ) {
      const page = await box.find({}, { limit: PAGE, ...(after !== undefined && { after }) });
      const documents = page.filter(({ id }) => !isLease(spec.name, id));
      if (documents.length > 0) yield { collection: spec.name, documents };
      after = page.at(-1)?.id;
      if (page.length < PAGE) break;
    }
  }
}

function compare(sent: Record<string, Tally>, found: Record<string, Tally>): void {
  for (const name of new Set([...Object.keys(sent), ...Object.keys(found)])) {
    const [was, is] = [sent[name], found[name]];
    if (was?.count !== is?.count)
      throw new StoreUnavailable(`${name} has ${is?.count ?? 0} documents instead of ${was?.count ?? 0}: copy again`);
    if (was?.sha256 !== is?.sha256) throw new StoreUnavailable(`the documents of ${name} differ: copy again`);
  }
}

/** A document as text, whatever the order of its fields: the two stores keep them in orders of their own. */
function canonical(value: unknown): string {
  return JSON.stringify(value, (_, part: unknown) =>
    typeof part === "object" && part !== null && !Array.isArray(part)
      ? Object.fromEntries(Object.entries(part).sort(([a], [b]) => (a < b ? -1 : 1)))
      : part,
  );
}

/** Errors of the store that begin with the variable to look at. */
async function named<T>(variable: string, work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    if (!(error instanceof StoreUnavailable)) throw error;
    throw new StoreUnavailable(`${variable}: ${error.message}`, { cause: error });
  }
}
