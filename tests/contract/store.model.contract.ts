/** Random writes and queries, compared with a naive store. */
import fc from "fast-check";
import { expect, it } from "vitest";
import type { Collection } from "../../server/store/port.ts";
import { times } from "../support/counts.ts";
import { createModel } from "../support/store-model.ts";
import { type Start, type Ticket, tickets } from "../support/store-tickets.ts";

export function againstModel(start: Start, isFar: boolean): void {
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
    await fc.assert(property, { numRuns: times(isFar ? 20 : 60, 300, 2_000) });
  }, 120_000);
}
