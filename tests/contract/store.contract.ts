/** What every store promises, as one suite for all adapters. */
import fc from "fast-check";
import { afterEach, describe, expect, it } from "vitest";
import type { AnyCollection } from "../../server/store/plan.ts";
import type { Collection, CollectionSpec, Store, Stored } from "../../server/store/port.ts";
import { StoreUnavailable, UnindexedQuery } from "../../server/store/port.ts";
import { times } from "../support/counts.ts";
import { createModel } from "../support/store-model.ts";

export interface OpenedStore {
  store: Store;
  /** The same data through another opening, as a second server has it. */
  again(): Promise<Store>;
  /** Closes all and deletes the data. */
  cleanUp(): Promise<void>;
}

interface Ticket extends Stored {
  show?: string;
  seats?: string[];
  claims?: string[];
  number?: string;
  at?: number;
  series?: string;
  seq?: number;
  open?: boolean;
  note?: unknown;
}

const tickets: CollectionSpec<Ticket> = {
  name: "tickets",
  indexes: {
    claims: { fields: ["claims"], unique: true },
    number: { fields: ["number"], unique: true },
    receipt: { fields: ["series", "seq"], unique: true },
    at: { fields: ["at"] },
    show: { fields: ["show", "at"] },
    seats: { fields: ["seats", "at"] },
    open: { fields: ["open", "show", "at"] },
  },
};
/** The same documents without the unique index, for negative controls. */
const unguarded: CollectionSpec<Ticket> = { name: "unguarded", indexes: { claims: { fields: ["claims"] } } };

export function storeContract(
  name: string,
  open: (collections: readonly AnyCollection[]) => Promise<OpenedStore>,
): void {
  describe(`store contract: ${name}`, () => {
    const opened: OpenedStore[] = [];
    const start = async () => {
      const one = await open([tickets, unguarded]);
      opened.push(one);
      return { ...one, box: one.store.collection(tickets) };
    };
    afterEach(async () => {
      for (const one of opened.splice(0)) await one.cleanUp();
    });

    writing(start);
    uniqueness(start);
    changing(start);
    finding(start);
    races(start);
    againstModel(start);
    lost(start);
  });
}

type Start = () => Promise<OpenedStore & { box: Collection<Ticket> }>;

function writing(start: Start): void {
  it("[S1] an acknowledged write is seen by every other opening at once", async () => {
    const { box, again } = await start();
    const other = (await again()).collection(tickets);
    for (let i = 0; i < 50; i++) {
      await box.insert({ id: `t${i}`, at: i });
      expect(await other.get(`t${i}`)).toEqual({ id: `t${i}`, version: 1, at: i });
      await other.update(`t${i}`, {}, { set: { at: -i } });
      expect((await box.get(`t${i}`))?.version).toBe(2);
    }
  });

  it("[S2] a document comes back as it was, without undefined fields, as a copy", async () => {
    const { box } = await start();
    const note = { deep: [1, { gone: undefined, kept: "ñ\u0000é" }], empty: [], none: null };
    const inserted = await box.insert({ id: "a", show: undefined, note });
    const kept = { id: "a", version: 1, note: { deep: [1, { kept: "ñ\u0000é" }], empty: [], none: null } };
    expect(inserted).toEqual({ ok: true, document: kept });
    const first = await box.get("a");
    expect(first).toStrictEqual(kept);
    if (first) first.note = "changed in the hand";
    expect(await box.get("a")).toStrictEqual(kept);
  });

  it("[S2] absent ids are null, and getMany answers those that exist", async () => {
    const { box } = await start();
    await box.insert({ id: "a" });
    await box.insert({ id: "b" });
    expect(await box.get("z")).toBeNull();
    expect(await box.get("x".repeat(10_000))).toBeNull();
    const many = await box.getMany(["b", "z", "a", "b"]);
    expect(many.map(({ id }) => id).sort()).toEqual(["a", "b"]);
  });

  it("[S3] documents of one collection are not seen in another", async () => {
    const { box, store } = await start();
    const other = store.collection(unguarded);
    await box.insert({ id: "a", claims: ["1"] });
    expect(await other.get("a")).toBeNull();
    expect(await other.count({})).toBe(0);
    expect((await other.insert({ id: "a", claims: ["1"] })).ok).toBe(true);
    expect(() => store.collection({ name: "nobody", indexes: {} })).toThrow(TypeError);
  });
}

