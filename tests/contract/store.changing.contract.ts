/** Changes that happen only to what is as expected, also when many want them at once. */
import { expect, it } from "vitest";
import type { Collection } from "../../server/store/port.ts";
import { times } from "../support/counts.ts";
import { type Start, type Ticket, tickets, unguarded } from "../support/store-tickets.ts";

export function changing(start: Start): void {
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

export function races(start: Start): void {
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
