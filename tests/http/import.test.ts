import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { times } from "../support/counts.ts";
import { type RoomsServer, roomsAreFar, serveRooms } from "../support/rooms.ts";

const WRITE = ["catalogue:write"] as const;
const CSV = { "content-type": "text/csv" };
const SAMPLE = readFileSync(join(import.meta.dirname, "../../server/demo/films.csv"), "utf8");

let server: RoomsServer;
beforeAll(async () => {
  server = await serveRooms();
});
afterAll(() => server.close());
/** A word that no other test has in its titles. */
let word = "";
let tests = 0;
beforeEach(() => {
  tests += 1;
  word = `w${tests}x`;
});

const send = (csv: string, query = "", headers: Record<string, string> = CSV) =>
  server.call("POST", `/films/import${query}`, WRITE, csv, headers);
const sendJson = (items: unknown, query = "") => server.call("POST", `/films/import${query}`, WRITE, items);
const found = async (q = word) =>
  (await server.call("GET", `/films?limit=200&q=${encodeURIComponent(q)}`, WRITE)).body.items;
const report = (more: object) => ({ created: 0, updated: 0, unchanged: 0, ignoredColumns: [], rejected: [], ...more });
const faults = ({ body }: { body: { errors: { path: string; line: number }[] } }) =>
  body.errors.map(({ path, line }) => [line, path]);

