/**
 * A naive store for comparing: arrays and loops, no indexes. It knows the port's words on order,
 * lists, absent fields and uniqueness, and nothing of how an adapter does it.
 */
import type { Condition, IndexValue } from "../../server/store/port.ts";

export type Row = Record<string, unknown> & { id: string; version: number };
type Indexes = Readonly<Record<string, { readonly fields: readonly string[]; readonly unique?: boolean }>>;
type Conditions = Readonly<Record<string, Condition>>;

export function createModel(indexes: Indexes) {
  const rows = new Map<string, Row>();

  /** Every unique index that has another row under values of this one. */
  const clashesOf = (row: Row): string[] => {
    const clashes: string[] = [];
    for (const [name, { fields, unique }] of Object.entries(indexes)) {
      if (!unique) continue;
      const mine = tuples(row, fields).map((tuple) => JSON.stringify(tuple));
      for (const other of rows.values()) {
        if (other.id === row.id) continue;
        if (tuples(other, fields).some((tuple) => mine.includes(JSON.stringify(tuple)))) clashes.push(name);
      }
    }
    return clashes;
  };

  const write = (row: Row) => {
    const clashes = clashesOf(row);
    if (clashes.length > 0) return { ok: false, clashes };
    rows.set(row.id, row);
    return { ok: true, document: row };
  };

  return {
    insert(document: Omit<Row, "version">) {
      if (rows.has(document.id as string)) return { ok: false, clashes: ["id"] };
      return write({ ...document, version: 1 } as Row);
    },
    update(id: string, set: Record<string, unknown>, unset: readonly string[]) {
      const before = rows.get(id);
      if (!before) return { ok: false, code: "missed" };
      const after: Row = { ...before, ...set, version: before.version + 1 };
      for (const field of unset) delete after[field];
      return write(after);
    },
    remove: (id: string) => rows.delete(id),
    /** The ids that a query over this index finds, in its order. */
    find(index: string, query: Conditions, descending = false): string[] {
      const fields = indexes[index]?.fields ?? ["id"];
      const found = [...rows.values()].flatMap((row) => {
        const met = tuples(row, fields)
          .filter((tuple) => fields.every((field, i) => meets(tuple[i] as IndexValue, query[field])))
          .sort(compareTuples);
        const place = descending ? met.at(-1) : met[0];
        return place ? [{ id: row.id, place: [...place, row.id] }] : [];
      });
      found.sort((a, b) => compareTuples(a.place, b.place));
      return (descending ? found.reverse() : found).map(({ id }) => id);
    },
  };
}

function tuples(row: Row, fields: readonly string[]): IndexValue[][] {
  return fields.reduce<IndexValue[][]>(
    (before, field) => {
      const value = row[field];
      const values = (value === undefined ? [] : Array.isArray(value) ? value : [value]) as IndexValue[];
      return before.flatMap((tuple) => values.map((each) => [...tuple, each]));
    },
    [[]],
  );
}

function meets(value: IndexValue, condition: Condition | undefined): boolean {
  if (condition === undefined) return true;
  if (typeof condition !== "object") return value === condition;
  if ("in" in condition) return condition.in.includes(value);
  if ("prefix" in condition) return typeof value === "string" && value.startsWith(condition.prefix);
  const bounds: [IndexValue | undefined, (order: number) => boolean][] = [
    [condition.gt, (order) => order > 0],
    [condition.gte, (order) => order >= 0],
    [condition.lt, (order) => order < 0],
    [condition.lte, (order) => order <= 0],
  ];
  return bounds.every(([bound, holds]) => {
    return bound === undefined || (typeof bound === typeof value && holds(compare(value, bound)));
  });
}

const TYPES = ["boolean", "number", "string"];

function compare(a: IndexValue, b: IndexValue): number {
  if (typeof a !== typeof b) return TYPES.indexOf(typeof a) - TYPES.indexOf(typeof b);
  if (typeof a === "string" && typeof b === "string") return Buffer.compare(Buffer.from(a), Buffer.from(b));
  return Number(a) - Number(b);
}

function compareTuples(a: readonly IndexValue[], b: readonly IndexValue[]): number {
  for (const [i, value] of a.entries()) {
    const order = compare(value, b[i] as IndexValue);
    if (order !== 0) return order;
  }
  return 0;
}