function uniqueness(start: Start): void {
  it("[S4] a duplicate is refused by the name of its index and nothing is written", async () => {
    const { box } = await start();
    await box.insert({ id: "a", claims: ["s:A1", "s:A2"], number: "N1", series: "2026", seq: 1 });
    const refused = (index: string) => ({ ok: false, code: "duplicate", index });
    expect(await box.insert({ id: "a" })).toEqual(refused("id"));
    expect(await box.insert({ id: "b", claims: ["s:A3", "s:A2"] })).toEqual(refused("claims"));
    expect(await box.insert({ id: "b", number: "N1" })).toEqual(refused("number"));
    expect(await box.insert({ id: "b", series: "2026", seq: 1 })).toEqual(refused("receipt"));
    expect(await box.get("b")).toBeNull();
    expect((await box.insert({ id: "b", claims: ["s:A3"], series: "2026", seq: 2 })).ok).toBe(true);
    expect(await box.update("b", {}, { set: { claims: ["s:A1"], at: 5 } })).toEqual(refused("claims"));
    expect(await box.get("b")).toEqual({ id: "b", version: 1, claims: ["s:A3"], series: "2026", seq: 2 });
  });

  it("[S4] text, number and boolean of one look are different values", async () => {
    const { box } = await start();
    await box.insert({ id: "a", number: "1" });
    const others: unknown[] = [1, true, "true", "1\u0000", "", 0, false];
    for (const [i, number] of others.entries()) {
      expect((await box.insert({ id: `b${i}`, number } as never)).ok).toBe(true);
    }
    expect((await box.findOne({ number: "1" }))?.id).toBe("a");
    expect((await box.findOne({ number: "1\u0000" }))?.id).toBe("b3");
  });

  it("[S5] a document without a field of an index does not stand in it", async () => {
    const { box } = await start();
    await box.insert({ id: "a", series: "2026" });
    await box.insert({ id: "b", series: "2026" });
    await box.insert({ id: "c", show: "s" });
    expect(await box.find({ series: "2026" })).toEqual([]);
    expect(await box.count({ show: "s" })).toBe(0);
    await box.update("c", {}, { set: { at: 1 } });
    expect(await box.count({ show: "s" })).toBe(1);
  });

  it("[S5] what was unset or removed is free for others", async () => {
    const { box } = await start();
    await box.insert({ id: "a", claims: ["1", "2"] });
    await box.insert({ id: "b", claims: ["3"] });
    await box.update("a", {}, { unset: ["claims"] });
    expect((await box.insert({ id: "c", claims: ["2"] })).ok).toBe(true);
    expect((await box.update("b", {}, { set: { claims: ["1", "3"] } })).ok).toBe(true);
    await box.remove("c");
    expect((await box.insert({ id: "d", claims: ["2"] })).ok).toBe(true);
    expect((await box.insert({ id: "e", claims: ["9", "9"] })).ok).toBe(true);
  });

  it("[S6] values that no index can hold are refused and nothing is written", async () => {
    const { box } = await start();
    const bad: unknown[] = [[], null, { a: 1 }, [["1"]], Number.NaN];
    for (const claims of bad) await expect(box.insert({ id: "a", claims } as never)).rejects.toThrow(TypeError);
    await expect(box.insert({ id: "a", show: ["x"], at: [1] } as never)).rejects.toThrow(TypeError);
    await expect(box.insert({ id: "a", number: "é".repeat(1_000) })).rejects.toThrow(RangeError);
    expect(await box.count({})).toBe(0);
    await box.insert({ id: "a", number: "1" });
    await expect(box.update("a", {}, { set: { number: [] as never } })).rejects.toThrow(TypeError);
    expect(await box.get("a")).toEqual({ id: "a", version: 1, number: "1" });
    expect((await box.insert({ id: "b", number: "é".repeat(600) })).ok).toBe(true);
    expect((await box.findOne({ number: "é".repeat(600) }))?.id).toBe("b");
  });
}

