import { signal } from "@preact/signals";
import { describe, expect, it, vi } from "vitest";
import type { Hold } from "../../server/protocol/events.ts";
import type { Seat } from "../../server/protocol/resources.ts";
import type { SeatSnapshot } from "../../server/protocol/states.ts";
import type { Link, LinkStatus } from "../../ui/connection/link.ts";
import { handoverDelay, reconnectDelay } from "../../ui/connection/link.ts";
import { createHoldDesk } from "../../ui/live/hold.ts";
import { createSeatLooks } from "../../ui/live/looks.ts";
import { changedBetween, createLiveMap } from "../../ui/live/map.ts";
import { createOccupancy } from "../../ui/live/occupancy.ts";

const SHOWTIME = "sht_1";
const seats: Seat[] = ["A1", "A2", "A3", "A4"].map((id, x) => ({
  id,
  row: "A",
  number: x + 1,
  kind: "standard",
  zone: "standard",
  x,
  y: 0,
}));

type Answer = { ok: true } | { ok: false; code: string };

/** A link whose server is the test. */
function fakeLink() {
  const status = signal<LinkStatus>({ status: "live" });
  const listeners = new Map<string, Set<(payload: never) => void>>();
  const live = new Set<() => void>();
  const asked: { event: string; payload: Record<string, unknown>; answer(answer: object): Promise<void> }[] = [];
  const link = {
    status,
    request: (event: string, payload: Record<string, unknown>) =>
      new Promise<Answer>((done) => {
        const answer = async (value: object) => {
          done({ ok: true, ...value });
          await settled();
        };
        asked.push({ event, payload, answer });
      }),
    on(event: string, listener: (payload: never) => void) {
      const set = listeners.get(event) ?? new Set();
      listeners.set(event, set.add(listener));
      return () => set.delete(listener);
    },
    whenLive(listener: () => void) {
      live.add(listener);
      if (status.value.status === "live") listener();
      return () => live.delete(listener);
    },
  } as unknown as Link;
  return {
    link,
    status,
    asked,
    /** The next question of a kind that nobody answered yet. */
    async next(event: string) {
      await vi.waitFor(() => expect(asked.some((question) => question.event === event)).toBe(true));
      return asked.splice(
        asked.findIndex((question) => question.event === event),
        1,
      )[0]!;
    },
    push(event: string, payload: object) {
      for (const listener of listeners.get(event) ?? []) listener(payload as never);
    },
    reconnect() {
      for (const listener of live) listener();
    },
  };
}

const settled = () => new Promise((done) => setTimeout(done, 0));

function snapshot(states: string, version: number, epoch = "e1"): SeatSnapshot {
  return { showtimeId: SHOWTIME, epoch, version, states, layoutVersion: 1, status: "on-sale" };
}

async function openMap(states = "AAAA") {
  const server = fakeLink();
  const body = { showtimeId: SHOWTIME, epoch: "e1", version: 5, states, layout: { version: 1, seats } };
  const get = vi.fn(async () => ({ ok: true as const, body: body as never, status: 200 }));
  const map = createLiveMap({ api: { get }, link: server.link, showtimeId: SHOWTIME });
  const join = await server.next("showtime:join");
  expect(join.payload.since).toEqual({ epoch: "e1", version: 5 });
  await join.answer({ snapshot: snapshot(states, 5) });
  const changes: number[][] = [];
  map.watch((indexes) => changes.push([...indexes]));
  return { ...server, map, changes, get };
}

