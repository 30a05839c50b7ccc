import { expect, test } from "vitest";
import { createMemorySeatMap } from "../../server/seatmap/memory/map.ts";
import { MapUnavailable, type SeatMap } from "../../server/seatmap/port.ts";
import { accepted, holds, newShowtimeId, statesOf, wants } from "../support/seatmap.ts";
import { createTestLedger, overLedger } from "../support/seatmap-ledger.ts";

const SEATS = 5;

function scene(base: SeatMap = createMemorySeatMap()) {
  const ledger = createTestLedger();
  return { base, ledger, ...overLedger(base, ledger, SEATS) };
}

test("[H32] a command on an unknown map loads it from the ledger and runs", async () => {
  const { map, ledger } = scene();
  const id = newShowtimeId();
  ledger.sell(id, "ord_1", [0, 1]);
  expect(await statesOf(map, id)).toBe("SSAAA");
  expect((await holds(map, id, "ann", [2])).seats).toEqual([2]);
  expect(await map.counts([id, newShowtimeId()])).toMatchObject([{ sold: 2, held: 1 }, { available: 5 }]);
});

test("[H32] a hundred commands at once read the ledger once", async () => {
  const { map, ledger } = scene();
  const id = newShowtimeId();
  const answers = await Promise.all(Array.from({ length: 100 }, (_, n) => map.hold(wants(id, `session ${n}`, [0]))));
  expect(answers.filter(({ ok }) => ok)).toHaveLength(1);
  expect(ledger.reads).toBe(1);
});

test("[H32] a showtime that does not exist stays not_loaded", async () => {
  const { map, loader, ledger } = scene();
  expect(await map.snapshot("sht_none")).toEqual({ ok: false, why: "not_loaded" });
  expect(await map.counts(["sht_none"])).toEqual([null]);
  await loader.load("sht_none");
  expect(ledger.reads).toBe(0);
});

test("[H33] reloading reads the ledger after the call, even when a load is under way", async () => {
  const { map, loader, ledger } = scene();
  const id = newShowtimeId();
  const first = loader.load(id);
  const second = loader.reload(id);
  await first;
  ledger.sell(id, "ord_1", [3]);
  await second;
  expect(ledger.reads).toBe(2);
  expect(await statesOf(map, id)).toBe("AAASA");
});

test("[O64] a map that was used here and is lost is restored; one that nobody used is not even read", async () => {
  const { base, map, loader, ledger } = scene();
  const [used, unused] = [newShowtimeId(), newShowtimeId()];
  await statesOf(map, used);
  await base.beginLoad({ showtimeId: used, seatCount: SEATS, layoutVersion: 1, keepMs: 60_000 });
  expect(await base.snapshot(used)).toEqual({ ok: false, why: "not_loaded" });
  await loader.restore(used);
  await loader.restore(unused);
  expect((await base.snapshot(used)).ok).toBe(true);
  expect((await base.snapshot(unused)).ok).toBe(false);
  expect(ledger.reads).toBe(2);
});

test("[D13] servers that load the same showtime at once all end with it loaded", async () => {
  const base = createMemorySeatMap();
  const servers = Array.from({ length: 5 }, () => {
    const ledger = createTestLedger();
    return overLedger(base, ledger, SEATS).map;
  });
  const id = newShowtimeId();
  const states = await Promise.all(servers.map((map) => statesOf(map, id)));
  expect(states).toEqual(Array(5).fill("AAAAA"));
});

test("[H35] a map that does not stay loaded is unavailable in bounded time", async () => {
  const base = createMemorySeatMap();
  const forgetful: SeatMap = { ...base, snapshot: async () => ({ ok: false, why: "stale_run" }) };
  const { map } = scene(forgetful);
  const began = performance.now();
  await expect(map.snapshot(newShowtimeId())).rejects.toThrow(MapUnavailable);
  expect(performance.now() - began).toBeLessThan(2_500);
});

test("[H35] a ledger that does not answer makes the map unavailable in bounded time", async () => {
  const base = createMemorySeatMap();
  const ledger = { ...createTestLedger(), bookings: () => new Promise(() => {}) as never };
  const { map } = overLedger(base, ledger, SEATS);
  const began = performance.now();
  await expect(map.snapshot(newShowtimeId())).rejects.toThrow(MapUnavailable);
  expect(performance.now() - began).toBeLessThan(2_500);
});

test("[H35] a ledger that fails says so to everyone who waits, and is asked again by the next", async () => {
  const base = createMemorySeatMap();
  const ledger = createTestLedger();
  const working = ledger.bookings;
  ledger.bookings = () => {
    throw new Error("no ledger");
  };
  const { map } = overLedger(base, ledger, SEATS);
  const id = newShowtimeId();
  const both = await Promise.allSettled([map.snapshot(id), map.snapshot(id)]);
  expect(both.map(({ status }) => status)).toEqual(["rejected", "rejected"]);
  ledger.bookings = working;
  accepted(await map.snapshot(id));
});

/** A map that another server has rebuilt, without what this one had told the Redis before. */
function inDoubt(base: SeatMap) {
  const settled: string[] = [];
  let isStale = true;
  const map: SeatMap = {
    ...base,
    snapshot: async (id) => (isStale ? { ok: false, why: "stale_run" } : base.snapshot(id)),
    async beginLoad(load) {
      const begun = await base.beginLoad(load);
      const doubtful = isStale;
      isStale = false;
      return { ...begun, doubtful };
    },
    settle(command) {
      settled.push(command.booking.id);
      return base.settle(command);
    },
  };
  return { map, settled };
}

test("[S80] an open map in doubt is compared with the ledger: only what differs is settled again", async () => {
  const base = createMemorySeatMap();
  const { map: other, ledger } = scene(base);
  const id = newShowtimeId();
  ledger.sell(id, "ord_1", [0, 2]);
  const before = await statesOf(other, id);
  ledger.sell(id, "ord_2", [1]);
  const { map: doubted, settled } = inDoubt(base);
  const { map } = overLedger(doubted, ledger, SEATS);
  expect(before).toBe("SASAA");
  expect(await statesOf(map, id)).toBe("SSSAA");
  expect(settled).toEqual(["ord_2"]);
});

test("[S80] a comparison that failed is made up for before the next command", async () => {
  const base = createMemorySeatMap();
  const { map: other, ledger } = scene(base);
  const id = newShowtimeId();
  await statesOf(other, id);
  ledger.sell(id, "ord_1", [1]);
  const bookings = [new MapUnavailable("the ledger is away"), ledger.bookings(id)];
  const flaky = {
    ...ledger,
    bookings: () => {
      const next = bookings.shift() ?? [];
      if (next instanceof Error) throw next;
      return next;
    },
  };
  const { map } = overLedger(inDoubt(base).map, flaky, SEATS);
  await expect(map.snapshot(id)).rejects.toThrow(MapUnavailable);
  expect(await statesOf(map, id)).toBe("ASAAA");
});