function changing(start: Start): void {
  it("[S7] an update happens only when the document is as expected, and raises its version", async () => {
    const { box } = await start();
    await box.insert({ id: "a", show: "s", note: { x: [1, 2] }, at: 1 });
    const missed = { ok: false, code: "missed" };
    expect(await box.update("z", {}, { set: { at: 2 } })).toEqual(missed);
    expect(await box.update("a", { show: "t" }, { set: { at: 2 } })).toEqual(missed);
    expect(await box.update("a", { show: null }, { set: { at: 2 } })).toEqual(missed);
    expect(await box.update("a", { version: 2 }, { set: { at: 2 } })).toEqual(missed);
    expect(await box.update("a", { note: { x: [2, 1] } }, { set: { at: 2 } })).toEqual(missed);
    const patch = { set: { at: 2, open: undefined }, unset: ["show"] as const };
    const changed = await box.update("a", { show: "s", version: 1, note: { x: [1, 2] }, number: null }, patch);
    expect(changed).toEqual({ ok: true, document: { id: "a", version: 2, note: { x: [1, 2] }, at: 2 } });
    expect(await box.get("a")).toEqual({ id: "a", version: 2, note: { x: [1, 2] }, at: 2 });
    await expect(box.update("a", { show: undefined }, {})).rejects.toThrow(TypeError);
    await expect(box.update("a", {}, { set: { version: 9 } as never })).rejects.toThrow(TypeError);
    await expect(box.update("a", {}, { unset: ["id"] })).rejects.toThrow(TypeError);
  });

  it("[S7] of many updates that expect the same version one happens", async () => {
    const { box, again } = await start();
    const other = (await again()).collection(tickets);
    await box.insert({ id: "a", at: 0 });
    for (let version = 1; version <= times(5, 20, 100); version++) {
      const tries = await Promise.all(
        Array.from({ length: 20 }, (_, i) => (i % 2 ? box : other).update("a", { version }, { set: { at: i } })),
      );
      expect(tries.filter(({ ok }) => ok)).toHaveLength(1);
    }
  });

  it("[S8] find-and-update gives each of many callers another document, first things first", async () => {
    const { box, again } = await start();
    const other = (await again()).collection(tickets);
    for (let i = 0; i < 20; i++) await box.insert({ id: `t${i}`, at: i });
    const picked = await Promise.all(
      Array.from({ length: 30 }, (_, i) =>
        (i % 2 ? box : other).findAndUpdate({ at: { lt: 100 } }, { set: { at: 1000 } }),
      ),
    );
    const ids = picked.flatMap((one) => (one ? [one.id] : []));
    expect(new Set(ids).size).toBe(20);
    expect(ids).toHaveLength(20);
    await box.insert({ id: "late", at: 2 });
    await box.insert({ id: "early", at: 1 });
    expect(await box.findAndUpdate({ at: { lte: 2 } }, { unset: ["at"] })).toEqual({ id: "early", version: 2 });
    expect(await box.findAndUpdate({ at: -1 }, { set: { at: 0 } })).toBeNull();
  });

  it("[S45] a number of a series is taken with its write or not at all: no two alike, none left out", async () => {
    const { box, again } = await start();
    const other = (await again()).collection(tickets);
    const count = times(40, 200, 1_000);
    for (let i = 0; i < count; i++) await box.insert({ id: `t${i}`, at: i % 5 });
    const series = { query: { series: "2026" }, field: "seq" } as const;
    const numbered = await Promise.all(
      Array.from({ length: count }, (_, i) =>
        // A fifth is not as expected: those take no number.
        (i % 2 ? box : other).updateNumbered(`t${i}`, { at: i % 5 === 0 ? 9 : i % 5 }, series, (seq) => ({
          set: { series: "2026", seq, number: `N${seq}` },
        })),
      ),
    );
    expect(numbered.filter(({ ok }) => !ok)).toHaveLength(count / 5);
    const given = await box.find({ series: "2026" }, { limit: count });
    expect(given.map(({ seq, number }) => [seq, number])).toEqual(
      Array.from({ length: (count * 4) / 5 }, (_, i) => [i + 1, `N${i + 1}`]),
    );
    await box.insert({ id: "first" });
    const another = { query: { series: "2027" }, field: "seq" } as const;
    const set = (seq: number) => ({ set: { series: "2027", seq } });
    expect(await box.updateNumbered("first", {}, another, set)).toMatchObject({ ok: true, document: { seq: 1 } });
    expect(await box.updateNumbered("nobody", {}, another, set)).toEqual({ ok: false, code: "missed" });
  });

  it("[S9] remove takes one document that is as expected", async () => {
    const { box } = await start();
    await box.insert({ id: "a", show: "s", at: 1 });
    expect(await box.remove("a", { show: "t" })).toBe(false);
    expect(await box.remove("a", { show: "s" })).toBe(true);
    expect(await box.remove("a")).toBe(false);
    expect(await box.find({ show: "s" })).toEqual([]);
    expect((await box.insert({ id: "a" })).ok).toBe(true);
  });
}

