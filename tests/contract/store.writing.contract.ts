/** Documents written and read back, what may stand only once, and a store that was closed. */
import { expect, it } from "vitest";
import { StoreUnavailable } from "../../server/store/port.ts";
import { type Start, tickets, unguarded } from "../support/store-tickets.ts";

export function writing(start: Start): void {
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

export function uniqueness(start: Start): void {
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

export function lost(start: Start): void {
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
