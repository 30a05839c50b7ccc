/**
 * One collection in MongoDB.
 *
 * Promises what the port promises; `search.ts` reads along indexes, `changes.ts` writes.
 * Must never open or close anything.
 */
import { MAX_ID_LENGTH, planQuery } from "../plan.ts";
import type { Collection, CollectionSpec, Query, Stored } from "../port.ts";
import { expectation, plain } from "../values.ts";
import { assertIndexable, createChanges } from "./changes.ts";
import type { Connection } from "./connection.ts";
import { decode, decoded, type Kept } from "./encoding.ts";
import { createNumbering } from "./numbers.ts";
import { exactFilterOf } from "./queries.ts";
import { createSearch } from "./search.ts";

export interface Context {
  connection: Connection;
  /** A mark that no other write has. */
  mark(): string;
}

export function createCollection<D extends Stored>(
  { connection, mark }: Context,
  spec: CollectionSpec<D>,
): Collection<D> {
  const { run } = connection;
  const kept = connection.db.collection<Kept>(spec.name);
  const search = createSearch<D>(kept);
  const changes = createChanges<D>(kept, spec, mark);
  const numbered = createNumbering<D>(spec, search);
  const first = async (query: Query<D>, descending = false): Promise<D | null> =>
    (await search(planQuery(spec, query), { limit: 1, descending }))[0] ?? null;

  return {
    insert: async (input) => {
      const document = plain({ ...input, version: 1 }) as D;
      if (document.id.length > MAX_ID_LENGTH) throw new RangeError(`an id of ${document.id.length} characters`);
      assertIndexable(spec, document);
      return run(() => changes.insert(document));
    },
    get: async (id) => run(async () => decoded<D>(await kept.findOne({ _id: id }))),
    getMany: async (ids) =>
      run(async () => (await kept.find({ _id: { $in: [...ids] } }).toArray()).map((one) => decode<D>(one))),
    findOne: async (query, options) => run(() => first(query, options?.descending)),
    find: async (query, options) => run(() => search(planQuery(spec, query), options)),
    count: async (query) => {
      const filter = exactFilterOf(planQuery(spec, query));
      return filter === null ? 0 : run(() => kept.countDocuments(filter));
    },
    update: async (id, expected, patch) => {
      const wanted = expectation(expected);
      return run((budget) => changes.update(budget, id, wanted, patch));
    },
    updateNumbered: async (id, expected, series, patch) => {
      const wanted = expectation(expected);
      return run((budget) => numbered(series, (next) => changes.update(budget, id, wanted, patch(next))));
    },
    findAndUpdate: async (query, patch) =>
      run(async (budget) => {
        for (;;) {
          const found = await first(query);
          if (!found) return null;
          const answer = await changes.update(budget, found.id, { version: found.version }, patch);
          if (answer.ok) return answer.document;
          if (answer.code === "duplicate") throw new TypeError(`${spec.name}: the patch breaks a unique index`);
        }
      }),
    remove: async (id, expected = {}) => {
      const wanted = expectation(expected);
      return run((budget) => changes.remove(budget, id, wanted));
    },
  };
}
