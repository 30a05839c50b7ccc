import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import type { Clock } from "../../server/basics/clock.ts";
import { bookings, films, genres, installation, showtimes } from "../../server/store/collections.ts";
import type { Store } from "../../server/store/port.ts";
import { openRooms, type Rooms, stock } from "../support/rooms.ts";

const DAY_MS = 86_400_000;
/** A Monday afternoon in Madrid. */
const MONDAY = Date.parse("2027-06-14T14:00:00Z");

let open: Rooms[] = [];
const dirs: string[] = [];
afterEach(async () => {
  for (const rooms of open) await rooms.close();
  for (const dir of dirs.splice(0)) await rm(dir, { recursive: true, force: true });
  open = [];
});

async function rooms(clock: Clock, dataDir?: string): Promise<Rooms> {
  const opened = await openRooms({ clock, ...(dataDir !== undefined && { dataDir }) });
  open.push(opened);
  return opened;
}

const starts = async (store: Store) =>
  (await store.collection(showtimes).find({ startsAt: { gte: "" } })).map(({ startsAt }) => startsAt);
/** Days of Madrid in summer on which something starts. */
const days = async (store: Store) => [
  ...new Set((await starts(store)).map((at) => new Date(Date.parse(at) + 2 * 3_600_000).toISOString().slice(0, 10))),
];

describe("[U23] filling an empty store", () => {
  it("takes less than 3 s and leaves a cinema on sale for today and six days", async () => {
    const { demo, store, schedule, views } = await rooms({ now: () => MONDAY });
    const began = performance.now();
    await demo.prepare();
    expect(performance.now() - began).toBeLessThan(3000);
    expect(await store.collection(films).count({})).toBe(300);
    expect(await days(store)).toEqual(["14", "15", "16", "17", "18", "19", "20"].map((day) => `2027-06-${day}`));
    const listed = await schedule.list({ limit: 200, all: false });
    if (!listed.ok) throw new Error(listed.message);
    expect(listed.items).toHaveLength(98);
    for (const { status, counts } of await views.of(listed.items))
      expect([status, counts.available]).toEqual(["on-sale", counts.capacity]);
  });

  it("twice is the same as once", async () => {
    const { demo, store } = await rooms({ now: () => MONDAY });
    await demo.prepare();
    const first = await starts(store);
    await demo.prepare();
    expect(await starts(store)).toEqual(first);
  });

  it("killed at any write, it goes on at the next start", async () => {
    for (const after of [0, 1, 5, 40, 200, 320, 340, 400]) {
      const dataDir = await mkdtemp(join(tmpdir(), "butaca-demo-"));
      dirs.push(dataDir);
      const killed = await rooms(mortal(after), dataDir);
      await expect(killed.demo.prepare()).rejects.toThrow();
      const { demo, store } = await rooms({ now: () => MONDAY }, dataDir);
      await demo.prepare();
      expect([after, await store.collection(films).count({}), (await starts(store)).length]).toEqual([after, 300, 98]);
      expect(await store.collection(genres).count({})).toBe(12);
    }
  });

  it("leaves a store alone that somebody else began to fill", async () => {
    const opened = await rooms({ now: () => MONDAY });
    await stock(opened);
    await opened.demo.prepare();
    expect(await opened.store.collection(films).count({})).toBe(1);
    expect(await opened.store.collection(installation).get("demo")).toBeNull();
    expect(await opened.store.collection(bookings).count({})).toBe(0);
  });
});

describe("[U24] the demo rolls on", () => {
  it("today and six more days are planned, also after a long pause, and past days stay", async () => {
    let now = MONDAY;
    const { demo, store } = await rooms({ now: () => now });
    await demo.prepare();
    now += DAY_MS;
    await demo.topUp();
    expect((await days(store)).at(-1)).toBe("2027-06-21");
    expect(await starts(store)).toHaveLength(8 * 14);
    now += 30 * DAY_MS;
    await demo.topUp();
    expect((await days(store)).slice(-7)[0]).toBe("2027-07-15");
    expect(await starts(store)).toHaveLength(15 * 14);
  });

  it("does not bring back what was deleted, and shows no film that was taken off", async () => {
    let now = MONDAY;
    const { demo, store, catalogue } = await rooms({ now: () => now });
    await demo.prepare();
    const [first] = await store.collection(showtimes).find({ startsAt: { gte: "" } });
    if (first === undefined) throw new Error("nothing planned");
    await store.collection(showtimes).remove(first.id);
    await demo.topUp();
    expect(await store.collection(showtimes).get(first.id)).toBeNull();
    await catalogue.films.documents.update(first.filmId, null, async () => ({
      ok: true,
      patch: { set: { status: "archived" } },
    }));
    now += 7 * DAY_MS;
    await demo.topUp();
    const later = await store.collection(showtimes).find({ startsAt: { gte: "2027-06-21" } });
    expect(later.length).toBeGreaterThan(80);
    expect(later.some(({ filmId }) => filmId === first.filmId)).toBe(false);
  });

  it("a store that is not a demo is not topped up", async () => {
    const { demo, store } = await rooms({ now: () => MONDAY });
    await demo.topUp();
    expect(await starts(store)).toEqual([]);
  });
});

/** A clock that dies when it was asked `times` times: every write asks it first. */
function mortal(times: number): Clock {
  let asked = 0;
  return {
    now() {
      asked += 1;
      if (asked > times) throw new Error("killed");
      return MONDAY;
    },
  };
}