describe("live map", () => {
  it("[K9] applies deltas and names the seats that changed, and no others", async () => {
    const { map, push, changes } = await openMap();
    push("seats:changed", { showtimeId: SHOWTIME, epoch: "e1", from: 5, to: 6, changes: [[1, "H"]] });
    push("seats:changed", { showtimeId: "sht_2", epoch: "e1", from: 5, to: 6, changes: [[2, "S"]] });
    expect(map.states()).toBe("AHAA");
    expect(changes).toEqual([[1]]);
  });

  it("[K9] a delta that was known already changes nothing", async () => {
    const { map, push, changes } = await openMap();
    push("seats:changed", { showtimeId: SHOWTIME, epoch: "e1", from: 3, to: 5, changes: [[1, "S"]] });
    expect(map.states()).toBe("AAAA");
    expect(changes).toEqual([]);
  });

  it("[K10] a gap or another epoch joins again, once, and the snapshot is the truth", async () => {
    const { map, push, next, asked, changes } = await openMap();
    push("seats:changed", { showtimeId: SHOWTIME, epoch: "e1", from: 8, to: 9, changes: [[1, "H"]] });
    push("seats:changed", { showtimeId: SHOWTIME, epoch: "e1", from: 9, to: 10, changes: [[2, "H"]] });
    const join = await next("showtime:join");
    expect(asked.filter((question) => question.event === "showtime:join")).toHaveLength(0);
    await join.answer({ snapshot: snapshot("AHHS", 10) });
    expect(map.states()).toBe("AHHS");
    expect(changes).toEqual([[1, 2, 3]]);
  });

  it("[K10] after a lost link it joins from where it stands", async () => {
    const { map, reconnect, next } = await openMap();
    reconnect();
    const join = await next("showtime:join");
    expect(join.payload.since).toEqual({ epoch: "e1", version: 5 });
    const delta = { showtimeId: SHOWTIME, epoch: "e1", from: 5, to: 7, changes: [[0, "S"]] };
    await join.answer({ delta });
    expect(map.states()).toBe("SAAA");
  });

  it("a pushed snapshot replaces everything; another layout is read again", async () => {
    const { map, push, get } = await openMap();
    push("seats:snapshot", snapshot("SSSS", 1, "e2"));
    expect(map.states()).toBe("SSSS");
    push("seats:snapshot", { ...snapshot("AAAA", 2, "e2"), layoutVersion: 2 });
    expect(get).toHaveBeenCalledTimes(2);
  });

  it("compares maps seat by seat", () => {
    expect(changedBetween("AAHS", "AHHA")).toEqual([1, 3]);
  });
});

function hold(held: string[], ttlMs = 60_000, capMs = 90_000): Hold {
  const at = Date.parse("2026-11-21T20:00:00.000Z");
  const iso = (ms: number) => new Date(at + ms).toISOString();
  return { token: "hld", showtimeId: SHOWTIME, seats: held, expiresAt: iso(ttlMs), capAt: iso(capMs), ttlMs };
}

async function openDesk(held: string[] = []) {
  const server = fakeLink();
  const desk = createHoldDesk({ link: server.link, showtimeId: SHOWTIME, now: () => 1_000 });
  const resume = await server.next("hold:resume");
  await resume.answer({ hold: held.length > 0 ? hold(held) : null, epoch: "e1", version: 1 });
  const changes: { reason: string; lost: string[] }[] = [];
  desk.onChange((change) => changes.push(change));
  return { ...server, desk, changes };
}

describe("hold desk", () => {
  it("[K11] a tap counts at once and is taken back when refused", async () => {
    const { desk, next } = await openDesk();
    const added = desk.add("A1");
    expect([...desk.mine.value]).toEqual(["A1"]);
    expect(desk.busy.value).toBe(true);
    const question = await next("seats:hold");
    await question.answer({ ok: false, code: "seat_taken", message: "taken", seats: ["A1"] });
    expect(await added).toMatchObject({ ok: false, code: "seat_taken" });
    expect([...desk.mine.value]).toEqual([]);
    expect(desk.busy.value).toBe(false);
  });

  it("[K11] a second tap on a seat that is still being taken gives it back, in order", async () => {
    const { desk, next, asked } = await openDesk();
    const added = desk.add("A1");
    const removed = desk.remove("A1");
    expect([...desk.mine.value]).toEqual([]);
    const first = await next("seats:hold");
    expect(asked).toHaveLength(0);
    await first.answer({ hold: hold(["A1"]), epoch: "e1", version: 2 });
    await added;
    const second = await next("seats:release");
    await second.answer({ hold: null, epoch: "e1", version: 3 });
    await removed;
    expect([...desk.mine.value]).toEqual([]);
  });

  it("[K12] time left is counted by this browser's clock from what was left when answered", async () => {
    const { desk } = await openDesk(["A1", "A2"]);
    expect(desk.endsAt.value).toBe(61_000);
    expect(desk.extendable.value).toBe(true);
  });

  it("[K12] nothing to extend at the cap", async () => {
    const { desk, next } = await openDesk(["A1"]);
    const extended = desk.extend();
    await (await next("hold:extend")).answer({ hold: hold(["A1"], 90_000), epoch: "e1", version: 2 });
    await extended;
    expect(desk.endsAt.value).toBe(91_000);
    expect(desk.extendable.value).toBe(false);
  });

  it("[K13] seats that ended are told with their names", async () => {
    const { desk, push, changes } = await openDesk(["A1", "A2"]);
    push("hold:changed", { showtimeId: SHOWTIME, hold: null, reason: "expired" });
    expect(changes).toEqual([{ reason: "expired", lost: ["A1", "A2"] }]);
    expect(desk.endsAt.value).toBeNull();
  });

  it("[K13] seats that ended while the link was lost are told when it is back", async () => {
    const { reconnect, next, changes } = await openDesk(["A1", "A2"]);
    reconnect();
    await (await next("hold:resume")).answer({ hold: hold(["A2"]), epoch: "e1", version: 9 });
    expect(changes).toEqual([{ reason: "expired", lost: ["A1"] }]);
  });

  it("[K14] after a decline the seats are one's own again", async () => {
    const { desk, push, next } = await openDesk(["A1"]);
    push("hold:changed", { showtimeId: SHOWTIME, hold: null, reason: "paying" });
    expect(desk.mine.value.size).toBe(0);
    const back = { token: "hld", seats: ["A1"], expiresAt: hold(["A1"]).expiresAt };
    push("hold:changed", { showtimeId: SHOWTIME, hold: back, reason: "declined" });
    await (await next("hold:resume")).answer({ hold: hold(["A1"]), epoch: "e1", version: 4 });
    expect([...desk.mine.value]).toEqual(["A1"]);
  });
});

