/**
 * A plan (see `plan.ts`) in MongoDB's words, and what MongoDB's words can't say exactly, said here.
 *
 * The server gets a plain filter that any planner serves by the plan's index: equal fields and one bounded one. It may
 * find too much (documents that lack a later field of the index, lists of which one element meets one bound
 * and another the other, what came before the page); `Rest` says which results count.
 * Must never do I/O.
 */
import type { Filter, SortDirection } from "mongodb";
import { BY_ID, type Last, MAX_INDEXED_BYTES, type Plan } from "../plan.ts";
import type { Held, IndexValue, Range, Stored } from "../port.ts";
import { fieldOf, type Kept } from "./encoding.ts";

export type Sort = [string, SortDirection][];
type Conditions = Record<string, unknown>;

/** What is asked of the server. Null: nothing can be found. */
export function filterOf(plan: Plan): Filter<Kept> | null {
  const conditions: Conditions = {};
  for (const [i, value] of plan.equal.entries()) conditions[fieldAt(plan, i)] = value;
  if (isEmpty(plan.last)) return null;
  const last = conditionOf(plan.last);
  if (last !== undefined) conditions[fieldAt(plan, plan.equal.length)] = last;
  return conditions as Filter<Kept>;
}

/** The same and nothing too much, for counting. */
export function exactFilterOf(plan: Plan): Filter<Kept> | null {
  const filter = filterOf(plan);
  if (filter === null || plan.index === BY_ID) return filter;
  const next = fieldAt(plan, plan.equal.length);
  const condition = conditionOf(plan.last);
  const open = plan.fields.slice(plan.equal.length + (condition === undefined ? 0 : 1));
  const needed: Conditions[] = open.map((field) => ({ [fieldOf(field)]: { $exists: true } }));
  if (plan.last.kind === "range" && Object.keys(condition ?? {}).length > 1)
    needed.push({ $or: [{ [next]: { $not: { $type: "array" } } }, { [next]: { $elemMatch: condition } }] });
  return needed.length === 0 ? filter : ({ $and: [filter, ...needed] } as Filter<Kept>);
}

/** The fields that order the results: those that are not equal in all of them, then the id where it is needed. */
export function sortOf(plan: Plan, descending: boolean): Sort {
  const direction = descending ? -1 : 1;
  const fields = orderFields(plan).map(fieldOf);
  // Two documents never share the values of a unique index, so the id decides nothing there.
  if (!plan.unique) fields.push("_id");
  return fields.map((field) => [field, direction]);
}

/** Narrows a filter to what can follow a document; equal and earlier ones may still be among it. */
export function pagedFilter(plan: Plan, filter: Filter<Kept>, from: Stored, descending: boolean): Filter<Kept> {
  const first = orderFields(plan)[0] ?? (plan.unique ? undefined : "id");
  if (first === undefined) return filter;
  const value = orderValue(from, first, descending);
  const bound = { [fieldOf(first)]: boundsOf(descending ? { lte: value } : { gte: value }) };
  // Beside others where it can be: servers differ in what they use an index for.
  return (fieldOf(first) in filter ? { $and: [filter, bound] } : { ...filter, ...bound }) as Filter<Kept>;
}

/** Narrows a filter to documents that hold all these values, too. */
export function alsoFilter(filter: Filter<Kept>, also: Held): Filter<Kept> {
  const held = Object.entries(also).flatMap(([field, values]) => values.map((value) => ({ [fieldOf(field)]: value })));
  return held.length === 0 ? filter : ({ $and: [filter, ...held] } as Filter<Kept>);
}

/**
 * Whether a document is a result of the plan, exactly as `indexRows` of `plan.ts` puts it into the index. One field at most is a
 * list, so the fields can be judged one by one, and nobody need write out the rows.
 */
export function isResult({ fields, equal, last }: Plan, document: Stored): boolean {
  return fields.every((field, i) => {
    const value = (document as unknown as Conditions)[field];
    if (value === undefined) return false;
    if (i > equal.length || (i === equal.length && last.kind === "none")) return true;
    const fits = (one: IndexValue): boolean => (i < equal.length ? one === equal[i] : meets(one, last));
    return Array.isArray(value) ? (value as IndexValue[]).some(fits) : fits(value as IndexValue);
  });
}

/** Whether a result comes after another one, in the order of `sortOf`. */
export function comesAfter(plan: Plan, document: Stored, from: Stored, descending: boolean): boolean {
  for (const field of [...orderFields(plan), "id"]) {
    const order = compare(orderValue(document, field, descending), orderValue(from, field, descending));
    if (order !== 0) return descending ? order < 0 : order > 0;
  }
  return false;
}

