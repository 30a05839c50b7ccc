import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { eventually } from "../support/poll.ts";
import { ADMIN, startServer, type TestServer } from "../support/server.ts";

let dataDir: string;
let server: TestServer;
beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), "butaca-films-"));
  server = await startServer({ DEMO: "1", DATA_DIR: dataDir });
});
afterAll(async () => {
  await server.close();
  await rm(dataDir, { recursive: true, force: true });
});

async function call(path: string, init: { method?: string; token?: string; body?: object } = {}) {
  const answer = await fetch(`${server.url}/api/v1${path}`, {
    method: init.method ?? "GET",
    headers: {
      "content-type": "application/json",
      ...(init.token !== undefined && { authorization: `Bearer ${init.token}` }),
    },
    ...(init.body !== undefined && { body: JSON.stringify(init.body) }),
  });
  return { status: answer.status, body: await answer.json() };
}

describe("the demo cinema in a whole server", () => {
  it("[U23] a visitor sees 24 films, three rooms and a week of showtimes with free seats", async () => {
    const films = await call("/films?include=showtimes&limit=200");
    expect(films.body.items).toHaveLength(24);
    expect((await call("/auditoriums")).body.items.map(({ name }: { name: string }) => name)).toEqual([
      "Sala 1",
      "Sala 2",
      "Sala Íntima",
    ]);
    const showtimes = await call(`/showtimes?limit=200&from=${new Date().toISOString()}`);
    expect(showtimes.body.items.length).toBeGreaterThanOrEqual(6 * 14);
    for (const { status, counts } of showtimes.body.items)
      expect([status, counts.available]).toEqual(["on-sale", counts.capacity]);
    expect((await call("/settings")).body.cinemaName).toContain("demo");
  });

  it("[U6] real tokens: a guest may look but not write, an administrator may", async () => {
    const guest = (await call("/auth/guest", { method: "POST" })).body.token;
    const admin = (await call("/auth/login", { method: "POST", body: ADMIN })).body.token;
    expect((await call("/genres", { token: guest })).status).toBe(200);
    for (const path of ["/genres", "/films", "/auditoriums", "/ticket-types", "/showtimes"]) {
      expect((await call(path, { method: "POST", body: {} })).body.code).toBe("unauthorized");
      expect((await call(path, { method: "POST", body: {}, token: guest })).body.code).toBe("forbidden");
      expect((await call(path, { method: "POST", body: {}, token: admin })).body.code).toBe("invalid_request");
    }
    expect((await call("/films?limit=200", { token: guest })).body.nextCursor).toBeNull();
    expect((await call("/films?limit=200", { token: admin })).body.nextCursor).not.toBeNull();
    const added = await call("/genres", { method: "POST", body: { name: "Estreno" }, token: admin });
    expect(added.status).toBe(201);
  });

  it("[U24] a restart finds the same cinema", async () => {
    const before = await call("/showtimes?limit=200");
    await server.close();
    server = await startServer({ DEMO: "1", DATA_DIR: dataDir });
    const asked = async () => {
      const answer = await call("/showtimes?limit=200");
      // A week of maps at once, out of a MongoDB that other tests keep busy: clients are told to ask again.
      return server.inMongo && answer.status === 503 ? null : answer;
    };
    const after = await eventually(asked, 15_000, "the maps of a week");
    const ids = ({ body }: typeof after) => body.items.map(({ id }: { id: string }) => id);
    expect(ids(after)).toEqual(ids(before));
    expect((await call("/genres?limit=200")).body.items.map(({ name }: { name: string }) => name)).toContain("Estreno");
  });

  it("without DEMO an empty store stays empty, and usable", async () => {
    const empty = await startServer();
    const films = await fetch(`${empty.url}/api/v1/films`);
    expect(await films.json()).toEqual({ items: [], nextCursor: null });
    const settings = await fetch(`${empty.url}/api/v1/settings`);
    expect(await settings.json()).toEqual({ version: 1, cinemaName: "Cinema", address: "" });
    await empty.close();
  });
});
