/** What a query finds, in which order, and which queries are refused. */
import { expect, it } from "vitest";
import { UnindexedQuery } from "../../server/store/port.ts";
import { hasTime } from "../support/counts.ts";
import type { Start, Ticket } from "../support/store-tickets.ts";

export function finding(start: Start, isFar: boolean): void {
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

  it("[S84] of the results only those come that hold other values, too, page by page", async () => {
    const { box } = await start();
    await box.insert({ id: "a", show: "s", at: 1, seats: ["A1", "A2"], open: true });
    await box.insert({ id: "b", show: "s", at: 2, seats: ["A1"], open: true });
    await box.insert({ id: "c", show: "s", at: 3, seats: ["A2", "A1"], open: false });
    await box.insert({ id: "d", show: "s", at: 4, seats: ["A1", "A2", "A3"], open: true });
    await box.insert({ id: "e", show: "s", at: 5, open: true });
    const both = { also: { seats: ["A1", "A2"] } };
    expect(ids(await box.find({ show: "s" }, both))).toEqual(["a", "c", "d"]);
    expect(ids(await box.find({ show: "s" }, { ...both, descending: true, limit: 2 }))).toEqual(["d", "c"]);
    expect(ids(await box.find({ show: "s" }, { ...both, limit: 1, after: "a" }))).toEqual(["c"]);
    expect(ids(await box.find({ show: "s" }, { ...both, after: "b" }))).toEqual(["c", "d"]);
    expect(ids(await box.find({ seats: "A1", at: {} }, { also: { seats: ["A2"], open: [true] } }))).toEqual(["a", "d"]);
    expect(await box.find({ show: "s" }, { also: { note: ["nobody wrote one"] } })).toEqual([]);
    expect(ids(await box.find({ show: "s" }, { also: {}, limit: 2 }))).toEqual(["a", "b"]);
  });

  it.runIf(hasTime || !isFar)("[S10] without a limit a thousand documents come", async () => {
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
