/**
 * Which declared index serves a query, and what a document puts into an index: the pure part that
 * every adapter shares, so that all of them refuse and order alike.
 *
 * Promises: no I/O, no bytes; the same collection and query give the same plan. Of several indexes
 * that could serve, the one declared first does.
 * Must never import an adapter.
 */
import { type Condition, type Held, type IndexValue, type Range, UnindexedQuery } from "./port.ts";

/** What the texts of one index row may come to, in UTF-8: long titles in any script fit, and so does a key of LMDB. */
export const MAX_INDEXED_BYTES = 1_400;

/** No document has a longer id; asking for one is answered without looking. In UTF-16 units. */
export const MAX_ID_LENGTH = 500;

/** Results of a `find` that names no limit. */
export const DEFAULT_LIMIT = 1_000;

/** The index over `id` that every collection has. */
export const BY_ID = "id";

/** A collection as far as its indexes go, whatever its documents are. */
export interface AnyCollection {
  readonly name: string;
  readonly indexes: Readonly<Record<string, { readonly fields: readonly string[]; readonly unique?: boolean }>>;
}

/** What follows the equal fields: nothing, or one condition on the next field of the index. */
export type Last =
  | { kind: "none" }
  | { kind: "in"; values: readonly IndexValue[] }
  | { kind: "prefix"; prefix: string }
  | { kind: "range"; range: Range };

export interface Plan {
  /** Name of the index, `BY_ID` for the ids themselves. */
  index: string;
  fields: readonly string[];
  unique: boolean;
  /** Values of the first fields of the index. */
  equal: readonly IndexValue[];
  last: Last;
}

/** Finds the index that serves the query. Throws `UnindexedQuery`, or `TypeError` for a condition that is none. */
export function planQuery(spec: AnyCollection, query: Readonly<Record<string, Condition | undefined>>): Plan {
  const conditions = new Map<string, Condition>();
  for (const [field, condition] of Object.entries(query)) {
    // An undefined condition would widen the query to everything: never what the caller meant.
    if (condition === undefined || condition === null) throw new TypeError(`${spec.name}: no value for ${field}`);
    conditions.set(field, condition);
  }
  for (const [index, { fields, unique }] of indexesOf(spec)) {
    const plan = serve(conditions, fields);
    if (plan) return { index, fields, unique, ...plan };
  }
  throw new UnindexedQuery(`${spec.name} has no index for a query by ${[...conditions.keys()].join(", ")}`);
}

type Candidate = [name: string, index: { fields: readonly string[]; unique: boolean }];

function indexesOf({ indexes }: AnyCollection): Candidate[] {
  const declared = Object.entries(indexes).map(
    ([name, { fields, unique = false }]): Candidate => [name, { fields, unique }],
  );
  return [[BY_ID, { fields: ["id"], unique: true }], ...declared];
}

function serve(
  conditions: ReadonlyMap<string, Condition>,
  fields: readonly string[],
): Pick<Plan, "equal" | "last"> | null {
  const equal: IndexValue[] = [];
  let last: Last = { kind: "none" };
  let used = 0;
  for (const field of fields) {
    const condition = conditions.get(field);
    if (condition === undefined) break;
    used += 1;
    if (typeof condition === "object") {
      last = lastOf(condition);
      break;
    }
    equal.push(condition);
  }
  return used === conditions.size ? { equal, last } : null;
}

function lastOf(condition: Exclude<Condition, IndexValue>): Last {
  if ("in" in condition) return { kind: "in", values: condition.in };
  if ("prefix" in condition) return { kind: "prefix", prefix: condition.prefix };
  return { kind: "range", range: condition };
}

/**
 * The rows of values under which a document stands in an index, without repeats: none when a field is
 * absent, one per element of an array. Throws `TypeError` for values that no index can hold, `RangeError` for
 * texts that are too long together.
 */
export function indexRows(document: Readonly<Record<string, unknown>>, fields: readonly string[]): IndexValue[][] {
  let rows: IndexValue[][] = [[]];
  let arrays = 0;
  for (const field of fields) {
    const value = document[field];
    if (value === undefined) return [];
    if (Array.isArray(value)) {
      arrays += 1;
      if (value.length === 0) throw new TypeError(`${field} is indexed: leave it out instead of an empty list`);
      if (arrays > 1) throw new TypeError(`an index over ${fields.join(", ")} can follow one list only`);
    }
    const values = Array.isArray(value) ? [...new Set<unknown>(value)] : [value];
    rows = rows.flatMap((row) => values.map((each) => [...row, indexable(field, each)]));
  }
  for (const row of rows)
    if (bytesOf(row) > MAX_INDEXED_BYTES) throw new RangeError(`${fields.join(", ")}: too long to index`);
  return rows;
}

/** Whether a document holds all these values. */
export function holdsAll(document: Readonly<Record<string, unknown>>, held: Held): boolean {
  return Object.entries(held).every(([field, values]) => {
    const value = document[field];
    const there: readonly unknown[] = Array.isArray(value) ? value : [value];
    return values.every((each) => there.includes(each));
  });
}

function bytesOf(row: readonly IndexValue[]): number {
  return row.reduce<number>((sum, value) => sum + (typeof value === "string" ? Buffer.byteLength(value) : 0), 0);
}

function indexable(field: string, value: unknown): IndexValue {
  if (typeof value === "string" || typeof value === "boolean") return value;
  if (typeof value === "number" && Number.isFinite(value)) return value;
  throw new TypeError(`${field} is indexed: it may hold text, finite numbers and booleans only`);
}