function orderFields(plan: Plan): readonly string[] {
  return plan.fields.slice(plan.equal.length);
}

function fieldAt(plan: Plan, position: number): string {
  return fieldOf(plan.fields[position] ?? "id");
}

/** Longer text than fits an index is in none, and no pattern either. */
function isEmpty(last: Last): boolean {
  return (
    (last.kind === "in" && last.values.length === 0) ||
    (last.kind === "prefix" && last.prefix.length > MAX_INDEXED_BYTES)
  );
}

function conditionOf(last: Last): Conditions | undefined {
  switch (last.kind) {
    case "none":
      return undefined;
    case "in":
      return { $in: last.values };
    case "prefix":
      // Not a range: over lists, MongoDB can use one bound of a range only.
      return { $regex: `^${escaped(last.prefix)}` };
    case "range": {
      const bounds = boundsOf(last.range);
      // Without a bound it is no condition; MongoDB would look for an empty object.
      return Object.keys(bounds).length === 0 ? undefined : bounds;
    }
  }
}

function boundsOf({ gt, gte, lt, lte }: Range): Conditions {
  return { ...(gt !== undefined && { $gt: gt }), ...(gte !== undefined && { $gte: gte }), ...upperBound(lt, lte) };
}

/**
 * "Up to a value" is written as "below the next value", which is the same: the wire server that the tests run on
 * leaves the value itself out where an index goes on behind the field.
 */
function upperBound(lt: IndexValue | undefined, lte: IndexValue | undefined): Conditions {
  const plain = { ...(lt !== undefined && { $lt: lt }), ...(lte !== undefined && { $lte: lte }) };
  if (lte === undefined || typeof lte === "boolean") return plain;
  const next = nextAfter(lte);
  if (lt === undefined) return { $lt: next };
  return typeof lt === typeof next ? { $lt: compare(lt, next) < 0 ? lt : next } : plain;
}

/** The smallest value of the same type above this one. */
function nextAfter(value: string | number): string | number {
  if (typeof value === "string") return `${value}\u0000`;
  if (value === 0) return Number.MIN_VALUE;
  const bits = new DataView(new ArrayBuffer(8));
  bits.setFloat64(0, value);
  bits.setBigInt64(0, bits.getBigInt64(0) + (value > 0 ? 1n : -1n));
  return bits.getFloat64(0);
}

/** Text as a pattern that fits only itself. Patterns can't hold a zero byte, so control characters are spelt out. */
function escaped(text: string): string {
  return text
    .replace(/[\\^$.*+?()[\]{}|/#-]/g, "\\$&")
    .replace(/[\p{Cc}]/gu, (character) => `\\x${character.charCodeAt(0).toString(16).padStart(2, "0")}`);
}

/** Where a field puts a document: MongoDB sorts a list by its smallest element, downwards by its largest. */
function orderValue(document: Stored, field: string, descending: boolean): IndexValue {
  const value = (document as unknown as Conditions)[field];
  if (!Array.isArray(value)) return value as IndexValue;
  const sorted = (value as IndexValue[]).toSorted(compare);
  return (descending ? sorted.at(-1) : sorted[0]) as IndexValue;
}

function meets(value: IndexValue, last: Last): boolean {
  switch (last.kind) {
    case "none":
      return true;
    case "in":
      return last.values.includes(value);
    case "prefix":
      return typeof value === "string" && value.startsWith(last.prefix);
    case "range":
      return isWithin(value, last.range);
  }
}

function isWithin(value: IndexValue, { gt, gte, lt, lte }: Range): boolean {
  const order = (bound: IndexValue | undefined): number | undefined => {
    if (bound === undefined) return undefined;
    return typeof bound === typeof value ? compare(value, bound) : Number.NaN;
  };
  return (
    holds(order(gt), (o) => o > 0) &&
    holds(order(gte), (o) => o >= 0) &&
    holds(order(lt), (o) => o < 0) &&
    holds(order(lte), (o) => o <= 0)
  );
}

function holds(order: number | undefined, test: (order: number) => boolean): boolean {
  return order === undefined || test(order);
}

/** Text by its UTF-8 bytes, as MongoDB without a collation. Different types have no order here. */
function compare(a: IndexValue, b: IndexValue): number {
  if (typeof a === "string" && typeof b === "string") return Buffer.compare(Buffer.from(a), Buffer.from(b));
  return Number(a) - Number(b);
}
