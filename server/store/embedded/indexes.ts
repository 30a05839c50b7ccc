/**
 * The declared indexes of an embedded store against the ones on its disk.
 *
 * Promises: after `buildIndexes` every declared index is complete; indexes whose declaration did not
 * change are left alone, others are built again in the one transaction that records the new declarations.
 * Must never be called while another server of an older version writes: see `currentIndexes`.
 */
import type { AnyCollection } from "../plan.ts";
import { type Stored, StoreUnavailable } from "../port.ts";
import type { Environment } from "./environment.ts";
import { after, keyOf } from "./keys.ts";
import { entriesOf } from "./records.ts";

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
      for (const index of stale) build(environment, collection, index);
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

function build({ documents, entries }: Environment, collection: AnyCollection, index: string): void {
  const spec = collection.indexes[index];
  if (!spec) return;
  const head = keyOf([collection.name, index]);
  for (const key of [...entries.getKeys({ start: head, end: after(head) })]) entries.removeSync(key);
  const only: AnyCollection = { name: collection.name, indexes: { [index]: spec } };
  const all = keyOf([collection.name]);
  for (const { value } of documents.getRange({ start: all, end: after(all) })) {
    const document = JSON.parse(value) as Stored;
    for (const { key } of entriesOf(only, document)) {
      const owner = spec.unique ? entries.get(key) : undefined;
      if (owner !== undefined && owner !== document.id) {
        throw new TypeError(`${collection.name} ${owner} and ${document.id} have the same ${spec.fields.join(", ")}`);
      }
      entries.putSync(key, document.id);
    }
  }
}
