/**
 * Documents of one collection together with their index entries: what is written to LMDB for each.
 *
 * Promises: a document and its entries always fit each other; a write that a unique index forbids leaves
 * everything as it was.
 * Must run inside `read` or `write` of the environment.
 */
import { type AnyCollection, indexRows, MAX_ID_LENGTH } from "../plan.ts";
import type { Duplicate, Stored } from "../port.ts";
import type { Environment } from "./environment.ts";
import { keyOf } from "./keys.ts";

/** One key under which a document stands in an index. */
export interface Entry {
  index: string;
  unique: boolean;
  key: Buffer;
}

export interface Records<D extends Stored> {
  load(id: string): D | null;
  /** Writes a document over the one before (or none). Answers the unique index that forbids it. */
  put(before: D | null, document: D): Duplicate | null;
  drop(document: D): void;
}

type Tables = Pick<Environment, "documents" | "entries">;

export function createRecords<D extends Stored>({ documents, entries }: Tables, spec: AnyCollection): Records<D> {
  const documentKey = (id: string): Buffer => keyOf([spec.name, id]);

  /** The first unique index in which another document stands under one of these entries. */
  const clash = (id: string, wanted: Iterable<Entry>): Duplicate | null => {
    for (const { index, unique, key } of wanted) {
      if (!unique) continue;
      const owner = entries.get(key);
      if (owner !== undefined && owner !== id) return { ok: false, code: "duplicate", index };
    }
    return null;
  };

  return {
    load: (id) => {
      if (id.length > MAX_ID_LENGTH) return null;
      const text = documents.get(documentKey(id));
      return text === undefined ? null : (JSON.parse(text) as D);
    },
    put: (before, document) => {
      const touched = before ? touchedIndexes(spec, before, document) : spec;
      const old = keyed(before ? entriesOf(touched, before) : []);
      const wanted = keyed(entriesOf(touched, document));
      const duplicate = clash(document.id, wanted.values());
      if (duplicate) return duplicate;
      for (const [name, { key }] of old) if (!wanted.has(name)) entries.removeSync(key);
      for (const [name, { key }] of wanted) if (!old.has(name)) entries.putSync(key, document.id);
      documents.putSync(documentKey(document.id), JSON.stringify(document));
      return null;
    },
    drop: (document) => {
      for (const { key } of entriesOf(spec, document)) entries.removeSync(key);
      documents.removeSync(documentKey(document.id));
    },
  };
}

/** Every key under which a document stands in the declared indexes, each once. */
export function entriesOf(spec: AnyCollection, document: Stored): Entry[] {
  return Object.entries(spec.indexes).flatMap(([index, { fields, unique = false }]) =>
    indexRows(fieldsOf(document), fields).map((row) => ({
      index,
      unique,
      key: keyOf([spec.name, index, ...row, ...(unique ? [] : [document.id])]),
    })),
  );
}

/** The collection with those indexes alone whose fields a write changed: the other entries stay as they are. */
function touchedIndexes(spec: AnyCollection, before: Stored, after: Stored): AnyCollection {
  const [old, now] = [fieldsOf(before), fieldsOf(after)];
  // A list is replaced, never changed in place, so an untouched one is the very same.
  const touched = Object.entries(spec.indexes).filter(([, { fields }]) =>
    fields.some((field) => old[field] !== now[field]),
  );
  return { name: spec.name, indexes: Object.fromEntries(touched) };
}

function keyed(entries: readonly Entry[]): Map<string, Entry> {
  return new Map(entries.map((entry) => [entry.key.toString("latin1"), entry]));
}

function fieldsOf(document: Stored): Record<string, unknown> {
  return document as unknown as Record<string, unknown>;
}
