import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type RoomsServer, serveRooms, stock } from "../support/rooms.ts";

const WRITE = ["showtimes:write"] as const;
let server: RoomsServer;
let stocked: Awaited<ReturnType<typeof stock>>;
let other: string;
beforeAll(async () => {
  server = await serveRooms();
  stocked = await stock(server);
  const room = await server.call("POST", "/auditoriums", ["catalogue:write"], { name: "Two", chart: "A sv" });
  other = room.body.id;
});
afterAll(() => server.close());

const post = (path: string, body: object) => server.call("POST", path, WRITE, body);
const showing = (startsAt: string, more: object = {}) => ({
  ...{ filmId: stocked.filmId, auditoriumId: stocked.auditoriumId, startsAt },
  ...{ prices: stocked.prices, status: "on-sale", ...more },
});
async function add(startsAt: string, more: object = {}) {
  const added = await post("/showtimes", showing(startsAt, more));
  expect([added.status, added.body.errors]).toEqual([201, undefined]);
  return added.body;
}
const copy = (body: object) => post("/showtimes/copy", { days: 1, ...body });
const starts = (items: { startsAt: string }[]) => items.map(({ startsAt }) => startsAt);
const shownOn = async (from: string, to: string) =>
  (await server.call("GET", `/showtimes?from=${from}T00:00:00Z&to=${to}T00:00:00Z&limit=200`, WRITE)).body.items;

describe("conflicts before anything is saved", () => {
  it("[U70] names what is in the way, what it would cost and what is wrong, and saves nothing", async () => {
    const first = await add("2031-01-10T18:00:00Z");
    const check = async (body: object) => (await post("/showtimes/check", body)).body;
    const late = await check(showing("2031-01-10T19:00:00Z"));
    expect(late).toEqual({
      endsAt: "2031-01-10T20:40:00.000Z",
      freeAt: "2031-01-10T20:55:00.000Z",
      prices: stocked.prices,
      conflicts: [
        { id: first.id, startsAt: first.startsAt, freeAt: "2031-01-10T19:55:00.000Z", film: { title: "Up" } },
      ],
      errors: [],
      warnings: [],
    });
    expect((await check(showing("2031-01-10T19:00:00Z", { showtimeId: first.id }))).conflicts).toEqual([]);
    const wrong = await check(showing("2031-01-10T19:00:00Z", { filmId: "flm_no", prices: [] }));
    expect(wrong.errors.map(({ path }: { path: string }) => path).sort()).toEqual(["filmId", "prices", "prices"]);
    expect(await shownOn("2031-01-10", "2031-01-11")).toHaveLength(1);
    expect((await server.call("POST", "/showtimes/check", ["sell"], {})).status).toBe(403);
  });

  it("[U104] says what is put on sale unseen or too late, and refuses neither", async () => {
    const film = { title: "Not yet", durationMinutes: 90 };
    const { body: hidden } = await server.call("POST", "/films", ["catalogue:write"], film);
    const past = "2021-01-10T18:00:00Z";
    const warned = async (body: object) =>
      (await post("/showtimes/check", body)).body.warnings.map(({ path, code }: Record<string, string>) => [
        path,
        code,
      ]);
    expect(await warned(showing("2031-01-12T18:00:00Z"))).toEqual([]);
    expect(await warned(showing("2031-01-12T18:00:00Z", { filmId: hidden.id }))).toEqual([["filmId", "film_hidden"]]);
    expect(await warned(showing(past))).toEqual([["startsAt", "in_the_past"]]);
    expect(await warned(showing(past, { filmId: hidden.id, status: "draft" }))).toEqual([]);
    expect(await warned(showing(past, { filmId: "flm_no" }))).toEqual([["startsAt", "in_the_past"]]);
    await add(past, { filmId: hidden.id });
  });
});

