/**
 * One collection in MongoDB.
 *
 * Promises what the port promises. A change is made from a document as it was seen and written only if its version
 * is still that one; otherwise it is looked at again. So every check is the same code as in other adapters, and
 * unique indexes are MongoDB's own.
 * Must never open or close anything.
 */
import type { Filter, Collection as MongoCollection } from "mongodb";
import { createLanes } from "../../basics/lanes.ts";
import { BY_ID, DEFAULT_LIMIT, indexRows, MAX_ID_LENGTH, type Plan, planQuery } from "../plan.ts";
import type {
  Collection,
  CollectionSpec,
  Expected,
  FindOptions,
  Inserted,
  Patch,
  Query,
  Stored,
  Updated,
} from "../port.ts";
import { expectation, isAs, patched, plain } from "../values.ts";
import type { Budget, Connection } from "./connection.ts";
import { decode, encode, INSERTED_BY, type Kept, UPDATED_BY } from "./encoding.ts";
import { clashingIndex, isDuplicate } from "./indexes.ts";
import { comesAfter, exactFilterOf, filterOf, isResult, pagedFilter, sortOf } from "./queries.ts";

/** When the results that count were fewer than asked for, the server is asked for so many times more. */
const ASK_MORE = 4;

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
  const changed = createChanges<D>(kept, spec, mark);
  const numbering = createLanes();
  const first = async (query: Query<D>, descending = false): Promise<D | null> =>
    (await search(planQuery(spec, query), { limit: 1, descending }))[0] ?? null;

  return {
    insert: async (input) => {
      const document = plain({ ...input, version: 1 }) as D;
      if (document.id.length > MAX_ID_LENGTH) throw new RangeError(`an id of ${document.id.length} characters`);
      assertIndexable(spec, document);
      return run(() => insert(kept, document, mark()));
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
      return run((budget) => changed(budget, id, wanted, () => patch));
    },
    updateNumbered: async (id, expected, { query, field }, patch) => {
      const wanted = expectation(expected);
      const plan = planQuery(spec, query);
      // Writers of one process wait for each other: those that race for a number ask again and again.
      const lane = JSON.stringify(plan.equal);
      return run((budget) =>
        numbering.run(lane, async () => {
          let refused: { next: number; answer: Updated<D> } | undefined;
          for (;;) {
            const [last] = await search(plan, { limit: 1, descending: true });
            const next = Number(last?.[field] ?? 0) + 1;
            // Nobody took that number meanwhile, so it was another index that refused.
            if (refused?.next === next) return refused.answer;
            const answer = await changed(budget, id, wanted, () => patch(next));
            if (answer.ok || answer.code === "missed") return answer;
            refused = { next, answer };
          }
        }),
      );
    },
    findAndUpdate: async (query, patch) =>
      run(async (budget) => {
        for (;;) {
          const found = await first(query);
          if (!found) return null;
          const answer = await changed(budget, found.id, { version: found.version }, () => patch);
          if (answer.ok) return answer.document;
          if (answer.code === "duplicate") throw new TypeError(`${spec.name}: the patch breaks a unique index`);
        }
      }),
    remove: async (id, expected = {}) => {
      const wanted = expectation(expected);
      return run((budget) => remove<D>(budget, kept, id, wanted));
    },
  };
}

/** Adds a document. A duplicate that is one's own, because the first answer got lost, is the success it was. */
async function insert<D extends Stored>(kept: MongoCollection<Kept>, document: D, mark: string): Promise<Inserted<D>> {
  try {
    await kept.insertOne(encode(document, mark));
    return { ok: true, document };
  } catch (error) {
    if (!isDuplicate(error)) throw error;
    const there = await kept.findOne({ _id: document.id }, { projection: { [INSERTED_BY]: 1 } });
    if (there?.[INSERTED_BY] === mark) return { ok: true, document };
    // Which of several clashing indexes MongoDB names is its own affair; the id goes first here.
    return { ok: false, code: "duplicate", index: there ? BY_ID : clashingIndex(error) };
  }
}