function finding(start: Start): void {
  const ids = (documents: Ticket[]) => documents.map(({ id }) => id);

  it("[S10] results come in the order of the index, then id, from either end and page by page", async () => {
    const { box } = await start();
    for (const id of ["c", "a", "b"]) await box.insert({ id, show: "s", at: 5 });
    await box.insert({ id: "x", show: "s", at: -1 });
    await box.insert({ id: "y", show: "s", at: 40 });
    await box.insert({ id: "z", show: "s2", at: 1 });
    expect(ids(await box.find({ show: "s" }))).toEqual(["x", "a", "b", "c", "y"]);
    expect(ids(await box.find({ show: "s" }, { descending: true }))).toEqual(["y", "c", "b", "a", "x"]);
    expect(ids(await box.find({ show: "s" }, { limit: 2, after: "a" }))).toEqual(["b", "c"]);
    expect(ids(await box.find({ show: "s" }, { limit: 2, after: "b", descending: true }))).toEqual(["a", "x"]);
    expect(ids(await box.find({ show: "s", at: { gt: -1, lte: 5 } }, { after: "b" }))).toEqual(["c"]);
    expect(ids(await box.find({}, { after: "c", limit: 2 }))).toEqual(["x", "y"]);
    expect(ids(await box.find({}, { limit: 0 }))).toEqual([]);
    expect((await box.findOne({ show: "s" }, { descending: true }))?.id).toBe("y");
    expect(await box.find({ show: "s" }, { after: "z" })).toEqual([]);
    expect(await box.find({ show: "s" }, { after: "nobody" })).toEqual([]);
  });

  it("[S10] lists, prefixes and `in` find each document once", async () => {
    const { box } = await start();
    await box.insert({ id: "a", seats: ["A1", "A2", "B1"], at: 1 });
    await box.insert({ id: "b", seats: ["A3"], at: 2 });
    await box.insert({ id: "c", seats: ["C1"], at: 3 });
    expect(ids(await box.find({ seats: "A2" }))).toEqual(["a"]);
    expect(ids(await box.find({ seats: { prefix: "A" } })).sort()).toEqual(["a", "b"]);
    expect(ids(await box.find({ seats: { in: ["B1", "A1", "C1", "Z"] } })).sort()).toEqual(["a", "c"]);
    expect(await box.count({ seats: { prefix: "A" } })).toBe(2);
    expect(await box.find({ seats: { in: [] } })).toEqual([]);
    expect(await box.count({ seats: "A1".repeat(5_000) })).toBe(0);
    expect(await box.find({ seats: { prefix: "A1".repeat(5_000) } })).toEqual([]);
    expect(ids(await box.find({ seats: { gte: "A1".repeat(5_000), lt: `B${"0".repeat(5_000)}` } }))).toEqual([
      "a",
      "b",
    ]);
  });

  it("[S10] without a limit a thousand documents come", async () => {
    const { box } = await start();
    // Not all at once: a store may refuse more work than it can do in time.
    for (let from = 0; from < 1_005; from += 67) {
      await Promise.all(Array.from({ length: 67 }, (_, i) => box.insert({ id: `t${from + i}`, at: from + i })));
    }
    expect(await box.find({})).toHaveLength(1_000);
    expect(await box.find({}, { limit: 2_000 })).toHaveLength(1_005);
    expect(await box.count({ at: { gte: 5 } })).toBe(1_000);
  });

  it("[S11] a query that no index serves is refused, and so is one with an undefined condition", async () => {
    const { box } = await start();
    for (const query of [
      { note: "x" },
      { seq: 1 },
      { show: "s", number: "1" },
      { show: { gt: "a" }, at: 1 },
      { open: true, at: 1 },
    ]) {
      await expect(box.find(query)).rejects.toThrow(UnindexedQuery);
      await expect(box.count(query)).rejects.toThrow(UnindexedQuery);
      await expect(box.findAndUpdate(query, {})).rejects.toThrow(UnindexedQuery);
    }
    await expect(box.find({ show: undefined })).rejects.toThrow(TypeError);
  });
}