describe("looks of seats", () => {
  it("[K8] one's own seats are always recognisable, and only changed looks are told", async () => {
    const { map, push } = await openMap("AHSB");
    const mine = signal<ReadonlySet<string>>(new Set());
    const looks = createSeatLooks({ seats, stateOf: map.stateOf, watch: map.watch, mine });
    const told: number[][] = [];
    const stop = looks.watch((indexes) => told.push([...indexes]));
    expect(seats.map((_, index) => looks.look(index))).toEqual(["free", "held", "sold", "blocked"]);
    mine.value = new Set(["A1"]);
    // The server's own "held" for a seat of mine changes nothing that is seen.
    push("seats:changed", { showtimeId: SHOWTIME, epoch: "e1", from: 5, to: 6, changes: [[0, "H"]] });
    expect(looks.look(0)).toBe("mine");
    expect(told).toEqual([[0]]);
    mine.value = new Set();
    expect(looks.look(0)).toBe("held");
    expect(told).toEqual([[0], [0]]);
    stop();
    push("seats:changed", { showtimeId: SHOWTIME, epoch: "e1", from: 6, to: 7, changes: [[0, "A"]] });
    expect(told).toHaveLength(2);
  });
});

describe("occupancy", () => {
  it("[K15] counts move as they are pushed, and are asked for again after a lost link", async () => {
    const { link, next, push, reconnect } = fakeLink();
    const occupancy = createOccupancy(link);
    occupancy.seed(SHOWTIME, { capacity: 4, available: 4 });
    occupancy.watch({ from: "a", to: "b" });
    await (await next("occupancy:watch")).answer({
      showtimes: [{ showtimeId: SHOWTIME, counts: { capacity: 4, available: 3 } }],
    });
    expect(occupancy.of(SHOWTIME).value?.available).toBe(3);
    push("occupancy:changed", { showtimes: [{ showtimeId: SHOWTIME, counts: { capacity: 4, available: 1 } }] });
    occupancy.seed(SHOWTIME, { capacity: 4, available: 4 });
    expect(occupancy.of(SHOWTIME).value?.available).toBe(1);
    reconnect();
    expect((await next("occupancy:watch")).payload).toEqual({ from: "a", to: "b" });
  });
});

it("[K16] reconnecting never stops, backs off to seconds and is spread by chance", () => {
  expect(reconnectDelay(0, 0.5)).toBe(400);
  expect(reconnectDelay(3, 0.5)).toBe(3200);
  expect(reconnectDelay(1_000_000, 0)).toBe(3000);
  expect(reconnectDelay(1_000_000, 1)).toBe(9000);
});

it("[O50] a page that was told when to come back comes about then, spread by chance", () => {
  expect(handoverDelay(2_000, 0)).toBe(1_500);
  expect(handoverDelay(2_000, 1)).toBe(2_500);
});
