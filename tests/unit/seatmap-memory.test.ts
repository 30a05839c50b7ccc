import fc from "fast-check";
import { expect, test } from "vitest";
import { createDues } from "../../server/seatmap/memory/dues.ts";
import { createMemorySeatMap } from "../../server/seatmap/memory/map.ts";
import { MapUnavailable } from "../../server/seatmap/port.ts";
import { createWatchers } from "../../server/seatmap/watchers.ts";
import { accepted, holds, listen, load, request, snapshotOf, statesOf } from "../support/seatmap.ts";

test("[H31] stepping the machine's clock ends no hold and prolongs none", async () => {
  let wall = 1_800_000_000_000;
  let time = 5_000;
  const map = createMemorySeatMap({ monotonic: () => time, wall: () => wall });
  const id = await load(map);
  expect(await map.now()).toBe(1_800_000_000_000);
  const hold = await holds(map, id, "ann", [1], { ttlMs: 1_000 });
  expect(hold.expiresAt).toBe(1_800_000_001_000);
  wall += 3_600_000;
  expect(await map.now()).toBe(1_800_000_000_000);
  expect(accepted(await map.expire(id)).delta).toBeNull();
  wall -= 7_200_000;
  time += 999;
  expect(accepted(await map.expire(id)).delta).toBeNull();
  time += 1;
  expect(accepted(await map.expire(id)).delta?.changes).toEqual([[1, "A"]]);
});

test("[H12] a thousand holds end each at its own moment, none before, none after", async () => {
  let time = 0;
  const map = createMemorySeatMap({ monotonic: () => time, wall: () => 0 });
  const seatCount = 1_000;
  const id = await load(map, { seatCount });
  const ends = new Map<number, number>();
  for (let index = 0; index < seatCount; index++) {
    const ttlMs = 1 + ((index * 7_919) % 1_000);
    const { expiresAt } = await holds(map, id, `session ${index}`, [index], { ttlMs });
    ends.set(index, expiresAt);
    if (index % 3 === 0) {
      const more = await map.extend({ showtimeId: id, sessionId: `session ${index}`, ttlMs: 900, ...request() });
      ends.set(index, accepted(more).hold.expiresAt);
    }
  }
  for (time = 1; time <= 1_000; time++) {
    const states = await statesOf(map, id);
    const wrong = [...states].filter((state, index) => (state === "A") !== (ends.get(index) ?? 0) <= time);
    expect(wrong).toEqual([]);
  }
});

test("[D3] a watcher that runs commands sees its own changes after the one it was told", async () => {
  const map = createMemorySeatMap();
  const id = await load(map);
  const versions: number[] = [];
  await map.watch(id, (message) => {
    if (message.kind !== "changed") return;
    if (message.delta.version < 5) void holds(map, id, `session ${message.delta.version}`, [message.delta.version]);
  });
  const { only } = await listen(map, id);
  await holds(map, id, "ann", [0]);
  for (const { delta } of only("changed")) versions.push(delta.version);
  expect(versions).toEqual([2, 3, 4, 5]);
  expect((await snapshotOf(map, id)).version).toBe(5);
});

test("[H35] a closed map is unavailable and says so", async () => {
  const map = createMemorySeatMap();
  const id = await load(map);
  expect(map.healthy()).toBe(true);
  await map.close();
  expect(map.healthy()).toBe(false);
  await expect(map.snapshot(id)).rejects.toThrow(MapUnavailable);
});

test("dues come out in order, whatever moved or ended meanwhile", () => {
  const act = fc.oneof(
    fc.record({ do: fc.constant("add" as const), at: fc.nat(50) }),
    fc.record({ do: fc.constantFrom("move" as const, "end" as const), which: fc.nat(20), by: fc.nat(30) }),
    fc.record({ do: fc.constant("take" as const), at: fc.nat(80) }),
  );
  fc.assert(
    fc.property(fc.array(act, { maxLength: 100 }), (acts) => {
      const items: { due: number | null }[] = [];
      const dues = createDues<{ due: number | null }>((item) => item.due);
      const live = () => items.flatMap(({ due }) => due ?? []);
      for (const one of acts) {
        if (one.do === "add") {
          const item = { due: one.at };
          items.push(item);
          dues.add(item);
        } else if (one.do === "take") {
          const soonest = Math.min(...live());
          const taken = dues.takeDue(one.at);
          expect(taken?.due ?? null).toBe(soonest <= one.at ? soonest : null);
          if (taken !== null) taken.due = null;
        } else {
          const item = items[one.which];
          if (item !== undefined && item.due !== null) item.due = one.do === "end" ? null : item.due + one.by;
        }
        expect(dues.next()).toBe(live().length === 0 ? null : Math.min(...live()));
      }
    }),
  );
});

test("watchers are told in order, and one that throws is reported", () => {
  const errors: unknown[] = [];
  const watchers = createWatchers((error) => errors.push(error));
  const heard: string[] = [];
  const reset = (showtimeId: string) => watchers.tell({ kind: "reset", showtimeId });
  const stop = watchers.add("one", () => {
    throw new Error("a bug");
  });
  watchers.add("one", () => {
    heard.push("one");
    if (heard.length === 1) reset("two");
  });
  watchers.add("two", () => heard.push("two"));
  reset("one");
  expect(heard).toEqual(["one", "two"]);
  expect(errors).toHaveLength(1);
  stop();
  reset("one");
  expect(errors).toHaveLength(1);
  expect(watchers.showtimes()).toEqual(["one", "two"]);
});