describe("copying", () => {
  it("[U71] a day: drafts of the same films, rooms, attributes and prices, cancelled ones left out", async () => {
    const first = await add("2031-02-03T11:00:00Z", { attributes: ["3D"], orphanRule: "off" });
    await add("2031-02-03T18:00:00Z", { auditoriumId: other });
    const gone = await add("2031-02-03T15:00:00Z");
    await server.call("PATCH", `/showtimes/${gone.id}`, WRITE, { status: "cancelled" });
    const copied = await copy({ from: "2031-02-03", to: "2031-02-10" });
    expect(copied.status).toBe(200);
    expect(copied.body).toMatchObject({ conflicts: [], skipped: [] });
    expect(starts(copied.body.created)).toEqual(["2031-02-10T11:00:00.000Z", "2031-02-10T18:00:00.000Z"]);
    const [one, two] = await shownOn("2031-02-10", "2031-02-11");
    expect(one).toMatchObject({
      filmId: stocked.filmId,
      attributes: ["3D"],
      prices: stocked.prices,
      orphanRule: "off",
    });
    expect([one.status, two.status, two.auditoriumId]).toEqual(["draft", "draft", other]);
    expect(copied.body.created[0]).toEqual({ id: one.id, showtimeId: first.id, startsAt: one.startsAt });
    expect(server.told).toEqual(expect.arrayContaining([one.id, two.id]));
  });

  it("[U67 U71] a day ends with its late show: what starts before six goes with the evening before", async () => {
    // Madrid is an hour ahead: 20:00, 00:30 and, on the morning after, 05:59 and 06:00.
    await add("2031-02-24T04:30:00Z");
    await add("2031-02-24T19:00:00Z");
    await add("2031-02-24T23:30:00Z");
    await add("2031-02-25T04:59:00Z", { auditoriumId: other });
    await add("2031-02-25T05:00:00Z");
    const { body } = await copy({ from: "2031-02-24", to: "2031-02-27" });
    expect(starts(body.created)).toEqual([
      ...["2031-02-27T19:00:00.000Z", "2031-02-27T23:30:00.000Z", "2031-02-28T04:59:00.000Z"],
    ]);
  });

  it("[U71] of some rooms alone, and on sale at once where asked for", async () => {
    await add("2031-02-17T11:00:00Z");
    await add("2031-02-17T11:00:00Z", { auditoriumId: other });
    const { body } = await copy({ from: "2031-02-17", to: "2031-02-18", auditoriumIds: [other], status: "on-sale" });
    expect(body.created).toHaveLength(1);
    const [only, ...none] = await shownOn("2031-02-18", "2031-02-19");
    expect([only.auditoriumId, only.status, none]).toEqual([other, "on-sale", []]);
    const wrong = await copy({ from: "2031-02-17", to: "2031-02-18", auditoriumIds: [other, "aud_no"] });
    expect([wrong.status, wrong.body.errors[0].path]).toEqual([400, "auditoriumIds.1"]);
    expect((await copy({ from: "2031-02-30", to: "2031-02-18" })).status).toBe(400);
    expect((await copy({ from: "2031-02-01", to: "2031-02-18", days: 2 })).status).toBe(400);
  });

  it("[U104] on sale at once: says what is unseen or too late, tried or done; of drafts it says nothing", async () => {
    const film = { title: "Unseen", durationMinutes: 90 };
    const { body: hidden } = await server.call("POST", "/films", ["catalogue:write"], film);
    const first = await add("2021-02-03T11:00:00Z", { filmId: hidden.id, status: "draft" });
    await add("2021-02-03T18:00:00Z");
    const days = { from: "2021-02-03", to: "2021-02-04", status: "on-sale" };
    const said = ({ body }: { body: { warnings?: Record<string, unknown>[] } }) =>
      body.warnings?.map(({ code, startsAt }) => [code, startsAt]);
    const [early, late] = ["2021-02-04T11:00:00.000Z", "2021-02-04T18:00:00.000Z"];
    const all = [
      ["film_hidden", early],
      ["in_the_past", early],
      ["in_the_past", late],
    ];
    const tried = await copy({ ...days, dryRun: true });
    expect(said(tried)).toEqual(all);
    expect(tried.body.warnings[0]).toMatchObject({ showtimeId: first.id, path: "filmId", film: { title: "Unseen" } });
    expect(said(await copy({ ...days, dryRun: true, to: "2031-02-20" }))).toHaveLength(1);
    expect(said(await copy({ ...days, dryRun: true, status: "draft" }))).toBeUndefined();
    expect(said(await copy(days))).toEqual(all);
    expect(said(await copy(days))).toEqual([]);
  });

  it("[U72] again makes nothing twice, nor when several do so at once, nor what is there by hand", async () => {
    await add("2031-03-03T11:00:00Z");
    await add("2031-03-03T18:00:00Z");
    const byHand = await add("2031-03-04T18:00:00Z");
    const asked = { from: "2031-03-03", to: "2031-03-04" };
    const answers = await Promise.all(Array.from({ length: 5 }, () => copy(asked)));
    expect(answers.map(({ status }) => status)).toEqual(Array(5).fill(200));
    expect(answers.flatMap(({ body }) => body.created)).toHaveLength(1);
    const again = await copy(asked);
    expect(again.body.created).toEqual([]);
    expect(again.body.skipped.map(({ id }: { id: string }) => id)).toContain(byHand.id);
    expect(await shownOn("2031-03-04", "2031-03-05")).toHaveLength(2);
    const [made] = await shownOn("2031-03-04", "2031-03-05");
    await server.call("PATCH", `/showtimes/${made.id}`, WRITE, { startsAt: "2031-03-04T08:00:00Z" });
    expect((await copy(asked)).body.created).toEqual([]);
  });

  it("[U73] all or nothing: conflicts are listed, before and when it is meant, and can be left out", async () => {
    await add("2031-04-07T11:00:00Z");
    const source = await add("2031-04-07T18:00:00Z");
    const taken = await add("2031-04-08T19:00:00Z");
    const asked = { from: "2031-04-07", to: "2031-04-08" };
    const conflict = {
      showtimeId: source.id,
      startsAt: "2031-04-08T18:00:00.000Z",
      message: expect.any(String),
      with: { id: taken.id, startsAt: taken.startsAt, freeAt: "2031-04-08T20:55:00.000Z", film: { title: "Up" } },
    };
    const tried = await copy({ ...asked, dryRun: true });
    expect(tried.body.conflicts).toEqual([conflict]);
    expect(tried.body.created).toHaveLength(1);
    const refused = await copy(asked);
    expect([refused.status, refused.body.code, refused.body.conflicts]).toEqual([409, "schedule_conflict", [conflict]]);
    expect(await shownOn("2031-04-08", "2031-04-09")).toHaveLength(1);
    const skipped = await copy({ ...asked, skipConflicts: true });
    expect([skipped.status, skipped.body.conflicts]).toEqual([200, [conflict]]);
    expect(starts(await shownOn("2031-04-08", "2031-04-09"))).toEqual(["2031-04-08T11:00:00.000Z", taken.startsAt]);
  });

  it("[U64] a week across a clock change keeps its times of day", async () => {
    // Madrid: Sunday 30 March 2031 has 23 hours.
    for (const startsAt of ["2031-03-22T19:00:00Z", "2031-03-23T01:30:00Z", "2031-03-23T18:00:00Z"])
      await add(startsAt, { auditoriumId: other });
    const asked = { from: "2031-03-17", to: "2031-03-24", days: 7, auditoriumIds: [other] };
    const { body } = await copy(asked);
    expect(body.created).toMatchObject([
      { startsAt: "2031-03-29T19:00:00.000Z" },
      { startsAt: "2031-03-30T01:30:00.000Z", clockChange: "skipped-hour" },
      { startsAt: "2031-03-30T17:00:00.000Z" },
    ]);
    expect(body.created[0]).not.toHaveProperty("clockChange");
    expect((await copy(asked)).body).toMatchObject({ created: [], conflicts: [] });
  });

  it("[U73] copies that a skipped hour pushes into each other are conflicts", async () => {
    // 01:10 and 03:20 in the night after a Friday are an hour closer in the night to the last Sunday of March.
    for (const startsAt of ["2031-03-22T00:10:00Z", "2031-03-22T02:20:00Z"]) await add(startsAt);
    const { body } = await copy({
      ...{ from: "2031-03-21", to: "2031-03-29", dryRun: true },
      auditoriumIds: [stocked.auditoriumId],
    });
    expect([starts(body.created), starts(body.conflicts)]).toEqual([
      ["2031-03-30T00:10:00.000Z"],
      ["2031-03-30T01:20:00.000Z"],
    ]);
  });

  it("[U71] prices are made anew by their list, for the new day", async () => {
    const rule = (amount: number, more: object = {}) => ({
      ...{ zone: "standard", ticketTypeId: stocked.ticketTypeId, amount },
      ...more,
    });
    const rules = [rule(500, { days: ["wed"] }), rule(900), rule(1200, { zone: "vip" })];
    const list = (await post("/price-lists", { name: "Wednesdays", rules })).body;
    await add("2031-05-06T18:00:00Z", { prices: undefined, priceListId: list.id });
    await copy({ from: "2031-05-06", to: "2031-05-07" });
    const [wednesday] = await shownOn("2031-05-07", "2031-05-08");
    expect(wednesday).toMatchObject({ priceListId: list.id, prices: [{ amount: 500 }, { amount: 1200 }] });
    await server.call("PATCH", `/price-lists/${list.id}`, WRITE, { validUntil: "2031-05-31" });
    const over = await copy({ from: "2031-05-06", to: "2031-06-03" });
    expect([over.status, over.body.conflicts[0].message]).toEqual([409, expect.stringContaining("2031-05-31")]);
  });
});
