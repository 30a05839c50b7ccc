import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { BookingDoc } from "../../server/store/collections.ts";
import { bookings, showtimes } from "../../server/store/collections.ts";
import { type RoomsServer, serveRooms, stock } from "../support/rooms.ts";

const WRITE = ["showtimes:write"] as const;
const CATALOGUE = ["catalogue:write"] as const;
let server: RoomsServer;
let stocked: Awaited<ReturnType<typeof stock>>;
let day = 0;
beforeAll(async () => {
  server = await serveRooms();
  stocked = await stock(server);
});
afterAll(() => server.close());
/** A day of its own for each test, so that they do not get in each other's way. */
beforeEach(() => {
  day += 1;
});

const at = (time: string) => `${new Date(Date.UTC(2033, 0, day)).toISOString().slice(0, 10)}T${time}:00.000Z`;
async function add(more: object = {}) {
  const added = await server.call("POST", "/showtimes", WRITE, {
    ...{ filmId: stocked.filmId, auditoriumId: stocked.auditoriumId },
    ...{ startsAt: at("18:00"), prices: stocked.prices, status: "on-sale", ...more },
  });
  expect([added.status, added.body.errors]).toEqual([201, undefined]);
  return added.body;
}
const patch = (id: string, body: object, headers: Record<string, string> = {}) =>
  server.call("PATCH", `/showtimes/${id}`, WRITE, body, headers);
const codeOf = async (id: string, body: object) => (await patch(id, body)).body.code;
const paths = ({ body }: { body: { errors: { path: string }[] } }) => body.errors.map(({ path }) => path);
const hold = (showtimeId: string, seats: number[], ttlMs = 60_000) =>
  server.map.hold({
    ...{ showtimeId, sessionId: "ses_a", requestId: `r${Math.random()}`, payloadHash: "h", seats },
    ...{ freshToken: "t", ttlMs, capMs: 60_000, maxSeats: 10 },
  });
const sell = (showtimeId: string) =>
  server.store.collection(bookings).insert({
    ...{ id: `ord_${showtimeId}`, kind: "order", showtimeId, claims: [`${showtimeId}:A1`], lines: [] },
    ...{ status: "confirmed", createdAt: at("00:00"), updatedAt: at("00:00") },
  } as unknown as BookingDoc);

describe("the life of a showtime", () => {
  it("[U50] draft, on sale, closed, on sale again, cancelled; viewers are told of each", async () => {
    const { id } = await add({ status: "draft" });
    server.told.length = 0;
    for (const status of ["on-sale", "closed", "on-sale", "closed", "cancelled"]) {
      const changed = await patch(id, { status });
      expect([changed.status, changed.body.status]).toEqual([200, status]);
    }
    expect(server.told).toEqual(Array(5).fill(id));
    expect((await server.call("GET", `/showtimes/${id}`, null)).body.status).toBe("cancelled");
  });

  it("[U50] once shown it is no draft any more; cancelled is final", async () => {
    const { id } = await add();
    expect(await codeOf(id, { status: "draft" })).toBe("in_use");
    await patch(id, { status: "cancelled" });
    for (const body of [{ status: "on-sale" }, { status: "draft" }, { startsAt: at("20:00") }, { attributes: ["3D"] }])
      expect(await codeOf(id, body)).toBe("showtime_closed");
    expect((await patch(id, { status: "cancelled" })).status).toBe(200);
    expect((await patch(id, { status: "gone" })).status).toBe(400);
  });

  it("[U51] cancelling frees the auditorium and ends sales at once", async () => {
    const { id } = await add();
    expect((await server.showtimes.sellable(id))?.status).toBe("on-sale");
    await patch(id, { status: "cancelled" });
    expect((await server.showtimes.sellable(id))?.status).toBe("cancelled");
    expect((await add()).status).toBe("on-sale");
  });

  it("[U12] on sale takes a price for every zone, also later", async () => {
    const draft = await add({ status: "draft", prices: [] });
    expect(paths(await patch(draft.id, { status: "on-sale" }))).toEqual(["prices", "prices"]);
    expect((await patch(draft.id, { status: "on-sale", prices: stocked.prices })).status).toBe(200);
    expect(paths(await patch(draft.id, { prices: [] }))).toEqual(["prices", "prices"]);
    expect((await patch(draft.id, { prices: [], status: "closed" })).status).toBe(200);
    expect(paths(await patch(draft.id, { status: "on-sale" }))).toEqual(["prices", "prices"]);
  });

  it("[U11] what a change points at is there", async () => {
    const { id } = await add({ status: "draft" });
    const wrong = {
      filmId: "flm_no",
      auditoriumId: "aud_no",
      prices: [{ zone: "vip", ticketTypeId: "no", amount: 1 }],
    };
    expect(paths(await patch(id, wrong)).sort()).toEqual(["auditoriumId", "filmId", "prices.0.ticketTypeId"]);
  });
});

