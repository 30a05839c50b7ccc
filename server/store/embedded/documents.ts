/**
 * One collection in the embedded store: documents as JSON, and their index entries beside them.
 *
 * Promises what the port promises. Every check (id, expected fields, unique indexes) and every write of
 * an operation happen in one transaction.
 * Must never open or close anything.
 */
import { type AnyCollection, BY_ID, indexRows, planQuery } from "../plan.ts";
import type { Collection, CollectionSpec, Duplicate, FindOptions, Patch, Query, Stored, Updated } from "../port.ts";
import type { Environment } from "./environment.ts";
import { keyOf } from "./keys.ts";
import { countOf, scan } from "./scan.ts";
import { expectation, isAs, patched, plain } from "./values.ts";

/** Results of a `find` that names no limit. */
const DEFAULT_LIMIT = 1000;
/** No document has a longer id; asking for one is answered without looking. */
const MAX_ID_LENGTH = 500;

/** One key under which a document stands in an index. */
interface Entry {
  index: string;
  unique: boolean;
  key: Buffer;
}

export function createCollection<D extends Stored>(environment: Environment, spec: CollectionSpec<D>): Collection<D> {
  const { documents, entries, read, write } = environment;
  const documentKey = (id: string): Buffer => keyOf([spec.name, id]);

  const load = (id: string): D | null => {
    if (id.length > MAX_ID_LENGTH) return null;
    const text = documents.get(documentKey(id));
    return text === undefined ? null : (JSON.parse(text) as D);
  };

  /** The first unique index in which another document stands under one of these entries. */
  const clash = (id: string, wanted: readonly Entry[]): Duplicate | null => {
    for (const { index, unique, key } of wanted) {
      if (!unique) continue;
      const owner = entries.get(key);
      if (owner !== undefined && owner !== id) return { ok: false, code: "duplicate", index };
    }
    return null;
  };

  /** Writes a document over the one before (or none), or nothing at all when a unique index forbids it. */
  const put = (before: D | null, document: D): Duplicate | null => {
    const old = keyed(before ? entriesOf(spec, before) : []);
    const wanted = keyed(entriesOf(spec, document));
    const duplicate = clash(document.id, [...wanted.values()]);
    if (duplicate) return duplicate;
    for (const [name, { key }] of old) if (!wanted.has(name)) entries.removeSync(key);
    for (const [name, { key }] of wanted) if (!old.has(name)) entries.putSync(key, document.id);
    documents.putSync(documentKey(document.id), JSON.stringify(document));
    return null;
  };

  const change = (before: D, patch: Patch<D>): Updated<D> => {
    const document = patched(before, patch);
    return put(before, document) ?? { ok: true, document };
  };

  const results = (query: Query<D>, options: FindOptions): Iterable<D> =>
    scan(environment, spec, planQuery(spec, query), options);

  const first = (query: Query<D>, options: FindOptions = {}): D | null => {
    for (const document of results(query, options)) return document;
    return null;
  };

  return {
    insert: async (input) => {
      const document = plain({ ...input, version: 1 }) as D;
      if (document.id.length > MAX_ID_LENGTH) throw new RangeError(`an id of ${document.id.length} characters`);
      return write(() => {
        if (documents.get(documentKey(document.id)) !== undefined)
          return { ok: false, code: "duplicate", index: BY_ID };
        return put(null, document) ?? { ok: true, document };
      });
    },
    get: async (id) => read(() => load(id)),
    getMany: async (ids) => read(() => [...new Set(ids)].map(load).filter((document) => document !== null)),
    findOne: async (query, options) => read(() => first(query, options)),
    find: async (query, options = {}) => read(() => take(results(query, options), options.limit ?? DEFAULT_LIMIT)),
    count: async (query) => read(() => countOf(environment, spec, planQuery(spec, query))),
    update: async (id, expected, patch) => {
      const wanted = expectation(expected);
      return write(() => {
        const before = load(id);
        if (!before || !isAs(before, wanted)) return { ok: false, code: "missed" };
        return change(before, patch);
      });
    },
    findAndUpdate: async (query, patch) =>
      write(() => {
        const before = first(query);
        if (!before) return null;
        const changed = change(before, patch);
        if (changed.ok) return changed.document;
        throw new TypeError(`${spec.name}: find-and-update would break a unique index`);
      }),
    remove: async (id, expected) => {
      const wanted = expectation(expected ?? {});
      return write(() => {
        const before = load(id);
        if (!before || !isAs(before, wanted)) return false;
        for (const { key } of keyed(entriesOf(spec, before)).values()) entries.removeSync(key);
        documents.removeSync(documentKey(id));
        return true;
      });
    },
  };
}

/** Every key under which a document stands in the declared indexes. */
export function entriesOf(spec: AnyCollection, document: Stored): Entry[] {
  const fields = document as unknown as Record<string, unknown>;
  return Object.entries(spec.indexes).flatMap(([index, { fields: names, unique = false }]) =>
    indexRows(fields, names).map((row) => ({
      index,
      unique,
      key: keyOf([spec.name, index, ...row, ...(unique ? [] : [document.id])]),
    })),
  );
}

function keyed(entries: readonly Entry[]): Map<string, Entry> {
  return new Map(entries.map((entry) => [entry.key.toString("latin1"), entry]));
}

function take<T>(results: Iterable<T>, limit: number): T[] {
  const taken: T[] = [];
  if (limit <= 0) return taken;
  for (const each of results) {
    taken.push(each);
    if (taken.length >= limit) break;
  }
  return taken;
}
