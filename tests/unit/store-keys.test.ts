import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { after, keyOf, keyTextOf, MAX_KEY_BYTES, rangesOf } from "../../server/store/embedded/keys.ts";
import { BY_ID, indexRows, type Plan, planQuery } from "../../server/store/plan.ts";
import { type IndexValue, UnindexedQuery } from "../../server/store/port.ts";
import { times } from "../support/counts.ts";

const text = fc.oneof(
  fc.string({ unit: fc.constantFrom("\u0000", "\u0001", "\u0002", "a", "b", "ñ", "😀", "\uffff") }),
  fc.string(),
);
const number = fc.double({ noNaN: true, noDefaultInfinity: true });
const value: fc.Arbitrary<IndexValue> = fc.oneof(text, number, fc.boolean());
const row = fc.array(value, { minLength: 1, maxLength: 3 });
const runs = { numRuns: times(500, 2_000, 20_000) };

const TYPES = ["boolean", "number", "string"];
function compare(a: IndexValue, b: IndexValue): number {
  if (typeof a !== typeof b) return TYPES.indexOf(typeof a) - TYPES.indexOf(typeof b);
  if (typeof a === "string") return Buffer.compare(Buffer.from(a), Buffer.from(b as string));
  return Number(a) - Number(b);
}
function compareRows(a: IndexValue[], b: IndexValue[]): number {
  for (const [i, one] of a.entries()) {
    const other = b[i];
    if (other === undefined) return 1;
    const order = compare(one, other);
    if (order !== 0) return order;
  }
  return a.length - b.length;
}

describe("keys of the embedded store", () => {
  it("[S10] keys sort as their values do", () => {
    fc.assert(
      fc.property(row, row, (a, b) => {
        expect(Math.sign(Buffer.compare(keyOf(a), keyOf(b)))).toBe(Math.sign(compareRows(a, b)));
      }),
      runs,
    );
  });

  it("[S10] a key as text has one character for each byte", () => {
    fc.assert(
      fc.property(row, (values) => {
        expect(keyTextOf(values)).toBe(keyOf(values).toString("latin1"));
      }),
      runs,
    );
  });

  it("[S10] the range of a plan holds exactly the keys that it means", () => {
    const last = fc.oneof(
      fc.constant({ kind: "none" as const }),
      fc.record({ kind: fc.constant("prefix" as const), prefix: fc.string({ maxLength: 1 }) }),
      fc.record({ kind: fc.constant("in" as const), values: fc.array(value, { maxLength: 3 }) }),
      fc.record({
        kind: fc.constant("range" as const),
        range: fc.record({ gt: value, lte: value }, { requiredKeys: [] }),
      }),
    );
    fc.assert(
      fc.property(value, value, last, value, (first, second, tail, equal) => {
        const plan: Plan = { index: "i", fields: ["x", "y"], unique: true, equal: [equal], last: tail };
        const head = keyOf(["c", "i"]);
        const key = keyOf(["c", "i", first, second]);
        const inside = rangesOf(head, plan).filter(
          ({ start, end }) => Buffer.compare(key, start) >= 0 && Buffer.compare(key, end) < 0,
        );
        expect(inside.length).toBe(compare(first, equal) === 0 && meets(second, tail) ? 1 : 0);
      }),
      runs,
    );
  });

  it("[S10] zero has one key, whatever its sign", () => {
    expect(keyOf([-0])).toEqual(keyOf([0]));
  });

  it("[S6] a key that is too long is refused, a bound that is too long is cut", () => {
    expect(() => keyOf(["x".repeat(MAX_KEY_BYTES)])).toThrow(RangeError);
    const plan: Plan = {
      index: BY_ID,
      fields: ["id"],
      unique: true,
      equal: ["x".repeat(9_000)],
      last: { kind: "none" },
    };
    expect(rangesOf(keyOf(["c"]), plan)).toEqual([]);
    expect(after(Buffer.of(0x30, 0xff, 0xff))).toEqual(Buffer.of(0x31));
  });
});

function meets(one: IndexValue, tail: Plan["last"]): boolean {
  switch (tail.kind) {
    case "none":
      return true;
    case "prefix":
      return typeof one === "string" && one.startsWith(tail.prefix);
    case "in":
      return tail.values.some((each) => compare(each, one) === 0);
    case "range": {
      const { gt, lte } = tail.range;
      if (gt !== undefined && (typeof gt !== typeof one || compare(one, gt) <= 0)) return false;
      return lte === undefined || (typeof lte === typeof one && compare(one, lte) <= 0);
    }
  }
}

describe("planning a query", () => {
  const spec = {
    name: "c",
    indexes: {
      ab: { fields: ["a", "b"] },
      a: { fields: ["a"] },
      abc: { fields: ["a", "b", "c"], unique: true },
    },
  };
  const indexOf = (query: Parameters<typeof planQuery>[1]) => planQuery(spec, query).index;

  it("[S11] the index declared first among those that hold every field serves", () => {
    expect(indexOf({})).toBe(BY_ID);
    expect(indexOf({ id: "x" })).toBe(BY_ID);
    expect(indexOf({ a: 1 })).toBe("ab");
    expect(indexOf({ a: { gt: 1 } })).toBe("ab");
    expect(indexOf({ b: { prefix: "x" }, a: 1 })).toBe("ab");
    expect(indexOf({ a: 1, b: 2, c: { in: [3] } })).toBe("abc");
    expect(planQuery(spec, { a: 1, b: 2, c: 3 })).toMatchObject({
      equal: [1, 2, 3],
      unique: true,
      last: { kind: "none" },
    });
  });

  it("[S11] fields left out in the middle, two ranges or unknown fields have no plan", () => {
    for (const query of [
      { b: 1 },
      { a: 1, c: 1 },
      { a: { gt: 1 }, b: 1 },
      { a: 1, x: 1 },
      { a: { in: [1] }, b: { gt: 1 } },
    ]) {
      expect(() => planQuery(spec, query)).toThrow(UnindexedQuery);
    }
    expect(() => planQuery(spec, { a: undefined })).toThrow(TypeError);
  });

  it("[S5] a document stands in an index once per element, and not at all when a field is absent", () => {
    expect(indexRows({ a: ["x", "y", "x"], b: 1 }, ["a", "b"])).toEqual([
      ["x", 1],
      ["y", 1],
    ]);
    expect(indexRows({ a: 1 }, ["a", "b"])).toEqual([]);
    expect(() => indexRows({ a: [] }, ["a"])).toThrow(TypeError);
  });
});