describe("importing films", () => {
  it("[U40] makes films and genres, lists what it does not know; once more it changes nothing", async () => {
    const first = await send(SAMPLE);
    expect([first.status, first.body]).toEqual([200, report({ created: 300, ignoredColumns: ["imdbRating"] })]);
    const again = await send(SAMPLE);
    expect(again.body).toEqual(report({ unchanged: 300, ignoredColumns: ["imdbRating"] }));
    const [matrix] = await found("matrix wachowski");
    expect(matrix).toMatchObject({
      ...{ title: "The Matrix", durationMinutes: 136, releaseDate: "1999-03-31", status: "draft", version: 1 },
      director: "Lana Wachowski, Lilly Wachowski",
    });
    const genres = (await server.call("GET", "/genres?limit=200", null)).body.items;
    const names = new Map(genres.map(({ id, name }: { id: string; name: string }) => [id, name]));
    expect(matrix.genreIds.map((id: string) => names.get(id))).toEqual(["Action"]);
  });

  it("[K70] an import can be tried: it says what would happen, and nothing does", async () => {
    const head = "title,releaseDate,durationMinutes,genres";
    const first = `${head}\n${word} one,2001-01-01,90,Drama\n${word} two,2001-01-01,90,Drama`;
    const tried = await send(first, "?dryRun=true");
    expect([tried.status, tried.body, await found()]).toEqual([200, report({ created: 2 }), []]);
    await send(first);
    const second = `${head}\n${word} one,2001-01-01,90,Drama\n${word} two,2001-01-01,95,Drama\n${word} bad,,x,${word}`;
    const again = await send(second, "?dryRun=true&skipInvalid=true");
    expect(again.body).toMatchObject({ created: 0, updated: 1, unchanged: 1, rejected: [{ line: 4 }] });
    expect((await found()).map(({ version }: { version: number }) => version)).toEqual([1, 1]);
    const genres = (await server.call("GET", "/genres?limit=200", null)).body.items;
    expect(genres.some(({ name }: { name: string }) => name === word)).toBe(false);
  });

  it("[U41] a film is the same by title and release date, whatever the case and accents of its title", async () => {
    const head = "title,releaseDate,durationMinutes,director";
    await send(`${head}\n${word} Día,2001-01-01,90,One\n${word} Día,2002-01-01,90,Two\n${word} Día,,90,None`);
    const changed = await send(`${head}\n${word} DIA,2002-01-01,95,Other\n${word} dia,2003-01-01,90,Three`);
    expect(changed.body).toEqual(report({ created: 1, updated: 1 }));
    const films = await found();
    expect(
      films.map(({ releaseDate, director }: Record<string, string>) => [releaseDate ?? "", director]).sort(),
    ).toEqual([
      ["", "None"],
      ["2001-01-01", "One"],
      ["2002-01-01", "Other"],
      ["2003-01-01", "Three"],
    ]);
  });

  it("[U42] what the file does not say stays; an empty cell takes an optional field away", async () => {
    await send(`title,durationMinutes,director,synopsis,genres,status\n${word},90,D,S,Uno|Dos,showing`);
    const [before] = await found();
    expect((await send(`title,certificate\n${word},12`)).body).toEqual(report({ updated: 1 }));
    const [after] = await found();
    expect(after).toEqual({ ...before, certificate: "12", version: 2, updatedAt: after.updatedAt });
    await send(`title,durationMinutes,director,genres,status\n${word},,,,`);
    const [emptied] = await found();
    expect(emptied).toMatchObject({ durationMinutes: 90, synopsis: "S", genreIds: [], status: "showing" });
    expect(emptied.director).toBeUndefined();
  });

  it("[U43] one bad line and nothing is imported, genres neither; every bad line is named by its number", async () => {
    const csv = [
      "title,durationMinutes,releaseDate,genres,posterUrl",
      `${word} good,90,2001-01-01,${word} new,`,
      `${word} long,9999,2001-02-30,,`,
      ",90,,,",
      `"${word} two`,
      `lines",ninety,,,javascript:x`,
      `${word} new film,,,,`,
      `${word} GOOD,90,2001-01-01,,`,
      `${word} short,90`,
    ].join("\r\n");
    const refused = await send(csv);
    expect([refused.status, refused.body.code]).toEqual([400, "invalid_request"]);
    expect(refused.headers.get("content-type")).toContain("application/problem+json");
    expect(faults(refused)).toEqual([
      [3, "durationMinutes"],
      [3, "releaseDate"],
      [4, "title"],
      [5, "durationMinutes"],
      [5, "posterUrl"],
      [7, "durationMinutes"],
      [8, "title"],
      [9, ""],
    ]);
    expect(refused.body.errors[0].message).toMatch(/^line 3: /);
    expect(await found()).toEqual([]);
    const genres = (await server.call("GET", "/genres?limit=200", null)).body.items;
    expect(genres.map(({ name }: { name: string }) => name)).not.toContain(`${word} new`);

    const skipped = await send(csv, "?skipInvalid=true");
    expect([skipped.status, skipped.body.created]).toEqual([200, 1]);
    expect(skipped.body.rejected.map(({ line }: { line: number }) => line)).toEqual([3, 4, 5, 7, 8, 9]);
    expect(skipped.body.rejected[0].errors).toHaveLength(2);
    expect((await found()).map(({ title }: { title: string }) => title)).toEqual([`${word} good`]);
  });

  it("[U102] each fault says by a code what is wrong, with the numbers that its text names", async () => {
    const coded = ({ body }: { body: { errors: Record<string, unknown>[] } }) =>
      body.errors.map(({ line, path, code, numbers }) => [line, path, code, ...(numbers ? [numbers] : [])]);
    const csv = [
      "title,durationMinutes,releaseDate,posterUrl,status,certificate",
      `${word},90,,,,`,
      `,1001,2001-02-30,no address,gone,${"x".repeat(31)}`,
      `${"y".repeat(301)},ninety,,,,`,
      `${word} zero,0,,,,`,
      `${word} new,,,,,`,
      `${word},91,,,,`,
      `${word} short,90`,
      `"${word}" after,90,,,,`,
      `"${word} open`,
    ].join("\n");
    expect(coded(await send(csv))).toEqual([
      [3, "title", "required"],
      [3, "durationMinutes", "too_big", { limit: 1000 }],
      [3, "certificate", "too_long", { limit: 30 }],
      [3, "releaseDate", "wrong_format"],
      [3, "posterUrl", "wrong_format"],
      [3, "status", "unknown_value"],
      [4, "title", "too_long", { limit: 300 }],
      [4, "durationMinutes", "wrong_type"],
      [5, "durationMinutes", "too_small", { limit: 1 }],
      [6, "durationMinutes", "required"],
      [7, "title", "differs", { first: 2 }],
      [8, "", "field_count", { found: 2, limit: 6 }],
      [9, "", "after_quote"],
      [10, "", "open_quote"],
    ]);
    const { body } = await send(csv, "?skipInvalid=true&dryRun=true");
    expect(body.rejected[0].errors[1]).toMatchObject({ line: 3, path: "durationMinutes", code: "too_big" });
    const genres = [...Array.from({ length: 21 }, (_, n) => `g${n}`)];
    const items = [7, {}, { title: 7 }, { title: "a\u0000b" }, { title: "b", genres }, { title: "c", genres: ["|"] }];
    items.push(...[1e30, -1e30].map((durationMinutes) => ({ title: "d", durationMinutes })));
    expect(coded(await sendJson(items))).toEqual([
      [1, "", "not_an_object"],
      [2, "title", "required"],
      [3, "title", "wrong_type"],
      [4, "title", "wrong_characters"],
      [5, "genres", "too_many", { limit: 20 }],
      [6, "genres.0", "wrong_characters"],
      [7, "durationMinutes", "too_big", { limit: 1000 }],
      [8, "durationMinutes", "too_small", { limit: 1 }],
    ]);
    expect(coded(await send(""))).toEqual([[1, "", "no_header"]]);
    expect(coded(await send("name,minutes\nx,90"))).toEqual([[1, "title", "column_missing"]]);
    expect(coded(await send("title,director,DIRECTOR\nx,y,z"))).toEqual([[1, "director", "column_twice"]]);
  });

  it("[U44] takes a mark, CRLF, quotes, semicolons as Excel writes them, tabs, and the letters of Windows", async () => {
    const good = async (csv: string | Uint8Array, director: string) => {
      const answer = await send(csv as string);
      expect([answer.status, answer.body.errors]).toEqual([200, undefined]);
      const films = await found();
      expect(films).toHaveLength(1);
      expect(films[0]).toMatchObject({ director });
    };
    await good(`\uFEFFTitle;DURATIONMINUTES;director\r\n${word};90;"Ó; ""x"""\r\n\r\n`, 'Ó; "x"');
    await good(`sep=;\r\ntitle;director\r\n${word};Sep\r\n`, "Sep");
    await good(`title\tdirector\n${word}\tTab,bed`, "Tab,bed");
    await good(`title;director\n${word};Ends;;\n`, "Ends");
    const bytes = Buffer.from(`title;director\n${word};Señor Ü`, "latin1");
    const answer = await fetch(`${server.url}/films/import`, {
      method: "POST",
      headers: { authorization: `Bearer as:${WRITE[0]}`, "content-type": "text/csv; charset=windows-1252" },
      body: bytes,
    });
    expect(answer.status).toBe(200);
    expect((await found())[0].director).toBe("Señor Ü");
  });

  it("[U45] takes a JSON array of the same", async () => {
    const film = { title: word, durationMinutes: 90, genres: ["Uno", "uno", "Dos"], rating: 5, director: "D" };
    const made = await sendJson([film]);
    expect(made.body).toEqual(report({ created: 1, ignoredColumns: ["rating"] }));
    expect((await found())[0].genreIds).toHaveLength(2);
    expect((await sendJson([{ ...film, director: null }])).body.updated).toBe(1);
    expect((await found())[0].director).toBeUndefined();
    const refused = await sendJson([film, 7, { title: `${word} b`, durationMinutes: "x" }]);
    expect(faults(refused)).toEqual([
      [2, ""],
      [3, "durationMinutes"],
    ]);
    expect((await sendJson({ title: "no list" })).status).toBe(400);
    expect((await sendJson([])).body).toEqual(report({}));
  });

  it("[U46] refuses 401, 403, 413, 415, a file without a head, twice a column, unknown parameters", async () => {
    const csv = `title,durationMinutes\n${word},90`;
    expect((await server.call("POST", "/films/import", null, csv, CSV)).status).toBe(401);
    expect((await server.call("POST", "/films/import", ["showtimes:write"], csv, CSV)).status).toBe(403);
    const answered = await send("x".repeat(5_000_000));
    expect([answered.status, answered.body.code]).toEqual([413, "too_large"]);
    expect((await send(csv, "", { "content-type": "text/html" })).body.code).toBe("unsupported_media_type");
    for (const bad of ["", "name,minutes\nx,90", "title,TITLE\nx,y"]) {
      const refused = await send(bad);
      expect([refused.status, refused.body.code]).toEqual([400, "invalid_request"]);
    }
    expect((await send(csv, "?skip=true")).body.errors[0].path).toBe("skip");
    expect((await send(csv, "?skipInvalid=maybe")).status).toBe(400);
    expect((await server.call("GET", "/films/import", WRITE)).status).toBe(404);
    // Elsewhere CSV is no body.
    expect((await server.call("POST", "/films", WRITE, csv, CSV)).status).toBe(415);
    expect(await found()).toEqual([]);
  });

  it("[U47] the same file twice at once makes no film and no genre twice", async () => {
    const rounds = roomsAreFar ? times(1, 3, 20) : times(3, 20, 200);
    for (let round = 0; round < rounds; round++) {
      const tag = `${word}r${round}`;
      const lines = Array.from({ length: 30 }, (_, n) => `${tag} ${n},90,2001-01-01,${tag} genre|${tag} other`);
      const csv = ["title,durationMinutes,releaseDate,genres", ...lines].join("\n");
      const answers = await Promise.all(Array.from({ length: 4 }, () => send(csv)));
      expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 200]);
      const films = await found(tag);
      expect(films).toHaveLength(30);
      const sum = (field: string) => answers.reduce((all, { body }) => all + body[field], 0);
      expect([sum("created"), sum("updated"), sum("unchanged")]).toEqual([30, 0, 90]);
      const genres = (await server.call("GET", "/genres?limit=200", null)).body.items;
      expect(genres.filter(({ name }: { name: string }) => name.startsWith(tag))).toHaveLength(2);
    }
  });

  it("[U47] control: looking first and adding then makes films twice", async () => {
    const other = await serveRooms();
    const { films } = other.catalogue;
    const add = async (n: number) => {
      const known = await films.list({ limit: 10, q: `${word} ${n}`, all: true });
      const film = { title: `${word} ${n}`, durationMinutes: 90, genreIds: [], status: "draft" as const };
      if (known.ok && known.items.length === 0) await films.create(film);
    };
    await Promise.all(Array.from({ length: 4 }, () => Promise.all(Array.from({ length: 30 }, (_, n) => add(n)))));
    expect((await other.call("GET", "/films?limit=200", WRITE)).body.items.length).toBeGreaterThan(30);
    await other.close();
  });

  it("[U47] a film that was renamed since does not stand in the way of its old name", async () => {
    const csv = `title,durationMinutes\n${word} old,90`;
    await send(csv);
    const [film] = await found();
    await server.call("PATCH", `/films/${film.id}`, WRITE, { title: `${word} renamed` });
    expect((await send(csv)).body.created).toBe(1);
    expect((await send(csv)).body.unchanged).toBe(1);
    expect(await found()).toHaveLength(2);
  });

  it("[U43] a line that says the same again is no fault", async () => {
    const csv = `title,durationMinutes\n${word},90\n${word},90`;
    expect((await send(csv)).body).toEqual(report({ created: 1, unchanged: 1 }));
  });

  it("[U36] is written down once, with what came of it", async () => {
    await send(`title,durationMinutes\n${word} a,90\n${word} b,x`, "?skipInvalid=true");
    const rows = await server.audit.list({ limit: 1 });
    expect(rows.ok && rows.items[0]).toMatchObject({
      action: "film.import",
      actor: { id: "usr_test" },
      details: { created: 1, updated: 0, unchanged: 0, rejected: 1 },
    });
  });
});