describe("moving a showtime", () => {
  it("[U52] gives up the old place and takes the new one, and names what is in the way", async () => {
    const first = await add();
    const second = await add({ startsAt: at("21:00") });
    const refused = await patch(first.id, { startsAt: at("20:00") });
    expect([refused.status, refused.body.code]).toEqual([409, "schedule_conflict"]);
    expect((await server.call("GET", `/showtimes/${first.id}`, null)).body).toEqual(first);
    const moved = await patch(first.id, { startsAt: at("18:30") });
    expect(moved.body).toMatchObject({ startsAt: at("18:30"), endsAt: at("20:10") });
    expect((await patch(first.id, { startsAt: at("10:00") })).status).toBe(200);
    expect((await patch(second.id, { startsAt: at("18:00") })).status).toBe(200);
    expect((await server.call("GET", `/showtimes/${first.id}`, null)).headers.get("etag")).toMatch(/^"\d+"$/);
    const taken = await server.store.collection(showtimes).get(first.id);
    expect(taken?.blocks).toHaveLength(23);
  });

  it("[U52] another film changes the end, and is refused where it does not fit", async () => {
    const { body: long } = await server.call("POST", "/films", CATALOGUE, {
      title: `Long ${day}`,
      durationMinutes: 200,
    });
    const first = await add();
    const second = await add({ startsAt: at("20:00") });
    expect(await codeOf(first.id, { filmId: long.id })).toBe("schedule_conflict");
    expect((await patch(second.id, { filmId: long.id })).body).toMatchObject({
      endsAt: at("23:20"),
      film: { title: `Long ${day}`, durationMinutes: 200 },
    });
  });

  it("[U52] of many that move to one place at once one gets there, and the others stay where they were", async () => {
    for (let round = 0; round < 5; round++, day++) {
      const made = [];
      for (let n = 0; n < 6; n++) made.push(await add({ startsAt: at(`${String(n * 2).padStart(2, "0")}:00`) }));
      const answers = await Promise.all(
        made.map(({ id }, n) => patch(id, { startsAt: at(n % 2 ? "20:00" : "20:30") })),
      );
      expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
      for (const [n, { status, body }] of answers.entries()) {
        if (status === 200) continue;
        expect(body.code).toBe("schedule_conflict");
        const { body: now } = await server.call("GET", `/showtimes/${made[n].id}`, null);
        expect(now.startsAt).toBe(made[n].startsAt);
      }
    }
  });

  it("[U53] the auditorium is fixed once it is no draft, the film once it has orders", async () => {
    const { body: other } = await server.call("POST", "/auditoriums", CATALOGUE, {
      name: `Other ${day}`,
      chart: "A sv",
    });
    const { body: film } = await server.call("POST", "/films", CATALOGUE, {
      title: `Other ${day}`,
      durationMinutes: 90,
    });
    const draft = await add({ status: "draft" });
    const moved = await patch(draft.id, { auditoriumId: other.id });
    expect(moved.body).toMatchObject({ auditorium: { name: `Other ${day}` }, counts: { capacity: 2 } });
    await patch(draft.id, { status: "on-sale" });
    expect(await codeOf(draft.id, { auditoriumId: stocked.auditoriumId })).toBe("in_use");
    expect((await patch(draft.id, { auditoriumId: other.id })).status).toBe(200);
    expect((await patch(draft.id, { filmId: film.id })).status).toBe(200);
    await sell(draft.id);
    expect(await codeOf(draft.id, { filmId: stocked.filmId })).toBe("in_use");
    expect((await patch(draft.id, { startsAt: at("19:00") })).status).toBe(200);
  });
});

describe("deleting a showtime", () => {
  const remove = (id: string) => server.call("DELETE", `/showtimes/${id}`, WRITE);

  it("[U54] is refused with orders, whatever became of them, and leaves it on sale", async () => {
    const { id } = await add();
    await sell(id);
    for (const body of [{}, { status: "cancelled" }]) {
      await patch(id, body);
      const refused = await remove(id);
      expect([refused.status, refused.body.code]).toEqual([409, "in_use"]);
    }
    const left = await add({ startsAt: at("08:00") });
    await sell(left.id);
    await remove(left.id);
    expect((await server.call("GET", `/showtimes/${left.id}`, null)).body).toEqual({
      ...left,
      counts: expect.anything(),
    });
  });

  it("[U54] is refused while seats are held, and leaves it on sale; nobody is left with a hold on nothing", async () => {
    const { id } = await add();
    const held = await hold(id, [0], 700);
    expect(held.ok).toBe(true);
    expect((await remove(id)).body.code).toBe("in_use");
    expect((await server.call("GET", `/showtimes/${id}`, null)).body).toMatchObject({ status: "on-sale", version: 1 });
    await server.map.release({ showtimeId: id, sessionId: "ses_a", requestId: "z", payloadHash: "z" });
    server.told.length = 0;
    expect((await remove(id)).status).toBe(204);
    expect(server.told).toEqual([id]);
    expect(await server.showtimes.sellable(id)).toBeNull();
    expect((await server.call("GET", `/showtimes/${id}/seats`, WRITE)).status).toBe(404);
    expect((await add()).id).not.toBe(id);
  });
});

