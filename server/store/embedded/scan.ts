/**
 * Reading along an index of the embedded store.
 *
 * Promises: each document once, in the order of the index (then id), whatever page it stands on.
 * Must run inside `read` or `write` of the environment, from the first result to the last.
 */
import { type AnyCollection, BY_ID, holdsAll, indexRows, type Plan } from "../plan.ts";
import type { FindOptions, Stored } from "../port.ts";
import type { Environment, Table } from "./environment.ts";
import { type KeyRange, keyOf, rangesOf } from "./keys.ts";

type Tables = Pick<Environment, "documents" | "entries">;

/** The results of a plan, lazily; `limit` is the caller's. */
export function* scan<D extends Stored>(
  tables: Tables,
  spec: AnyCollection,
  plan: Plan,
  { descending = false, after, also = {} }: FindOptions,
): Generator<D> {
  const load = (id: string): D | null => parse<D>(tables.documents.get(keyOf([spec.name, id])));
  const ranges = rangesOf(headOf(spec, plan), plan);
  let position: Buffer | undefined;
  if (after !== undefined) {
    const document = load(after);
    position = document ? placeOf(spec, plan, document, ranges, descending) : undefined;
    if (!position) return;
  }
  /** A document under several keys of the query counts where it is met first. */
  const isRepeat = (document: D, key: Buffer): boolean => {
    // Under one element of a list a document stands once.
    const open = plan.fields.slice(plan.equal.length);
    if (!open.some((field) => Array.isArray((document as unknown as Record<string, unknown>)[field]))) return false;
    return placeOf(spec, plan, document, ranges, descending)?.equals(key) !== true;
  };
  for (const range of descending ? ranges.toReversed() : ranges) {
    for (const { key, value } of walk(tableOf(tables, plan), range, descending, position)) {
      const document = plan.index === BY_ID ? parse<D>(value) : load(value);
      if (!document || !holdsAll(document as unknown as Record<string, unknown>, also)) continue;
      if (!isRepeat(document, key)) yield document;
    }
  }
}

/** How many documents a plan finds. */
export function countOf(tables: Tables, spec: AnyCollection, plan: Plan): number {
  const ids = new Set<string>();
  let count = 0;
  for (const range of rangesOf(headOf(spec, plan), plan)) {
    if (plan.index === BY_ID) count += tables.documents.getKeysCount(range);
    else for (const { value } of tables.entries.getRange(range)) ids.add(value);
  }
  return count + ids.size;
}

function headOf(spec: AnyCollection, plan: Plan): Buffer {
  return keyOf(plan.index === BY_ID ? [spec.name] : [spec.name, plan.index]);
}

function tableOf({ documents, entries }: Tables, plan: Plan): Table {
  return plan.index === BY_ID ? documents : entries;
}

function walk(
  table: Table,
  range: KeyRange,
  descending: boolean,
  position?: Buffer,
): Iterable<{ key: Buffer; value: string }> {
  if (!descending) {
    // The next key after a key is the key and a zero byte.
    const next = position && Buffer.concat([position, Buffer.of(0)]);
    const start = next && Buffer.compare(next, range.start) > 0 ? next : range.start;
    if (Buffer.compare(start, range.end) >= 0) return [];
    return table.getRange({ start, end: range.end });
  }
  const end = position && Buffer.compare(position, range.end) < 0 ? position : range.end;
  if (Buffer.compare(range.start, end) >= 0) return [];
  return table.getRange({ start: end, end: range.start, reverse: true, exclusiveStart: true, inclusiveEnd: true });
}

/** The key under which a document is met first among these ranges. */
function placeOf(
  spec: AnyCollection,
  plan: Plan,
  document: Stored,
  ranges: readonly KeyRange[],
  descending: boolean,
): Buffer | undefined {
  const head = plan.index === BY_ID ? [spec.name] : [spec.name, plan.index];
  const tail = plan.unique ? [] : [document.id];
  const keys = indexRows(document as unknown as Record<string, unknown>, plan.fields)
    .map((row) => keyOf([...head, ...row, ...tail]))
    .filter((key) => ranges.some(({ start, end }) => Buffer.compare(key, start) >= 0 && Buffer.compare(key, end) < 0))
    .sort(Buffer.compare);
  return descending ? keys.at(-1) : keys[0];
}

function parse<D>(text: string | undefined): D | null {
  return text === undefined ? null : (JSON.parse(text) as D);
}