describe("exporting films", () => {
  const download = async (accept?: string, query = "") => {
    const headers = { authorization: `Bearer as:${WRITE[0]}`, ...(accept !== undefined && { accept }) };
    const answer = await fetch(`${server.url}/films/export${query}`, { headers });
    return { answer, bytes: Buffer.from(await answer.arrayBuffer()) };
  };

  it("[U48] CSV and JSON come back in unchanged, every film of them", async () => {
    await sendJson([
      { title: `=${word}()`, durationMinutes: 90, synopsis: 'two\nlines, "quoted"; and\r\nmore', genres: ["A, b"] },
      { title: `'-${word}`, durationMinutes: 90, director: "+x", status: "archived", originalTitle: "@y" },
    ]);
    const before = (await server.call("GET", "/films?limit=200", WRITE)).body.items;
    for (const [accept, query] of [
      ["text/csv", ""],
      ["*/*", "?excel=true"],
      [undefined, ""],
      ["application/json", ""],
    ] as const) {
      const { answer, bytes } = await download(accept, query);
      const type = accept === "application/json" ? "application/json" : "text/csv";
      expect(answer.headers.get("content-type")).toContain(type);
      expect(answer.headers.get("content-disposition")).toContain("attachment");
      const back = await fetch(`${server.url}/films/import`, {
        method: "POST",
        headers: { authorization: `Bearer as:${WRITE[0]}`, "content-type": type },
        body: bytes,
      });
      const { unchanged, ...rest } = (await back.json()) as Record<string, unknown>;
      expect(rest).toEqual({ created: 0, updated: 0, ignoredColumns: [], rejected: [] });
      expect(unchanged).toBeGreaterThan(300);
    }
    expect((await server.call("GET", "/films?limit=200", WRITE)).body.items).toEqual(before);
  });

  it("[U48] brings a cinema over to an empty one", async () => {
    const { bytes } = await download();
    const other = await serveRooms();
    const imported = await other.call("POST", "/films/import", WRITE, bytes.toString(), CSV);
    expect([imported.status, imported.body.updated]).toEqual([200, 0]);
    const again = await fetch(`${other.url}/films/export`, { headers: { authorization: `Bearer as:${WRITE[0]}` } });
    expect(Buffer.from(await again.arrayBuffer()).toString()).toBe(bytes.toString());
    await other.close();
  });

  it("[U49] a cell that a spreadsheet would run begins with an apostrophe; Excel gets its mark and semicolons", async () => {
    const { bytes } = await download("text/csv");
    const text = bytes.toString();
    expect(text).toMatch(/^title,originalTitle,synopsis,durationMinutes,genres,/);
    expect(text).toMatch(/\n'=w\d+x\(\),/);
    for (const line of text.split("\r\n")) expect(line).not.toMatch(/^[=+@-]/);
    const excel = (await download("text/csv", "?excel=true")).bytes.toString();
    expect(excel.startsWith("\uFEFFtitle;originalTitle;")).toBe(true);
  });

  it("[U49] takes the right to write the catalogue: drafts are in it", async () => {
    expect((await server.call("GET", "/films/export", null)).status).toBe(401);
    expect((await server.call("GET", "/films/export", ["orders:read"])).status).toBe(403);
    expect((await server.call("POST", "/films/export", WRITE, {})).status).toBe(405);
  });
});