type Fields = Record<string, unknown>;
type Change<D> = (budget: Budget, id: string, wanted: Fields, patch: () => Patch<D>) => Promise<Updated<D>>;

/** Compare-and-set of one document. */
function createChanges<D extends Stored>(
  kept: MongoCollection<Kept>,
  spec: CollectionSpec<D>,
  newMark: () => string,
): Change<D> {
  return async (budget, id, wanted, patch) => {
    const mark = newMark();
    for (;;) {
      budget.check();
      const there = await kept.findOne({ _id: id });
      // Written by the last round, whose answer got lost.
      if (there?.[UPDATED_BY] === mark) return { ok: true, document: decode<D>(there) };
      const before = decoded<D>(there);
      if (!before || !isAs(before, wanted)) return { ok: false, code: "missed" };
      const change = patch();
      const document = patched(before, change);
      assertIndexable(spec, document, Object.keys(change.set ?? {}));
      try {
        const { matchedCount } = await kept.updateOne(
          { _id: id, version: before.version },
          updateOf(change, document.version, mark),
        );
        if (matchedCount === 1) return { ok: true, document };
      } catch (error) {
        if (!isDuplicate(error)) throw error;
        return { ok: false, code: "duplicate", index: clashingIndex(error) };
      }
    }
  };
}

function updateOf<D extends Stored>({ set, unset = [] }: Patch<D>, version: number, mark: string): object {
  const gone = Object.fromEntries(unset.map((field) => [field, 1]));
  return {
    $set: { ...plain(set ?? {}), version, [UPDATED_BY]: mark },
    ...(unset.length === 0 ? {} : { $unset: gone }),
  };
}

async function remove<D extends Stored>(
  budget: Budget,
  kept: MongoCollection<Kept>,
  id: string,
  wanted: Fields,
): Promise<boolean> {
  if (Object.keys(wanted).length === 0) return (await kept.deleteOne({ _id: id })).deletedCount === 1;
  for (;;) {
    budget.check();
    const before = decoded<D>(await kept.findOne({ _id: id }));
    if (!before || !isAs(before, wanted as Expected<D> as Fields)) return false;
    const { deletedCount } = await kept.deleteOne({ _id: id, version: before.version });
    if (deletedCount === 1) return true;
  }
}

/** Reading along an index: asks for as many as are wanted, and for more when some of them don't count. */
function createSearch<D extends Stored>(kept: MongoCollection<Kept>) {
  return async (plan: Plan, options: FindOptions = {}): Promise<D[]> => {
    const { limit = DEFAULT_LIMIT, descending = false, after } = options;
    const filter = filterOf(plan);
    if (filter === null || limit <= 0) return [];
    const from = after === undefined ? null : decoded<D>(await kept.findOne({ _id: after }));
    if (after !== undefined && !(from && isResult(plan, from))) return [];
    const asked: Filter<Kept> = from ? pagedFilter(plan, filter, from, descending) : filter;
    // A page begins with the document that it comes after.
    for (let most = limit + (from ? 1 : 0); ; most *= ASK_MORE) {
      const cursor = kept.find(asked).sort(sortOf(plan, descending)).limit(most).batchSize(most);
      const found = (await cursor.toArray()).map((one) => decode<D>(one));
      const counting = found.filter(
        (document) => isResult(plan, document) && !(from && !comesAfter(plan, document, from, descending)),
      );
      if (counting.length >= limit || found.length < most) return counting.slice(0, limit);
    }
  };
}

/** Refuses values that no index can hold, in the indexes that these fields stand in; in all without fields. */
function assertIndexable<D extends Stored>(spec: CollectionSpec<D>, document: D, changed?: readonly string[]): void {
  for (const { fields } of Object.values(spec.indexes)) {
    if (changed === undefined || fields.some((field) => changed.includes(field)))
      indexRows(document as unknown as Fields, fields);
  }
}

function decoded<D extends Stored>(kept: Kept | null): D | null {
  return kept && decode<D>(kept);
}