function races(start: Start): void {
  it("[S12] of 50 overlapping claims exactly one wins, whoever writes", async () => {
    const { box, again } = await start();
    const other = (await again()).collection(tickets);
    for (let round = 0; round < times(10, 50, 200); round++) {
      const tries = await Promise.all(
        Array.from({ length: 50 }, (_, i) => {
          const claims = [`r${round}:A${i}`, `r${round}:hot`, `r${round}:B${i}`];
          return (i % 2 ? box : other).insert({ id: `r${round}-${i}`, claims });
        }),
      );
      expect(tries.filter(({ ok }) => ok)).toHaveLength(1);
      expect(await box.count({ claims: { prefix: `r${round}:` } })).toBe(1);
    }
  });

  it("[S12] negative control: reading first and writing then lets several win", async () => {
    const { store, again } = await start();
    const boxes = [store.collection(unguarded), (await again()).collection(unguarded)];
    const tries = await Promise.all(
      Array.from({ length: 50 }, async (_, i) => {
        const box = boxes[i % 2] as Collection<Ticket>;
        if ((await box.findOne({ claims: "hot" })) !== null) return false;
        await new Promise((resolve) => setTimeout(resolve, 5));
        return (await box.insert({ id: `t${i}`, claims: ["hot"] })).ok;
      }),
    );
    expect(tries.filter(Boolean).length).toBeGreaterThan(1);
  });
}

