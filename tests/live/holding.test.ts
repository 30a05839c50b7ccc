import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { clientAnswers, serverPayloads } from "../../server/schemas/events.ts";
import { madeUpCinema } from "../support/made-up-cinema.ts";
import { eventually } from "../support/poll.ts";
import { connect, type Edge, follow, guest, startEdge } from "../support/sockets.ts";
import { visitorsOf } from "../support/visitors.ts";

const SHOWTIME = "sht_a";
let edge: Edge;
const { someone, somebody, requestId } = visitorsOf(() => edge.url);

beforeAll(async () => {
  const cinema = madeUpCinema([SHOWTIME, "sht_b", "sht_closed", "sht_kiosk"], 60);
  const closed = cinema.showtimes.get("sht_closed");
  if (closed) closed.status = "closed";
  edge = await startEdge({ cinema });
});
afterAll(() => edge.close());

describe("holding", () => {
  it("[H40] a hold answers token, seats, times and position", async () => {
    const client = await somebody();
    const before = Date.now();
    const answer = await client.do("seats:hold", {
      requestId: requestId(),
      showtimeId: SHOWTIME,
      seats: ["A2", "A1", "A2"],
    });
    expect(clientAnswers["seats:hold"].parse(answer)).toEqual(answer);
    expect(answer.hold.seats).toEqual(["A1", "A2"]);
    expect(answer.hold.showtimeId).toBe(SHOWTIME);
    expect(answer.hold.ttlMs).toBe(600_000);
    expect(Date.parse(answer.hold.expiresAt)).toBeGreaterThan(before + 595_000);
    expect(Date.parse(answer.hold.capAt) - Date.parse(answer.hold.expiresAt)).toBe(300_000);
    await client.do("seats:release", { requestId: requestId(), showtimeId: SHOWTIME });
  });

  it("[H41] a second hold adds to the first; another's token is forbidden, an unknown one has ended", async () => {
    const [owner, rival] = [await somebody(), await somebody()];
    const first = await owner.do("seats:hold", { requestId: requestId(), showtimeId: SHOWTIME, seats: ["A1"] });
    const second = await owner.do("seats:hold", { requestId: requestId(), showtimeId: SHOWTIME, seats: ["A2"] });
    expect(second.hold).toMatchObject({ token: first.hold.token, seats: ["A1", "A2"] });
    const steal = { requestId: requestId(), showtimeId: SHOWTIME, hold: first.hold.token };
    expect(await rival.refused("seats:hold", { ...steal, seats: ["A3"] })).toMatchObject({ code: "forbidden" });
    expect(await rival.refused("seats:release", steal)).toMatchObject({ code: "forbidden" });
    const gone = { requestId: requestId(), showtimeId: SHOWTIME, hold: "hld_gone" };
    expect(await owner.refused("seats:release", gone)).toMatchObject({ code: "hold_expired" });
    const part = await owner.do("seats:release", { requestId: requestId(), showtimeId: SHOWTIME, seats: ["A1", "A9"] });
    expect(part.hold?.seats).toEqual(["A2"]);
    expect((await owner.do("hold:resume", { showtimeId: SHOWTIME })).hold?.seats).toEqual(["A2"]);
    const all = await owner.do("seats:release", { requestId: requestId(), showtimeId: SHOWTIME });
    expect(all.hold).toBeNull();
    expect((await owner.do("hold:resume", { showtimeId: SHOWTIME })).hold).toBeNull();
  });

  it("[H42] refusals name what is in the way", async () => {
    const [owner, rival] = [await somebody(), await somebody()];
    await owner.do("seats:hold", { requestId: requestId(), showtimeId: SHOWTIME, seats: ["A1", "A2"] });
    const want = (seats: string[], showtimeId = SHOWTIME) =>
      rival.refused("seats:hold", { requestId: requestId(), showtimeId, seats });
    expect(await want(["A2", "A3"])).toMatchObject({ code: "seat_taken", seats: ["A2"] });
    expect(await want(["Z9"])).toMatchObject({ code: "seat_unknown" });
    expect(await want(["A1"], "sht_none")).toMatchObject({ code: "not_found" });
    expect(await want(["A1"], "sht_closed")).toMatchObject({ code: "showtime_closed" });
    const many = Array.from({ length: 11 }, (_, i) => `A${30 + i}`);
    expect(await want(many)).toMatchObject({ code: "hold_limit", max: 10 });
    expect(await rival.refused("hold:extend", { requestId: requestId(), showtimeId: SHOWTIME })).toMatchObject({
      code: "hold_expired",
    });
    await owner.do("seats:release", { requestId: requestId(), showtimeId: SHOWTIME });
  });

  it("[H43] an accepted request id gets its first answer again; with another payload it is invalid", async () => {
    const client = await somebody();
    const request = { requestId: requestId(), showtimeId: SHOWTIME, seats: ["A1", "A2"] };
    const first = await client.do("seats:hold", request);
    await client.do("seats:hold", { ...request, requestId: requestId(), seats: ["A3"] });
    expect(await client.do("seats:hold", { ...request, seats: ["A2", "A1"] })).toEqual(first);
    expect(await client.refused("seats:hold", { ...request, seats: ["A4"] })).toMatchObject({
      code: "invalid_request",
      errors: [{ path: "requestId", message: expect.any(String) }],
    });
    expect(await client.refused("hold:extend", { requestId: request.requestId, showtimeId: SHOWTIME })).toMatchObject({
      code: "invalid_request",
    });
    await client.do("seats:release", { requestId: requestId(), showtimeId: SHOWTIME });
  });

  it("[H44] kiosks hold for their own time, sellers hold more seats, others may not hold", async () => {
    edge.people.set("kiosk", guest("ses_kiosk", { class: "device", deviceKind: "kiosk" }));
    edge.people.set("scanner", guest("ses_scan", { class: "device", deviceKind: "scanner" }));
    edge.people.set("clerk", guest("ses_clerk", { class: "staff", permissions: new Set(["sell"]) }));
    edge.people.set("usher", guest("ses_usher", { class: "staff" }));
    const [kiosk, scanner, clerk, usher] = await Promise.all(["kiosk", "scanner", "clerk", "usher"].map(someone));
    const one = () => ({ requestId: requestId(), showtimeId: SHOWTIME, seats: ["A1"] });
    expect((await kiosk!.do("seats:hold", one())).hold.ttlMs).toBe(300_000);
    const party = Array.from({ length: 30 }, (_, i) => `A${i + 2}`);
    expect((await clerk!.do("seats:hold", { ...one(), seats: party })).hold.seats).toHaveLength(30);
    edge.denied.splice(0);
    expect(await scanner!.refused("seats:hold", one())).toMatchObject({ code: "forbidden" });
    expect(await usher!.refused("hold:resume", { showtimeId: SHOWTIME })).toMatchObject({ code: "forbidden" });
    expect(edge.denied).toEqual(["seats:hold", "hold:resume"]);
    for (const client of [kiosk, clerk])
      await client!.do("seats:release", { requestId: requestId(), showtimeId: SHOWTIME });
  });

  it("[H45] the end of a visit gives free what it held, and tells nobody else's hold", async () => {
    edge.people.set("visit", guest("ses_visit", { class: "device", deviceKind: "kiosk" }));
    const [visit, other] = [await someone("visit"), await somebody()];
    for (const showtimeId of ["sht_a", "sht_b"])
      await visit.do("seats:hold", { requestId: requestId(), showtimeId, seats: ["A1", "A2"] });
    await other.do("seats:hold", { requestId: requestId(), showtimeId: "sht_a", seats: ["A3"] });
    await edge.holds.endAll("ses_visit");
    for (const showtimeId of ["sht_a", "sht_b"])
      expect((await visit.do("hold:resume", { showtimeId })).hold).toBeNull();
    expect((await other.do("hold:resume", { showtimeId: "sht_a" })).hold?.seats).toEqual(["A3"]);
    await other.do("seats:release", { requestId: requestId(), showtimeId: "sht_a" });
  });
});

