/**
 * One collection in the embedded store: documents as JSON, and their index entries beside them.
 *
 * Promises what the port promises. Every check (id, expected fields, unique indexes) and every write of
 * an operation happen in one transaction.
 * Must never open or close anything.
 */
import { BY_ID, DEFAULT_LIMIT, MAX_ID_LENGTH, planQuery } from "../plan.ts";
import type { Collection, CollectionSpec, FindOptions, Patch, Query, Stored, Updated } from "../port.ts";
import { expectation, isAs, patched, plain } from "../values.ts";
import type { Environment } from "./environment.ts";
import { createRecords } from "./records.ts";
import { countOf, scan } from "./scan.ts";

export function createCollection<D extends Stored>(environment: Environment, spec: CollectionSpec<D>): Collection<D> {
  const { read, write } = environment;
  const records = createRecords<D>(environment, spec);
  const results = (query: Query<D>, options: FindOptions = {}): Iterable<D> =>
    scan(environment, spec, planQuery(spec, query), options);
  const change = (before: D, patch: Patch<D>): Updated<D> => {
    const document = patched(before, patch);
    return records.put(before, document) ?? { ok: true, document };
  };
  return {
    insert: async (input) => {
      const document = plain({ ...input, version: 1 }) as D;
      if (document.id.length > MAX_ID_LENGTH) throw new RangeError(`an id of ${document.id.length} characters`);
      return write(() => {
        if (records.load(document.id)) return { ok: false, code: "duplicate", index: BY_ID };
        return records.put(null, document) ?? { ok: true, document };
      });
    },
    get: async (id) => read(() => records.load(id)),
    getMany: async (ids) => read(() => [...new Set(ids)].map(records.load).filter((document) => document !== null)),
    findOne: async (query, options) => read(() => first(results(query, options))),
    find: async (query, options = {}) => read(() => take(results(query, options), options.limit ?? DEFAULT_LIMIT)),
    count: async (query) => read(() => countOf(environment, spec, planQuery(spec, query))),
    update: async (id, expected, patch) => {
      const wanted = expectation(expected);
      return write(() => {
        const before = records.load(id);
        return before && isAs(before, wanted) ? change(before, patch) : { ok: false, code: "missed" };
      });
    },
    updateNumbered: async (id, expected, { query, field }, patch) => {
      const wanted = expectation(expected);
      return write(() => {
        const before = records.load(id);
        if (!before || !isAs(before, wanted)) return { ok: false, code: "missed" };
        const last = first(results(query, { descending: true }))?.[field] ?? 0;
        return change(before, patch(Number(last) + 1));
      });
    },
    findAndUpdate: async (query, patch) =>
      write(() => {
        const before = first(results(query));
        const changed = before && change(before, patch);
        if (changed?.ok === false) throw new TypeError(`${spec.name}: the patch breaks a unique index`);
        return changed?.document ?? null;
      }),
    remove: async (id, expected = {}) => {
      const wanted = expectation(expected);
      return write(() => {
        const before = records.load(id);
        if (!before || !isAs(before, wanted)) return false;
        records.drop(before);
        return true;
      });
    },
  };
}

function first<T>(results: Iterable<T>): T | null {
  return take(results, 1)[0] ?? null;
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