function againstModel(start: Start): void {
  const id = fc.constantFrom("a", "b", "c", "d", "e", "f", "g", "h");
  const show = fc.constantFrom("", "s", "s1", "s\u0000", "é", "z");
  const at = fc.constantFrom(-2.5, -1, 0, 1, 1.5, 1e9, -1e9);
  const seats = fc.uniqueArray(fc.constantFrom("A1", "A2", "A10", "B1"), { minLength: 1 });
  const fields = fc.record(
    { show, at, seats, claims: seats, number: show, series: show, seq: at, open: fc.boolean() },
    { requiredKeys: [] },
  );
  const range = <T>(value: fc.Arbitrary<T>) =>
    fc.record({ gt: value, gte: value, lt: value, lte: value }, { requiredKeys: [] });
  const last = <T>(value: fc.Arbitrary<T>) =>
    fc.oneof(value, range(value), fc.record({ in: fc.array(value, { maxLength: 4 }) }));
  const query = fc.oneof(
    fc.record({ index: fc.constant("id"), query: fc.constant({}) }),
    fc.record({ index: fc.constant("at"), query: fc.record({ at: last(at) }) }),
    fc.record({ index: fc.constant("show"), query: fc.record({ show: last(show) }) }),
    fc.record({ index: fc.constant("show"), query: fc.record({ show: fc.record({ prefix: show }) }) }),
    fc.record({ index: fc.constant("show"), query: fc.record({ show, at: last(at) }) }),
    fc.record({ index: fc.constant("seats"), query: fc.record({ seats: fc.constantFrom("A1", "B1"), at: last(at) }) }),
    fc.record({ index: fc.constant("open"), query: fc.record({ open: fc.boolean(), show: last(show) }) }),
    fc.record({ index: fc.constant("receipt"), query: fc.record({ series: show, seq: range(at) }) }),
    fc.record({ index: fc.constant("claims"), query: fc.record({ claims: fc.constantFrom("A1", "A2") }) }),
  );
  const unset = fc.subarray(["show", "at", "seats", "claims", "number", "open"] as const);
  const step = fc.oneof(
    { weight: 4, arbitrary: fc.record({ kind: fc.constant("insert" as const), id, fields }) },
    { weight: 3, arbitrary: fc.record({ kind: fc.constant("update" as const), id, fields, unset }) },
    { weight: 1, arbitrary: fc.record({ kind: fc.constant("remove" as const), id }) },
    {
      weight: 4,
      arbitrary: fc.record({
        kind: fc.constant("find" as const),
        query,
        page: fc.integer({ min: 1, max: 4 }),
        descending: fc.boolean(),
      }),
    },
  );

  const pages = async (box: Collection<Ticket>, conditions: object, limit: number, descending: boolean) => {
    const found: string[] = [];
    for (;;) {
      const after = found.at(-1);
      const page = await box.find(conditions, { limit, descending, ...(after === undefined ? {} : { after }) });
      found.push(...page.map((document) => document.id));
      if (page.length < limit) return found;
    }
  };

  /** Where several indexes refuse, any of them may be named. */
  const agree = (answer: object, expected: { ok: boolean; clashes?: string[] }) => {
    if (!expected.clashes) return expect(answer).toEqual(expected);
    expect(answer).toEqual({ ok: false, code: "duplicate", index: expect.toBeOneOf(expected.clashes) });
  };

  it("[S13] random writes and queries answer as a naive store does", async () => {
    const { box } = await start();
    const property = fc.asyncProperty(fc.array(step, { minLength: 5, maxLength: 40 }), async (steps) => {
      for (const { id } of await box.find({})) await box.remove(id);
      const model = createModel(tickets.indexes);
      for (const one of steps) {
        if (one.kind === "insert") {
          agree(await box.insert({ id: one.id, ...one.fields }), model.insert({ id: one.id, ...one.fields }));
        } else if (one.kind === "update") {
          const free = one.unset.filter((field) => !(field in one.fields));
          const answer = await box.update(one.id, {}, { set: one.fields, unset: free });
          agree(answer, model.update(one.id, one.fields, free));
        } else if (one.kind === "remove") {
          expect(await box.remove(one.id)).toBe(model.remove(one.id));
        } else {
          const expected = model.find(one.query.index, one.query.query, one.descending);
          expect(await pages(box, one.query.query, one.page, one.descending)).toEqual(expected);
          expect(await box.count(one.query.query)).toBe(expected.length);
        }
      }
    });
    await fc.assert(property, { numRuns: times(60, 300, 2_000) });
  }, 120_000);
}

function lost(start: Start): void {
  it("[S14] a closed store is not healthy and every call says that it is unavailable", async () => {
    const { store, box } = await start();
    expect(store.healthy()).toBe(true);
    await box.insert({ id: "a" });
    await store.close();
    await store.close();
    expect(store.healthy()).toBe(false);
    await expect(box.get("a")).rejects.toThrow(StoreUnavailable);
    await expect(box.insert({ id: "b" })).rejects.toThrow(StoreUnavailable);
  });

  it("[S14] what was under way when the store closed is written", async () => {
    const { store, box, again } = await start();
    const other = (await again()).collection(tickets);
    const writes = Array.from({ length: 20 }, (_, i) => box.insert({ id: `t${i}` }));
    await store.close();
    await Promise.all(writes);
    expect(await other.count({})).toBe(20);
  });
}