describe("what the owner is told", () => {
  it("[H46] an expired hold is pushed to viewers and to every socket of its owner within 1 s", async () => {
    const short = await startEdge({ limits: { ttlMs: 2_000 } });
    try {
      const owner = await connect(short.url, "ses_owner");
      const second = await connect(short.url, "ses_owner");
      const stranger = await connect(short.url, "ses_stranger");
      const viewer = follow(stranger, SHOWTIME);
      await viewer.join();
      const { hold } = await owner.do("seats:hold", { requestId: requestId(), showtimeId: SHOWTIME, seats: ["A1"] });
      await second.do("hold:resume", { showtimeId: SHOWTIME });
      const told = await Promise.all([owner, second].map((client) => client.hears("hold:changed", undefined, 10_000)));
      const late = Date.now() - Date.parse(hold.expiresAt);
      expect(told).toEqual([1, 2].map(() => ({ showtimeId: SHOWTIME, hold: null, reason: "expired" })));
      expect(late).toBeGreaterThanOrEqual(0);
      expect(late).toBeLessThan(1_000);
      await eventually(() => viewer.map()?.states[0] === "A");
      expect(stranger.heard("hold:changed")).toEqual([]);
      for (const client of [owner, second, stranger]) client.close();
    } finally {
      await short.close();
    }
  });

  it("[H47] an eviction and the steps of a payment are told to the owner, an order to its buyer", async () => {
    const [owner, rival] = [await someone("ses_buyer"), await somebody()];
    const { hold } = await owner.do("seats:hold", {
      requestId: requestId(),
      showtimeId: SHOWTIME,
      seats: ["A1", "A2"],
    });
    await rival.do("seats:hold", { requestId: requestId(), showtimeId: SHOWTIME, seats: ["A3"] });
    const sold = { id: "ord_1", version: 1, seats: [0], state: "sold" as const };
    await edge.map.settle({ showtimeId: SHOWTIME, booking: sold });
    const evicted = await owner.hears("hold:changed");
    expect(evicted).toMatchObject({ reason: "evicted", hold: { token: hold.token, seats: ["A2"] } });
    expect(serverPayloads["hold:changed"].safeParse(evicted).success).toBe(true);
    await edge.map.beginPayment({
      ...{ showtimeId: SHOWTIME, sessionId: "ses_buyer", hold: hold.token, seats: [1] },
      ...{ bookingId: "ord_2", windowMs: 60_000 },
    });
    expect(await owner.hears("hold:changed", ({ reason }) => reason === "paying")).toMatchObject({ hold: null });
    await edge.map.tellOrder({ showtimeId: SHOWTIME, sessionId: "ses_buyer", orderId: "ord_2", status: "confirmed" });
    expect(await owner.hears("order:changed")).toEqual({ orderId: "ord_2", status: "confirmed" });
    expect([...rival.heard("hold:changed"), ...rival.heard("order:changed")]).toEqual([]);
    for (const [id, version] of [
      ["ord_1", 2],
      ["ord_2", 1],
    ] as const)
      await edge.map.settle({ showtimeId: SHOWTIME, booking: { id, version, seats: [], state: "sold" } });
    await rival.do("seats:release", { requestId: requestId(), showtimeId: SHOWTIME });
  });

  it("[H48] an order made over HTTP is told to a socket that has done nothing yet", async () => {
    const buyer = await someone("ses_http");
    await edge.live.watchOrder("ses_http", "sht_kiosk");
    await edge.map.tellOrder({ showtimeId: "sht_kiosk", sessionId: "ses_http", orderId: "ord_3", status: "declined" });
    expect(await buyer.hears("order:changed")).toEqual({ orderId: "ord_3", status: "declined" });
  });
});
