import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type RoomsServer, serveRooms } from "../support/rooms.ts";

let server: RoomsServer;
beforeAll(async () => {
  server = await serveRooms();
});
afterAll(() => server.close());

describe("genres over HTTP", () => {
  it("[U3] adds one: 201, Location, ETag; and reads it", async () => {
    const added = await server.call("POST", "/genres", ["catalogue:write"], { name: "  Cine  negro " });
    expect(added.status).toBe(201);
    expect(added.body).toMatchObject({ name: "Cine  negro", version: 1 });
    expect(added.body.id).toMatch(/^gen_/);
    expect(added.headers.get("location")).toBe(`/api/v1/genres/${added.body.id}`);
    const read = await server.call("GET", `/genres/${added.body.id}`, null);
    expect([read.status, read.headers.get("etag"), read.body]).toEqual([200, '"1"', added.body]);
  });

  it("[U4] a name is taken whatever its case and accents", async () => {
    await server.call("POST", "/genres", ["catalogue:write"], { name: "Acción" });
    for (const name of ["ACCIÓN", "accion", " Acción "]) {
      const again = await server.call("POST", "/genres", ["catalogue:write"], { name });
      expect([again.status, again.body.code]).toEqual([409, "duplicate"]);
    }
  });

  it("[U4] of many who add one name at once, one does", async () => {
    const answers = await Promise.all(
      Array.from({ length: 20 }, (_, n) =>
        server.call("POST", "/genres", ["catalogue:write"], { name: n % 2 === 0 ? "Western" : "WESTERN" }),
      ),
    );
    expect(answers.filter(({ status }) => status === 201)).toHaveLength(1);
    expect(answers.filter(({ body }) => body.code === "duplicate")).toHaveLength(19);
  });

  it("[U6] refuses in order: 401, 403, then 400 with the field", async () => {
    const wrong = { nome: "x" };
    expect((await server.call("POST", "/genres", null, wrong)).body.code).toBe("unauthorized");
    const denied = await server.call("POST", "/genres", ["showtimes:write", "sell"], wrong);
    expect([denied.status, denied.body.code]).toEqual([403, "forbidden"]);
    const invalid = await server.call("POST", "/genres", ["catalogue:write"], wrong);
    expect(invalid.status).toBe(400);
    expect(invalid.headers.get("content-type")).toContain("application/problem+json");
    expect(invalid.body.errors.map(({ path }: { path: string }) => path).sort()).toEqual(["name", "nome"]);
  });

  it.each(["", "   ", "x".repeat(101), 7, null])("refuses the name %j", async (name) => {
    const invalid = await server.call("POST", "/genres", ["catalogue:write"], { name });
    expect([invalid.status, invalid.body.code, invalid.body.errors[0].path]).toEqual([400, "invalid_request", "name"]);
  });

  it("404 for what is not there", async () => {
    expect((await server.call("GET", "/genres/gen_nothing", null)).body.code).toBe("not_found");
  });

  it("[U7] pages by name, each once, until there is no more", async () => {
    for (let n = 0; n < 23; n++)
      await server.call("POST", "/genres", ["catalogue:write"], { name: `Género ${String(n).padStart(2, "0")}` });
    const names: string[] = [];
    let cursor: string | null = "";
    let pages = 0;
    while (cursor !== null) {
      const page = await server.call("GET", `/genres?limit=5&cursor=${cursor}`, null);
      expect(page.status).toBe(200);
      expect(page.body.items.length).toBeLessThanOrEqual(5);
      names.push(...page.body.items.map(({ name }: { name: string }) => name));
      cursor = page.body.nextCursor;
      pages += 1;
    }
    expect(pages).toBe(Math.ceil(names.length / 5));
    expect(new Set(names).size).toBe(names.length);
    expect(names.filter((name) => name.startsWith("Género"))).toEqual(
      Array.from({ length: 23 }, (_, n) => `Género ${String(n).padStart(2, "0")}`),
    );
    const all = await server.call("GET", "/genres?limit=200", null);
    expect(all.body.items.map(({ name }: { name: string }) => name)).toEqual(names);
    const exact = await server.call("GET", `/genres?limit=${names.length}`, null);
    expect(exact.body.nextCursor).toBeNull();
  });

  it.each([
    ["limit=0", "limit"],
    ["limit=201", "limit"],
    ["limit=x", "limit"],
    ["cursor=%25%25", "cursor"],
    ["cursor=bm90aGluZw", "cursor"],
    ["cursor=Z2VuX25vdGhpbmc", "cursor"],
    ["page=2", "page"],
  ])("[U7] refuses ?%s", async (query, path) => {
    const refused = await server.call("GET", `/genres?${query}`, null);
    expect([refused.status, refused.body.code, refused.body.errors[0].path]).toEqual([400, "invalid_request", path]);
  });
});
