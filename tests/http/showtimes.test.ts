import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type RoomsServer, serveRooms, stock } from "../support/rooms.ts";

const WRITE = ["showtimes:write"] as const;
let server: RoomsServer;
let stocked: Awaited<ReturnType<typeof stock>>;
beforeAll(async () => {
  server = await serveRooms();
  stocked = await stock(server);
});
afterAll(() => server.close());

/** A showtime on a day of its own, so that tests do not get in each other's way. */
const on = (startsAt: string, more: object = {}) => ({
  filmId: stocked.filmId,
  auditoriumId: stocked.auditoriumId,
  startsAt,
  prices: stocked.prices,
  status: "on-sale",
  ...more,
});
const post = (body: object) => server.call("POST", "/showtimes", WRITE, body);
const paths = ({ body }: { body: { errors: { path: string }[] } }) => body.errors.map(({ path }) => path);

describe("showtimes over HTTP", () => {
  it("[U3] schedules one and reads it back, with names, end, money and counts", async () => {
    const body = on("2030-01-01T20:00:00+01:00", {
      attributes: ["3D", "VOSE"],
      orphanRule: "enforce",
      accessReleaseMinutes: 30,
    });
    const added = await post(body);
    expect(added.status).toBe(201);
    expect(added.headers.get("location")).toBe(`/api/v1/showtimes/${added.body.id}`);
    expect(added.body).toMatchObject({
      ...body,
      startsAt: "2030-01-01T19:00:00.000Z",
      endsAt: "2030-01-01T20:40:00.000Z",
      currency: "EUR",
      film: { title: "Up", durationMinutes: 100 },
      auditorium: { name: "One" },
      counts: { capacity: 8, available: 8, held: 0, sold: 0, blocked: 0 },
      version: 1,
    });
    expect(Object.keys(added.body)).not.toEqual(expect.arrayContaining(["blocks"]));
    const read = await server.call("GET", `/showtimes/${added.body.id}`, null);
    expect([read.body, read.headers.get("etag")]).toEqual([added.body, '"1"']);
  });

  it("[U103] an attribute counts once whatever its case and accents, as it was written first", async () => {
    const { body } = await post(on("2030-01-02T18:00:00Z", { attributes: ["3D", "3d", "Vosé", " VOSE ", "Atmos"] }));
    expect(body.attributes).toEqual(["3D", "Vosé", "Atmos"]);
    const change = (attributes: string[]) => server.call("PATCH", `/showtimes/${body.id}`, WRITE, { attributes });
    expect((await change(["3D", "VOSÉ", "vose"])).body.attributes).toEqual(["3D", "VOSÉ"]);
    expect((await change(["3D", "VOSÉ", "3d"])).body.version).toBe(2);
  });

  it("[U10] refuses what overlaps, film and cleaning, before and after", async () => {
    expect((await post(on("2030-02-01T18:00:00Z"))).status).toBe(201);
    for (const startsAt of ["2030-02-01T18:00:00Z", "2030-02-01T19:54:59Z", "2030-02-01T16:05:01Z"]) {
      const refused = await post(on(startsAt));
      expect([refused.status, refused.body.code]).toEqual([409, "schedule_conflict"]);
    }
    expect((await post(on("2030-02-01T19:55:00Z"))).status).toBe(201);
    expect((await post(on("2030-02-01T16:05:00Z"))).status).toBe(201);
    const { body: other } = await server.call("POST", "/auditoriums", ["catalogue:write"], {
      name: "Two",
      chart: "A s",
    });
    expect((await post(on("2030-02-01T18:00:00Z", { auditoriumId: other.id }))).status).toBe(201);
  });

  it("[U10] of many at once for one place, one is scheduled", async () => {
    const answers = await Promise.all(Array.from({ length: 20 }, () => post(on("2030-03-01T18:00:00Z"))));
    expect(answers.filter(({ status }) => status === 201)).toHaveLength(1);
    expect(answers.filter(({ body }) => body.code === "schedule_conflict")).toHaveLength(19);
  });

  it("[U11] names every id that points at nothing, and wrong prices", async () => {
    const nothing = {
      filmId: "flm_no",
      auditoriumId: "aud_no",
      prices: [{ zone: "vip", ticketTypeId: "tty_no", amount: 1 }],
    };
    const refused = await post(on("2030-04-01T18:00:00Z", { ...nothing, status: "draft" }));
    expect([refused.status, refused.body.code]).toEqual([400, "invalid_request"]);
    expect(paths(refused).sort()).toEqual(["auditoriumId", "filmId", "prices.0.ticketTypeId"]);
    const price = stocked.prices[0];
    expect(paths(await post(on("2030-04-01T18:00:00Z", { prices: [{ ...price, amount: 9.5 }] })))).toEqual([
      "prices.0.amount",
    ]);
    expect(paths(await post(on("2030-04-01T18:00:00Z", { prices: [{ ...price, amount: -1 }] })))).toEqual([
      "prices.0.amount",
    ]);
    expect(paths(await post(on("2030-04-01T18:00:00Z", { prices: [{ ...price, zone: "gold" }] })))).toEqual([
      "prices.0.zone",
    ]);
    expect(paths(await post(on("2030-04-01T18:00:00Z", { prices: [...stocked.prices, price] })))).toEqual(["prices.2"]);
  });

  it("[U12] on sale takes a price for every zone; a draft does not", async () => {
    expect(paths(await post(on("2030-05-01T18:00:00Z", { prices: stocked.prices.slice(0, 1) })))).toEqual(["prices"]);
    const draft = await post(on("2030-05-01T18:00:00Z", { prices: undefined, status: undefined }));
    expect([draft.status, draft.body.status, draft.body.prices]).toEqual([201, "draft", []]);
  });

  it.each([
    [{ startsAt: "2030-06-01 18:00" }, "startsAt"],
    [{ startsAt: "2030-06-01T18:00:00" }, "startsAt"],
    [{ startsAt: "0000-01-01T00:00:00+14:00" }, "startsAt"],
    [{ status: "closed" }, "status"],
    [{ endsAt: "2030-06-01T18:00:00Z" }, "endsAt"],
    [{ orphanRule: "maybe" }, "orphanRule"],
    [{ accessReleaseMinutes: -1 }, "accessReleaseMinutes"],
    [{ attributes: [""] }, "attributes.0"],
  ])("[U6] %j is refused, naming %s", async (more, path) => {
    const refused = await post(on("2030-06-01T18:00:00Z", more));
    expect([refused.status, paths(refused)]).toEqual([400, [path]]);
  });

  it("[U8] drafts are seen only with the right to write showtimes", async () => {
    const { body: draft } = await post(on("2030-07-01T18:00:00Z", { status: "draft" }));
    const day = "from=2030-07-01T00:00:00Z&to=2030-07-02T00:00:00Z";
    for (const permissions of [null, ["catalogue:write"]] as const) {
      expect((await server.call("GET", `/showtimes?${day}`, permissions)).body.items).toEqual([]);
      expect((await server.call("GET", `/showtimes/${draft.id}`, permissions)).status).toBe(404);
      expect((await server.call("GET", `/showtimes/${draft.id}/seats`, permissions)).status).toBe(404);
    }
    expect((await server.call("GET", `/showtimes?${day}`, WRITE)).body.items).toEqual([draft]);
    expect((await server.call("GET", `/showtimes/${draft.id}/seats`, WRITE)).status).toBe(200);
    expect((await server.call("POST", "/showtimes", null, {})).status).toBe(401);
    expect((await server.call("POST", "/showtimes", ["catalogue:write"], {})).status).toBe(403);
  });

  it("lists by start, by film, by status, from inclusive, to exclusive, in pages", async () => {
    const { body: film } = await server.call("POST", "/films", ["catalogue:write"], {
      title: "Other",
      durationMinutes: 45,
    });
    const times = ["10", "12", "14", "16", "18"].map((hour) => `2030-08-01T${hour}:00:00.000Z`);
    for (const [n, startsAt] of times.entries())
      expect(
        (
          await post(
            on(startsAt, { filmId: n % 2 === 0 ? film.id : stocked.filmId, status: n === 0 ? "draft" : "on-sale" }),
          )
        ).status,
      ).toBe(201);
    const starts = async (query: string) => {
      const { body } = await server.call("GET", `/showtimes?${query}`, WRITE);
      return body.items.map(({ startsAt }: { startsAt: string }) => startsAt);
    };
    const day = "from=2030-08-01T00:00:00Z&to=2030-08-02T00:00:00Z";
    expect(await starts(day)).toEqual(times);
    expect(await starts(`from=${times[1]}&to=${times[3]}`)).toEqual(times.slice(1, 3));
    expect(await starts("from=2030-08-01T14:00:00+02:00&to=2030-08-01T14:00:01%2B02:00")).toEqual([times[1]]);
    expect(await starts(`${day}&filmId=${film.id}`)).toEqual([times[0], times[2], times[4]]);
    expect(await starts(`${day}&filmId=${film.id}&status=on-sale`)).toEqual([times[2], times[4]]);
    expect(await starts(`${day}&status=draft`)).toEqual([times[0]]);
    expect(await starts(`${day}&auditoriumId=${stocked.auditoriumId}&status=draft`)).toEqual([times[0]]);
    expect(await starts(`${day}&auditoriumId=${stocked.auditoriumId}`)).toEqual(times);
    expect(await starts(`${day}&auditoriumId=aud_other&filmId=${film.id}`)).toEqual([]);
    const first = await server.call("GET", `/showtimes?${day}&limit=2`, null);
    expect(first.body.items.map(({ startsAt }: { startsAt: string }) => startsAt)).toEqual(times.slice(1, 3));
    expect(await starts(`${day}&limit=2&cursor=${first.body.nextCursor}`)).toEqual(times.slice(3));
  });

  it("[U15] the seat map is the map's own, now: states in the order of the layout", async () => {
    const { body: showtime } = await post(on("2030-09-01T18:00:00Z"));
    const before = await server.call("GET", `/showtimes/${showtime.id}/seats`, null);
    expect(before.body).toMatchObject({ showtimeId: showtime.id, states: "AAAAAAAA", layout: { version: 1 } });
    expect(before.body.layout.seats).toHaveLength(8);
    const held = await server.map.hold({
      showtimeId: showtime.id,
      sessionId: "ses_a",
      requestId: "r1",
      payloadHash: "h",
      seats: [1, 4],
      freshToken: "t",
      ttlMs: 60_000,
      capMs: 60_000,
      maxSeats: 10,
    });
    expect(held.ok).toBe(true);
    const after = await server.call("GET", `/showtimes/${showtime.id}/seats`, null);
    expect(after.body).toMatchObject({
      states: "AHAAHAAA",
      epoch: before.body.epoch,
      version: before.body.version + 1,
    });
    const counted = await server.call("GET", `/showtimes/${showtime.id}`, null);
    expect(counted.body.counts).toEqual({ capacity: 8, available: 6, held: 2, sold: 0, blocked: 0 });
    expect((await server.call("GET", "/showtimes/sht_none/seats", null)).body.code).toBe("not_found");
  });
});
