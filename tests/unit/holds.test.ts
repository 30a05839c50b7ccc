import { describe, expect, it } from "vitest";
import { refusalOf, seatIds } from "../../server/booking/answers.ts";
import { createHolds, type Holder } from "../../server/booking/holds.ts";
import { createHeldBy } from "../../server/booking/live-showtimes.ts";
import { ERROR_STATUS } from "../../server/protocol/errors.ts";
import { createMapLoader, loadedMap } from "../../server/seatmap/loader.ts";
import { createMemorySeatMap } from "../../server/seatmap/memory/map.ts";
import type { MapRefusal } from "../../server/seatmap/port.ts";
import { madeUpCinema } from "../support/made-up-cinema.ts";

const MINUTE_MS = 60_000;
const web: Holder = { sessionId: "ses_web", channel: "web" };
const kiosk: Holder = { sessionId: "ses_kiosk", channel: "kiosk" };
const clerk: Holder = { sessionId: "ses_clerk", channel: "box-office" };

let requests = 0;
const wish = (...seats: string[]) => ({ requestId: `request-${++requests}`, showtimeId: "sht_a", seats });

async function boxOffice() {
  const cinema = madeUpCinema(["sht_a"], 20);
  let monotonic = 0;
  const bare = createMemorySeatMap({ monotonic: () => monotonic });
  const loader = createMapLoader({
    map: bare,
    describe: async () => ({ seatCount: 20, layoutVersion: 1, keepMs: 1e9 }),
    readBookings: async () => [],
  });
  const clock = { at: Date.now(), now: () => clock.at };
  const limits = { ttlMs: 600_000, kioskTtlMs: 300_000, capMs: 900_000, maxSeats: 3, maxSeatsStaff: 5 };
  const heldBy = createHeldBy({ live: async () => [...cinema.showtimes.keys()], map: bare });
  const holds = createHolds({ map: loadedMap(bare, loader), showtimes: cinema, heldBy, clock, limits });
  const passes = (ms: number) => {
    monotonic += ms;
    clock.at += ms;
  };
  return { cinema, holds, clock, passes };
}

describe("who may hold, how much and how long", () => {
  it("[H44] a kiosk holds for its own time, within the cap; staff hold more seats", async () => {
    const { holds, passes } = await boxOffice();
    expect(await holds.hold(web, wish("A1"))).toMatchObject({ ok: true, hold: { ttlMs: 600_000 } });
    expect(await holds.hold(kiosk, wish("A2"))).toMatchObject({ ok: true, hold: { ttlMs: 300_000 } });
    expect(await holds.hold(web, wish("A3", "A4", "A5"))).toMatchObject({ code: "hold_limit", max: 3 });
    expect(await holds.hold(clerk, wish("A3", "A4", "A5", "A6", "A7"))).toMatchObject({ ok: true });
    passes(8 * MINUTE_MS);
    expect(await holds.extend(web, { requestId: "x", showtimeId: "sht_a" })).toMatchObject({
      hold: { ttlMs: 420_000 },
    });
    expect(await holds.extend(kiosk, { requestId: "x", showtimeId: "sht_a" })).toMatchObject({ code: "hold_expired" });
  });

  it("[H42] sales end per channel; what is held can still be given back", async () => {
    const { cinema, holds, clock } = await boxOffice();
    const showtime = cinema.showtimes.get("sht_a");
    if (showtime === undefined) throw new Error("no showtime");
    const salesEndAt = { web: clock.at + 1, kiosk: clock.at + 10, "box-office": clock.at + 100 };
    cinema.showtimes.set("sht_a", { ...showtime, salesEndAt });
    for (const [i, holder] of [web, kiosk, clerk].entries())
      expect(await holds.hold(holder, wish(`A${i + 1}`))).toMatchObject({ ok: true });
    clock.at += 1;
    expect(await holds.hold(web, wish("A9"))).toMatchObject({ code: "showtime_closed" });
    expect(await holds.extend(web, { requestId: "y", showtimeId: "sht_a" })).toMatchObject({ code: "showtime_closed" });
    expect(await holds.resume(web, "sht_a")).toMatchObject({ hold: { seats: ["A1"] } });
    expect(await holds.release(web, { requestId: "z", showtimeId: "sht_a" })).toMatchObject({ ok: true, hold: null });
    expect(await holds.hold(kiosk, wish("A9"))).toMatchObject({ ok: true });
    clock.at += 9;
    expect(await holds.hold(kiosk, wish("A10"))).toMatchObject({ code: "showtime_closed" });
    expect(await holds.hold(clerk, wish("A10"))).toMatchObject({ ok: true });
  });

  it("[H51] what was accepted gets its first answer again after sales have ended; anything else is refused", async () => {
    const { cinema, holds, clock } = await boxOffice();
    const showtime = cinema.showtimes.get("sht_a");
    if (showtime === undefined) throw new Error("no showtime");
    const [request, more] = [wish("A1", "A2"), { requestId: "more time", showtimeId: "sht_a" }];
    const [held, extended] = [await holds.hold(web, request), await holds.extend(web, more)];
    expect([held, extended]).toMatchObject([{ ok: true }, { ok: true }]);
    const ends = [
      { ...showtime, status: "closed" as const },
      { ...showtime, status: "cancelled" as const },
      { ...showtime, salesEndAt: { ...showtime.salesEndAt, web: clock.at } },
    ];
    for (const ended of ends) {
      cinema.showtimes.set("sht_a", ended);
      expect(await holds.hold(web, { ...request, seats: ["A2", "A1"] })).toEqual(held);
      expect(await holds.extend(web, more)).toEqual(extended);
      expect(await holds.hold(web, { ...request, seats: ["A1"] })).toMatchObject({ code: "invalid_request" });
      for (const seats of ["A1", "A9", "Z9"])
        expect(await holds.hold(web, wish(seats))).toMatchObject({ code: "showtime_closed" });
      expect(await holds.extend(web, { ...more, requestId: "another" })).toMatchObject({ code: "showtime_closed" });
      expect(await holds.hold({ ...web, sessionId: "ses_other" }, request)).toMatchObject({ code: "showtime_closed" });
    }
  });

  it("[H45] a visit's end gives back everything of that session alone, and can be repeated", async () => {
    const { holds } = await boxOffice();
    await holds.hold(kiosk, wish("A1", "A2"));
    await holds.hold(web, wish("A3"));
    await holds.endAll("ses_kiosk");
    await holds.endAll("ses_kiosk");
    await holds.endAll("ses_nobody");
    expect(await holds.resume(kiosk, "sht_a")).toMatchObject({ hold: null });
    expect(await holds.resume(web, "sht_a")).toMatchObject({ hold: { seats: ["A3"] } });
  });
});

