/**
 * The declared indexes of an embedded store against the ones on its disk.
 *
 * Promises: after `buildIndexes` every declared index is complete; indexes whose declaration did not
 * change are left alone, others are built again in the one transaction that records the new declarations.
 * Must never be called while another server of an older version writes: see `currentIndexes`.
 */
import { type AnyCollection, indexRows } from "../plan.ts";
import { type Stored, StoreUnavailable } from "../port.ts";
import type { Environment, Table } from "./environment.ts";
import { after, assertFits, keyOf, keyTextOf } from "./keys.ts";

/** Where the declarations that the entries on disk follow are kept, as JSON: `collection/index` -> fields. */
const DECLARATIONS = keyOf(["declarations"]);

/** Builds what is missing or differs. Throws `TypeError` when two documents share the values of a unique index. */
export function buildIndexes(environment: Environment, collections: readonly AnyCollection[]): void {
  const wanted = declarationsOf(collections);
  if (environment.read(() => environment.facts.get(DECLARATIONS)) === JSON.stringify(wanted)) return;
  environment.writeNow(() => {
    const recorded = JSON.parse(environment.facts.get(DECLARATIONS) ?? "{}") as Record<string, string>;
    for (const collection of collections) {
      const stale = Object.keys(collection.indexes).filter((index) => {
        const name = `${collection.name}/${index}`;
        return recorded[name] !== wanted[name];
      });
      if (stale.length > 0) build(environment, collection, stale);
    }
    environment.facts.putSync(DECLARATIONS, JSON.stringify(wanted));
  });
}

/**
 * A check for every write: throws `StoreUnavailable` when a server of another version has changed the indexes since
 * this one opened, because its entries would be missing there.
 */
export function currentIndexes(environment: Environment, collections: readonly AnyCollection[]): () => void {
  const mine = JSON.stringify(declarationsOf(collections));
  return () => {
    if (environment.facts.get(DECLARATIONS) === mine) return;
    throw new StoreUnavailable("another version of the server has taken over this store: restart with that version");
  };
}

function declarationsOf(collections: readonly AnyCollection[]): Record<string, string> {
  const names = collections.flatMap(({ name, indexes }) =>
    Object.entries(indexes).map(([index, { fields, unique }]) => [
      `${name}/${index}`,
      `${fields.join(",")}${unique ? " unique" : ""}`,
    ]),
  );
  return Object.fromEntries(names.sort(([a = ""], [b = ""]) => (a < b ? -1 : 1))) as Record<string, string>;
}

/** All of a collection's at once: reading its documents is what takes long. */
function build({ documents, entries }: Environment, collection: AnyCollection, indexes: readonly string[]): void {
  for (const index of indexes) {
    const head = keyOf([collection.name, index]);
    for (const key of [...entries.getKeys({ start: head, end: after(head) })]) entries.removeSync(key);
  }
  const head = keyOf([collection.name]);
  const runs = createRuns(entries);
  const wanted = indexes.map((index) => placesIn(collection, index));
  for (const { value } of documents.getRange({ start: head, end: after(head) })) {
    const document = JSON.parse(value) as Stored;
    for (const { keysOf, unique, fields } of wanted) {
      for (const key of keysOf(document)) {
        const owner = unique ? runs.ownerOf(key) : undefined;
        if (owner !== undefined && owner !== document.id)
          throw new TypeError(`${collection.name} ${owner} and ${document.id} have the same ${fields.join(", ")}`);
        runs.add(key, document.id);
      }
    }
  }
  runs.end();
}

/** Under which keys an index has a document, as texts. */
function placesIn(collection: AnyCollection, index: string) {
  const { fields = [], unique = false } = collection.indexes[index] ?? {};
  const head = keyTextOf([collection.name, index]);
  const keysOf = (document: Stored): string[] => {
    const tail = unique ? "" : keyTextOf([document.id]);
    const rows = indexRows(document as unknown as Record<string, unknown>, fields);
    return rows.map((row) => assertFits(head + keyTextOf(row) + tail));
  };
  return { keysOf, unique, fields };
}

/** Entries that are put in one go, in the order of their keys: neighbours are written together. Some 100 MB. */
const RUN = 300_000;

function createRuns(entries: Table) {
  /** Keys as texts, which sort as keys do, and the ids under them. */
  let run = new Map<string, string>();

  function put(): void {
    for (const key of [...run.keys()].sort()) entries.putSync(Buffer.from(key, "latin1"), run.get(key) ?? "");
    run = new Map();
  }

  return {
    ownerOf: (key: string): string | undefined => run.get(key) ?? entries.get(Buffer.from(key, "latin1")),
    add(key: string, id: string): void {
      run.set(key, id);
      if (run.size >= RUN) put();
    },
    end: put,
  };
}
