import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type RoomsServer, serveRooms, stock } from "../support/rooms.ts";

const WRITE = ["catalogue:write"] as const;
let server: RoomsServer;
let stocked: Awaited<ReturnType<typeof stock>>;
beforeAll(async () => {
  server = await serveRooms();
  stocked = await stock(server);
});
afterAll(() => server.close());

const add = async (film: object = {}) =>
  (await server.call("POST", "/films", WRITE, { title: "A film", durationMinutes: 90, ...film })).body;
const patch = (id: string, body: object, version?: number) =>
  server.call("PATCH", `/films/${id}`, WRITE, body, version === undefined ? {} : { "if-match": `"${version}"` });
const titles = (answer: { body: { items: { title: string }[] } }) => answer.body.items.map(({ title }) => title);
const search = async (q: string, more = "") =>
  titles(await server.call("GET", `/films?q=${encodeURIComponent(q)}${more}`, WRITE));

describe("two administrators and one film", () => {
  it("[U33] the second is told, reads again, and nothing of either is lost", async () => {
    const film = await add({ title: "Shared" });
    expect((await patch(film.id, { director: "First" }, film.version)).status).toBe(200);
    const refused = await patch(film.id, { certificate: "12", director: "Second" }, film.version);
    expect([refused.status, refused.body.code]).toEqual([412, "version_conflict"]);
    const { body: now } = await server.call("GET", `/films/${film.id}`, WRITE);
    expect([now.director, now.certificate]).toEqual(["First", undefined]);
    const again = await patch(film.id, { certificate: "12" }, now.version);
    expect(again.body).toMatchObject({ director: "First", certificate: "12", version: now.version + 1 });
  });

  it("[U33] changes of different fields at once without If-Match are all kept", async () => {
    const film = await add({ title: "At once" });
    const fields = { director: "D", certificate: "7", language: "es", synopsis: "S" };
    const answers = await Promise.all(
      Object.entries(fields).map(([field, value]) => patch(film.id, { [field]: value })),
    );
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 200]);
    expect((await server.call("GET", `/films/${film.id}`, WRITE)).body).toMatchObject({ ...fields, version: 5 });
  });
});

describe("genres of a film", () => {
  it("[U38] are given and taken one by one, safe to repeat", async () => {
    const film = await add({ title: "Genred" });
    const at = `/films/${film.id}/genres/${stocked.genreId}`;
    const given = await server.call("PUT", at, WRITE);
    expect([given.status, given.body.genreIds, given.headers.get("etag")]).toEqual([200, [stocked.genreId], '"2"']);
    expect((await server.call("PUT", at, WRITE)).body).toEqual(given.body);
    expect(titles(await server.call("GET", `/films?genre=${stocked.genreId}`, WRITE))).toEqual(["Genred"]);
    const taken = await server.call("DELETE", at, WRITE);
    expect([taken.status, taken.body.genreIds, taken.body.version]).toEqual([200, [], 3]);
    expect((await server.call("DELETE", at, WRITE)).body).toEqual(taken.body);
  });

  it("[U38] 401, 403, 404 for film and genre, 412", async () => {
    const film = await add({ title: "Refusing" });
    const at = `/films/${film.id}/genres/${stocked.genreId}`;
    expect((await server.call("PUT", at, null)).status).toBe(401);
    expect((await server.call("PUT", at, ["showtimes:write"])).status).toBe(403);
    expect((await server.call("PUT", `/films/flm_none/genres/${stocked.genreId}`, WRITE)).status).toBe(404);
    expect((await server.call("PUT", `/films/${film.id}/genres/gen_none`, WRITE)).status).toBe(404);
    expect((await server.call("DELETE", `/films/${film.id}/genres/gen_none`, WRITE)).status).toBe(200);
    expect((await server.call("PUT", at, WRITE, undefined, { "if-match": '"9"' })).status).toBe(412);
    expect((await server.call("GET", at, WRITE)).status).toBe(405);
  });

  it("[U38] many given at once are all kept, up to twenty", async () => {
    const film = await add({ title: "Crowded" });
    const ids: string[] = [];
    for (let n = 0; n < 21; n++) ids.push((await server.call("POST", "/genres", WRITE, { name: `G${n}` })).body.id);
    for (const group of [ids.slice(0, 4), ids.slice(4, 8)])
      await Promise.all(group.map((id) => server.call("PUT", `/films/${film.id}/genres/${id}`, WRITE)));
    const { body } = await server.call("GET", `/films/${film.id}`, WRITE);
    expect(body.genreIds.toSorted()).toEqual(ids.slice(0, 8).toSorted());
    await patch(film.id, { genreIds: ids.slice(0, 20) });
    expect((await server.call("PUT", `/films/${film.id}/genres/${ids[20]}`, WRITE)).status).toBe(400);
    expect((await patch(film.id, { genreIds: ids })).status).toBe(400);
  });

  it("[U30] PATCH sets all of them, and names one that is not there", async () => {
    const film = await add({ title: "Patched", genreIds: [stocked.genreId] });
    const refused = await patch(film.id, { title: "Other", genreIds: [stocked.genreId, "gen_none"] });
    expect([refused.status, refused.body.errors[0].path]).toEqual([400, "genreIds.1"]);
    expect((await patch(film.id, { genreIds: [] })).body).toMatchObject({ title: "Patched", genreIds: [] });
    expect((await patch(film.id, { genreIds: null })).status).toBe(400);
  });
});

