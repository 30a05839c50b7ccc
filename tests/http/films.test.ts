import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type RoomsServer, serveRooms, stock } from "../support/rooms.ts";

const WRITE = ["catalogue:write"] as const;
const HOUR_MS = 3_600_000;

let server: RoomsServer;
let stocked: Awaited<ReturnType<typeof stock>>;
beforeAll(async () => {
  server = await serveRooms();
  stocked = await stock(server);
});
afterAll(() => server.close());

const titles = (answer: { body: { items: { title: string }[] } }) => answer.body.items.map(({ title }) => title);
async function add(film: object) {
  const answer = await server.call("POST", "/films", WRITE, film);
  expect([answer.status, answer.body.errors]).toEqual([201, undefined]);
  return answer.body;
}

describe("films over HTTP", () => {
  it("[U3] adds one with everything and reads it back; a new film is a draft", async () => {
    const film = {
      title: "El día de la bestia",
      originalTitle: "The Day of the Beast",
      synopsis: "Un cura en Madrid.",
      durationMinutes: 103,
      genreIds: [stocked.genreId],
      certificate: "18",
      language: "es",
      releaseDate: "1995-10-20",
      director: "Álex de la Iglesia",
      posterUrl: "https://example.com/p.jpg",
      status: "showing",
    };
    const added = await add(film);
    expect(added).toMatchObject({ ...film, version: 1 });
    expect(added.titleKey).toBeUndefined();
    const read = await server.call("GET", `/films/${added.id}`, null);
    expect(read.headers.get("etag")).toBe('"1"');
    expect(read.body).toEqual({ ...added, showtimes: [] });
    expect((await add({ title: "Bare", durationMinutes: 1 })).status).toBe("draft");
  });

  it("[U5] search ignores case and accents, in title, original title and director", async () => {
    for (const q of ["dia de la", "DÍA", "beast", "alex de la iglesia", "  día   de "])
      expect(titles(await server.call("GET", `/films?q=${encodeURIComponent(q)}`, null))).toEqual([
        "El día de la bestia",
      ]);
    expect(titles(await server.call("GET", "/films?q=.%2A", null))).toEqual([]);
  });

  it("[U8] drafts and archived films are seen only with the right to write", async () => {
    const draft = await add({ title: "Zz draft", durationMinutes: 90 });
    const archived = await add({ title: "Zz archived", durationMinutes: 90, status: "archived" });
    for (const permissions of [null, [], ["showtimes:write"]] as const) {
      expect(titles(await server.call("GET", "/films?q=zz", permissions))).toEqual([]);
      expect(titles(await server.call("GET", "/films?q=zz&status=draft", permissions))).toEqual([]);
      for (const { id } of [draft, archived])
        expect((await server.call("GET", `/films/${id}`, permissions)).status).toBe(404);
    }
    expect(titles(await server.call("GET", "/films?q=zz", WRITE))).toEqual(["Zz archived", "Zz draft"]);
    expect(titles(await server.call("GET", "/films?q=zz&status=draft", WRITE))).toEqual(["Zz draft"]);
    expect((await server.call("GET", `/films/${draft.id}`, WRITE)).status).toBe(200);
  });

  it("lists by title, by genre and by status, in pages", async () => {
    const { body: genre } = await server.call("POST", "/genres", WRITE, { name: "Paging" });
    for (let n = 0; n < 9; n++)
      await add({
        title: `Página ${n}`,
        durationMinutes: 90,
        genreIds: n % 2 === 0 ? [genre.id, stocked.genreId, genre.id] : [],
        status: "showing",
      });
    const byGenre = await server.call("GET", `/films?genre=${genre.id}&limit=3`, null);
    expect(titles(byGenre)).toEqual(["Página 0", "Página 2", "Página 4"]);
    const next = await server.call("GET", `/films?genre=${genre.id}&limit=3&cursor=${byGenre.body.nextCursor}`, null);
    expect([titles(next), next.body.nextCursor]).toEqual([["Página 6", "Página 8"], null]);
    expect(byGenre.body.items[0].genreIds).toEqual([genre.id, stocked.genreId]);
    const found = await server.call("GET", "/films?status=showing&q=pagina&limit=4", null);
    expect(titles(found)).toEqual(["Página 0", "Página 1", "Página 2", "Página 3"]);
    expect(titles(await server.call("GET", "/films?genre=gen_none", null))).toEqual([]);
  });

  it("[U100] a list goes on where it was, whatever happened to its last items, or is refused", async () => {
    const films: { id: string }[] = [];
    for (let n = 0; n < 7; n++)
      films.push(await add({ title: `Wandering ${n}`, durationMinutes: 90, status: "showing" }));
    const page = async (limit: number, cursor = "") =>
      server.call("GET", `/films?status=showing&q=wandering&limit=${limit}&cursor=${cursor}`, null);
    const first = await page(3);
    const archive = (n: number) => server.call("PATCH", `/films/${films[n]?.id}`, WRITE, { status: "archived" });
    await archive(2);
    expect((await server.call("DELETE", `/films/${films[1]?.id}`, WRITE)).status).toBe(204);
    const second = await page(2, first.body.nextCursor);
    expect(titles(second)).toEqual(["Wandering 3", "Wandering 4"]);
    await archive(4);
    await archive(5);
    await archive(6);
    const third = await page(2, second.body.nextCursor);
    expect([titles(third), third.body.nextCursor]).toEqual([[], null]);
    const one = await page(1);
    expect(titles(one)).toEqual(["Wandering 0"]);
    await archive(0);
    const lost = await page(1, one.body.nextCursor);
    expect([lost.status, lost.body.code, lost.body.errors[0].path]).toEqual([400, "invalid_request", "cursor"]);
  });

  it("[U9] shows what is on sale from now on, soonest first, with free seats", async () => {
    const film = await add({ title: "Soon", durationMinutes: 60, status: "showing" });
    const at = async (hours: number, status: string) => {
      const body = {
        filmId: film.id,
        auditoriumId: stocked.auditoriumId,
        startsAt: new Date(Date.now() + hours * HOUR_MS).toISOString(),
        attributes: ["VOSE"],
        prices: stocked.prices,
        status,
      };
      const added = await server.call("POST", "/showtimes", ["showtimes:write"], body);
      expect(added.status).toBe(201);
      return added.body.id;
    };
    const [late, soon] = [
      await at(30, "on-sale"),
      await at(5, "on-sale"),
      await at(10, "draft"),
      await at(-5, "on-sale"),
    ];
    const { body } = await server.call("GET", `/films/${film.id}`, null);
    expect(body.showtimes.map(({ id }: { id: string }) => id)).toEqual([soon, late]);
    expect(body.showtimes[0]).toMatchObject({
      attributes: ["VOSE"],
      auditorium: { id: stocked.auditoriumId, name: "One" },
      counts: { capacity: 8, available: 8, held: 0, sold: 0, blocked: 0 },
    });
    const plain = await server.call("GET", "/films?q=soon", null);
    expect(plain.body.items[0].showtimes).toBeUndefined();
    const listed = await server.call("GET", "/films?q=soon&include=showtimes", null);
    expect(listed.body.items[0].showtimes).toEqual(body.showtimes);
  });

  it.each([
    [{ durationMinutes: 90 }, "title"],
    [{ title: "x" }, "durationMinutes"],
    [{ title: "x", durationMinutes: 0 }, "durationMinutes"],
    [{ title: "x", durationMinutes: 1001 }, "durationMinutes"],
    [{ title: "x", durationMinutes: 1.5 }, "durationMinutes"],
    [{ title: "x", durationMinutes: 90, status: "gone" }, "status"],
    [{ title: "x", durationMinutes: 90, releaseDate: "2001-02-30" }, "releaseDate"],
    [{ title: "x", durationMinutes: 90, posterUrl: "javascript:alert(1)" }, "posterUrl"],
    [{ title: "x", durationMinutes: 90, genreIds: ["gen_none"] }, "genreIds.0"],
    [{ title: "x", durationMinutes: 90, version: 4 }, "version"],
    [{ title: "x", durationMinutes: 90, titleKey: "y" }, "titleKey"],
  ])("[U6] %j is refused, naming %s", async (film, path) => {
    const refused = await server.call("POST", "/films", WRITE, film);
    expect([refused.status, refused.body.code]).toEqual([400, "invalid_request"]);
    expect(refused.body.errors.map((fault: { path: string }) => fault.path)).toEqual([path]);
  });

  it("[U6] takes the right to write the catalogue", async () => {
    expect((await server.call("POST", "/films", null, {})).status).toBe(401);
    expect((await server.call("POST", "/films", ["showtimes:write"], {})).status).toBe(403);
  });
});