describe("the showtimes in which a session has a hold", () => {
  const holdOf = async ({ showtimeId }: { showtimeId: string }) => {
    const step = { position: { epoch: "e", version: 1 }, delta: null, at: 0 };
    const place = Number(showtimeId.slice(4));
    if (place % 100 === 0) return { ok: true as const, ...step, hold: {} as never };
    if (place % 100 === 1) return { ok: true as const, ...step, hold: null };
    return { ok: false as const, why: place === 2 ? ("stale_run" as const) : ("not_loaded" as const) };
  };

  it("[H45] are found among any number; what Redis has kept over a restart is looked at, too", async () => {
    const live = Array.from({ length: 250 }, (_, place) => `sht_${place}`);
    const heldBy = createHeldBy({ live: async () => live, map: { holdOf } });
    expect(await heldBy("ses_kiosk")).toEqual(["sht_0", "sht_2", "sht_100", "sht_200"]);
  });
});

describe("words for refusals of the map", () => {
  const step = { position: { epoch: "one", version: 1 }, delta: null, at: 0 };
  const refusals: MapRefusal[] = [
    { ok: false, why: "not_loaded" },
    { ok: false, why: "stale_run" },
    { ok: false, why: "seat_taken", seats: [0, 3], ...step },
    { ok: false, why: "hold_limit", max: 3, ...step },
    ...(["seat_unknown", "hold_expired", "forbidden", "request_mismatch", "lines_mismatch"] as const).map((why) => ({
      ...{ ok: false as const, why },
      ...step,
    })),
  ];
  const { layout } = madeUpCinema().showtimes.get("sht_a") ?? {};

  it.each(refusals)("[H42] $why has a code", (refusal) => {
    if (layout === undefined) throw new Error("no layout");
    const { code, seats, max } = refusalOf(refusal, layout);
    expect(Object.keys(ERROR_STATUS)).toContain(code);
    expect(code === "seat_taken" ? seats : ["A1", "A4"]).toEqual(["A1", "A4"]);
    expect(code === "hold_limit" ? max : 3).toBe(3);
    expect(seatIds([0, 99, 1], layout)).toEqual(["A1", "A2"]);
  });
});