describe("searching films", () => {
  it("[U39] finds beginnings of words in any order, and follows changes", async () => {
    const film = await add({ title: "Amanece, que no es poco", director: "José Luis Cuerda", status: "showing" });
    for (const q of ["amane", "POCO", "cuerda amanece", "que no es p", "jose", "AMANECE,QUE", "cuer"])
      expect(await search(q), q).toEqual([film.title]);
    for (const q of ["manece", "amanece mucho", "cuerdas"]) expect(await search(q), q).toEqual([]);
    await patch(film.id, { director: null, title: "Total" });
    expect(await search("cuerda")).toEqual([]);
    expect(await search("amanece")).toEqual([]);
    expect(await search("tot")).toEqual(["Total"]);
  });

  it("[U39] together with genre and status, in the order of titles, in pages", async () => {
    for (let n = 0; n < 8; n++)
      await add({
        title: `${String.fromCharCode(104 - n)} saga`,
        status: n % 2 === 0 ? "showing" : "archived",
        genreIds: n < 4 ? [stocked.genreId] : [],
      });
    expect(await search("saga")).toEqual([
      "a saga",
      "b saga",
      "c saga",
      "d saga",
      "e saga",
      "f saga",
      "g saga",
      "h saga",
    ]);
    expect(await search("saga", "&status=showing")).toEqual(["b saga", "d saga", "f saga", "h saga"]);
    expect(await search("saga", `&genre=${stocked.genreId}`)).toEqual(["e saga", "f saga", "g saga", "h saga"]);
    expect(await search("saga", `&genre=${stocked.genreId}&status=archived`)).toEqual(["e saga", "g saga"]);
    const publicly = await server.call("GET", `/films?q=sag&genre=${stocked.genreId}`, null);
    expect(titles(publicly)).toEqual(["f saga", "h saga"]);
    const first = await server.call("GET", "/films?q=saga&limit=3", null);
    const next = await server.call("GET", `/films?q=saga&limit=3&cursor=${first.body.nextCursor}`, null);
    expect([...titles(first), ...titles(next)]).toEqual(["b saga", "d saga", "f saga", "h saga"]);
    const byGenre = await server.call("GET", `/films?genre=${stocked.genreId}&status=showing`, null);
    expect(titles(byGenre)).toEqual(["f saga", "h saga"]);
  });

  it("[U39] titles of punctuation, of other scripts and of endless letters are kept and found", async () => {
    const odd = ["???", "千と千尋の神隠し", "Ω", "\u{1F40D}\u{1F40D} on a plane", "\uFDFA".repeat(300)];
    for (const title of odd) expect((await add({ title })).title).toBe(title);
    expect(await search("??")).toEqual(["???"]);
    expect(await search("千と")).toEqual(["千と千尋の神隠し"]);
    expect(await search("ω")).toEqual(["Ω"]);
    expect(await search("plane")).toEqual([odd[3]]);
  });
});
