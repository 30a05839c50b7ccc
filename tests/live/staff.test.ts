import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { SeatDetail } from "../../server/protocol/events.ts";
import { clientAnswers, serverPayloads } from "../../server/schemas/events.ts";
import { madeUpCinema, madeUpShowtime } from "../support/made-up-cinema.ts";
import { eventually } from "../support/poll.ts";
import { type Client, type Edge, guest, startEdge } from "../support/sockets.ts";
import { visitorsOf } from "../support/visitors.ts";

/** Changes of so long are told as one. */
const MERGED_FOR_MS = 250;

let edge: Edge;
const { someone, requestId } = visitorsOf(() => edge.url);

beforeAll(async () => {
  const cinema = madeUpCinema(["sht_a", "sht_b", "sht_draft", "sht_late"], 10);
  const draft = cinema.showtimes.get("sht_draft");
  const late = cinema.showtimes.get("sht_late");
  if (draft) draft.status = "draft";
  if (late) late.startsAt = new Date(Date.now() + 72 * 3_600_000).toISOString();
  edge = await startEdge({
    cinema,
    notesOf: async (ids) => new Map(ids.map((id) => [id, { orderNumber: `N-${id}`, by: "usr_1" }])),
  });
  edge.people.set("manager", guest("ses_manager", { class: "staff", permissions: new Set(["reports:read"]) }));
  edge.people.set("clerk", guest("ses_clerk", { class: "staff", permissions: new Set(["seats:details", "sell"]) }));
});
afterAll(() => edge.close());

const hold = (client: Client, seats: string[], showtimeId = "sht_a") =>
  client.do("seats:hold", { requestId: requestId(), showtimeId, seats });
const release = (client: Client, showtimeId = "sht_a") =>
  client.do("seats:release", { requestId: requestId(), showtimeId });

describe("occupancy", () => {
  it("[D50] everyone sees capacity and available of what is shown soon; drafts and later days are left out", async () => {
    const wall = await someone("ses_1");
    const answer = await wall.do("occupancy:watch", {});
    expect(clientAnswers["occupancy:watch"].parse(answer)).toEqual(answer);
    expect(answer.showtimes).toEqual(
      ["sht_a", "sht_b"].map((showtimeId) => ({ showtimeId, counts: { capacity: 10, available: 10 } })),
    );
    const to = new Date(Date.now() + 96 * 3_600_000).toISOString();
    const later = await wall.do("occupancy:watch", { to });
    expect(later.showtimes.map(({ showtimeId }) => showtimeId)).toEqual(["sht_a", "sht_b", "sht_late"]);
    const nothing = await wall.do("occupancy:watch", { from: to, to });
    expect(nothing.showtimes).toEqual([]);
  });

  it("[D51] who may read reports or details sees every count", async () => {
    for (const token of ["manager", "clerk"]) {
      const { showtimes } = await (await someone(token)).do("occupancy:watch", {});
      expect(showtimes[0]?.counts).toEqual({ capacity: 10, available: 10, held: 0, sold: 0, blocked: 0 });
    }
  });

  it("[D52] changes are pushed merged, only the showtimes that changed, each watcher as it may see them", async () => {
    const [wall, manager, buyer] = [await someone("ses_1"), await someone("manager"), await someone("ses_2")];
    await wall.do("occupancy:watch", {});
    await manager.do("occupancy:watch", {});
    const since = performance.now();
    for (let seat = 1; seat <= 5; seat++) await hold(buyer, [`A${seat}`]);
    const seen = await wall.hears("occupancy:changed", ({ showtimes }) => showtimes[0]?.counts.available === 5);
    expect(seen).toEqual({ showtimes: [{ showtimeId: "sht_a", counts: { capacity: 10, available: 5 } }] });
    await manager.hears("occupancy:changed", ({ showtimes }) => showtimes[0]?.counts.held === 5);
    for (const told of manager.heard("occupancy:changed"))
      expect(serverPayloads["occupancy:changed"].safeParse(told).success).toBe(true);
    const windows = Math.ceil((performance.now() - since) / MERGED_FOR_MS);
    expect(wall.heard("occupancy:changed").length).toBeLessThanOrEqual(2 + windows);
    await release(buyer);
    await wall.hears("occupancy:changed", ({ showtimes }) => showtimes[0]?.counts.available === 10);
  });

  it("[D53] a second watch replaces the first; a watcher that is gone is forgotten", async () => {
    const [wall, buyer] = [await someone("ses_1"), await someone("ses_2")];
    await wall.do("occupancy:watch", {});
    await wall.do("occupancy:watch", { from: new Date(Date.now() + 48 * 3_600_000).toISOString() });
    const other = await someone("ses_3");
    await other.do("occupancy:watch", {});
    await hold(buyer, ["A1"]);
    await other.hears("occupancy:changed", ({ showtimes }) => showtimes[0]?.counts.available === 9);
    expect(wall.heard("occupancy:changed")).toEqual([]);
    await release(buyer);
  });

  it("[D54] a showtime that joins the programme is pushed to those who watch, and one that closes is told", async () => {
    const wall = await someone("ses_1");
    await wall.do("occupancy:watch", {});
    edge.cinema.showtimes.set("sht_new", madeUpShowtime("sht_new", 7));
    await edge.live.showtimeChanged("sht_new");
    await wall.hears("occupancy:changed", ({ showtimes }) =>
      showtimes.some(({ showtimeId, counts }) => showtimeId === "sht_new" && counts.available === 7),
    );
    edge.cinema.showtimes.set("sht_new", { ...madeUpShowtime("sht_new", 7), status: "closed" });
    await edge.live.showtimeChanged("sht_new");
    expect(await wall.hears("showtime:changed")).toMatchObject({ showtimeId: "sht_new", status: "closed" });
    edge.cinema.showtimes.delete("sht_new");
  });

  it("[D55] a rebuilt map is counted again", async () => {
    const wall = await someone("manager");
    await wall.do("occupancy:watch", {});
    const bookings = [{ id: "ord_x", version: 1, seats: [0, 1, 2], state: "sold" as const }];
    const { epoch } = await edge.map.beginLoad({ showtimeId: "sht_b", seatCount: 10, layoutVersion: 1, keepMs: 1e6 });
    await edge.map.finishLoad({ showtimeId: "sht_b", epoch, bookings });
    await wall.hears("occupancy:changed", ({ showtimes }) => showtimes[0]?.counts.sold === 3);
  });
});