describe("reading while others delete", () => {
  it("[U54] leaves out what is gone, and fails at nothing", async () => {
    for (let round = 0; round < 5; round++, day++) {
      const { body: film } = await server.call("POST", "/films", CATALOGUE, {
        title: `Gone ${day}`,
        durationMinutes: 9,
      });
      const made = [];
      for (let n = 0; n < 6; n++) made.push(await add({ filmId: film.id, startsAt: at(`1${n}:00`) }));
      const [first] = made;
      const stale = await server.store.collection(showtimes).getMany(made.map(({ id }) => id));
      const reads = Array.from({ length: 10 }, () => server.call("GET", `/showtimes?filmId=${film.id}`, null));
      await Promise.all(made.map(({ id }) => server.call("DELETE", `/showtimes/${id}`, WRITE)));
      expect((await server.call("DELETE", `/films/${film.id}`, CATALOGUE)).status).toBe(204);
      for (const { status } of await Promise.all(reads)) expect(status).toBe(200);
      expect(await server.views.of(stale)).toEqual([]);
      expect((await server.call("GET", `/showtimes/${first.id}`, WRITE)).status).toBe(404);
    }
  });
});

describe("a chart that changes", () => {
  it("[U55] showtimes on sale keep their seats; drafts and new ones get the new", async () => {
    const { body: room } = await server.call("POST", "/auditoriums", CATALOGUE, {
      name: `Chart ${day}`,
      chart: "A ssv",
    });
    const where = { auditoriumId: room.id };
    const selling = await add({ ...where, startsAt: at("10:00") });
    const closed = await add({ ...where, startsAt: at("13:00") });
    await patch(closed.id, { status: "closed" });
    const draft = await add({ ...where, startsAt: at("16:00"), status: "draft" });
    const seatsOf = async (id: string) => (await server.call("GET", `/showtimes/${id}/seats`, WRITE)).body;
    expect((await seatsOf(draft.id)).states).toBe("AAA");
    await hold(selling.id, [1]);

    const changed = await server.call("PATCH", `/auditoriums/${room.id}`, CATALOGUE, { chart: "A s.v\nB vvv" });
    expect(changed.body).toMatchObject({ capacity: 5, version: 2 });
    expect(changed.body.seats.map(({ id }: { id: string }) => id)).toEqual(["A1", "A2", "B1", "B2", "B3"]);
    for (const { id } of [selling, closed])
      expect(await seatsOf(id)).toMatchObject({ layout: { version: 1, seats: { length: 3 } } });
    expect((await seatsOf(selling.id)).states).toBe("AHA");
    expect(await seatsOf(draft.id)).toMatchObject({ states: "AAAAA", layout: { version: 2, seats: { length: 5 } } });
    const fresh = await add({ ...where, startsAt: at("19:00") });
    expect([fresh.counts.capacity, (await seatsOf(fresh.id)).layout.version]).toEqual([5, 2]);
    const opened = await patch(draft.id, { status: "on-sale" });
    expect([opened.status, opened.body.counts.capacity]).toEqual([200, 5]);
    expect((await hold(draft.id, [4])).ok).toBe(true);
  });

  it("[U55] the same seats drawn otherwise are the same layout; of changes at once each has its own", async () => {
    const { body: room } = await server.call("POST", "/auditoriums", CATALOGUE, {
      name: `Drawn ${day}`,
      chart: "A ss",
    });
    const draw = (chart: string) => server.call("PATCH", `/auditoriums/${room.id}`, CATALOGUE, { chart });
    await draw("A   ss\n");
    const draft = await add({ auditoriumId: room.id, status: "draft" });
    expect((await server.call("GET", `/showtimes/${draft.id}/seats`, WRITE)).body.layout.version).toBe(1);
    for (let round = 0; round < 5; round++) {
      const charts = Array.from({ length: 5 }, (_, n) => `A ${"s".repeat(3 + n + round)}`);
      const answers = await Promise.all(charts.map(draw));
      for (const [n, { status, body }] of answers.entries())
        if (status === 200) expect(body.capacity).toBe(3 + n + round);
      const { body: now } = await server.call("GET", `/auditoriums/${room.id}`, null);
      expect(now.chart).toBe(`A ${"s".repeat(now.capacity)}`);
      const { body: seats } = await server.call("GET", `/showtimes/${draft.id}/seats`, WRITE);
      expect(seats.states).toHaveLength(seats.layout.seats.length);
    }
  });

  it("[U55] a draft that missed the change gets the seats when it goes on sale, also by If-Match", async () => {
    const { body: room } = await server.call("POST", "/auditoriums", CATALOGUE, {
      name: `Missed ${day}`,
      chart: "A s",
    });
    const draft = await add({ auditoriumId: room.id, status: "draft" });
    // As when the server dies before drafts follow.
    await server.catalogue.auditoriums.update(room.id, null, { chart: "A sss" });
    const opened = await patch(draft.id, { status: "on-sale" }, { "if-match": '"1"' });
    expect([opened.status, opened.body.counts?.capacity]).toEqual([200, 3]);
  });
});