describe("who has which seat", () => {
  const of = (seats: SeatDetail[], seatId: string) => seats.find((seat) => seat.seatId === seatId);

  it("[D56] needs the right to see details", async () => {
    for (const token of ["ses_1", "manager"])
      expect(await (await someone(token)).refused("seats:watch-details", { showtimeId: "sht_a" })).toMatchObject({
        code: "forbidden",
      });
    const clerk = await someone("clerk");
    expect(await clerk.refused("seats:watch-details", { showtimeId: "none" })).toMatchObject({ code: "not_found" });
  });

  it("[D57] names holder, end and order number of every seat that is not free, and is pushed again when that changes", async () => {
    const [clerk, buyer] = [await someone("clerk"), await someone("ses_buyer")];
    const { hold: held } = await hold(buyer, ["A1"]);
    const booking = { id: "ord_9", version: 1, seats: [4], state: "sold" as const };
    await edge.map.settle({ showtimeId: "sht_a", booking });
    const answer = await clerk.do("seats:watch-details", { showtimeId: "sht_a" });
    expect(clientAnswers["seats:watch-details"].parse(answer)).toEqual(answer);
    expect(answer.seats).toEqual([
      { seatId: "A1", state: "H", by: "ses_buyer", until: held.expiresAt },
      { seatId: "A5", state: "S", by: "usr_1", orderNumber: "N-ord_9" },
    ]);
    await hold(buyer, ["A2"]);
    const pushed = await clerk.hears("seats:details", ({ seats }) => of(seats, "A2") !== undefined);
    expect(serverPayloads["seats:details"].parse(pushed)).toEqual(pushed);
    await release(buyer);
    await edge.map.settle({ showtimeId: "sht_a", booking: { ...booking, version: 2, seats: [] } });
    await clerk.hears("seats:details", ({ seats }) => seats.length === 0);
  });

  it("[D58] leaving the showtime ends it", async () => {
    const [clerk, buyer] = [await someone("clerk"), await someone("ses_buyer")];
    await clerk.do("seats:watch-details", { showtimeId: "sht_a" });
    await eventually(() => clerk.heard("seats:details").length > 0);
    await clerk.do("showtime:leave", { showtimeId: "sht_a" });
    const before = clerk.heard("seats:details").length;
    const other = await someone("clerk");
    await other.do("seats:watch-details", { showtimeId: "sht_a" });
    await hold(buyer, ["A1"]);
    await other.hears("seats:details", ({ seats }) => seats.length === 1);
    expect(clerk.heard("seats:details").length).toBe(before);
    await release(buyer);
  });
});
