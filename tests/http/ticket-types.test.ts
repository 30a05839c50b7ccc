import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type RoomsServer, serveRooms } from "../support/rooms.ts";

const WRITE = ["catalogue:write"] as const;
let server: RoomsServer;
beforeAll(async () => {
  server = await serveRooms();
});
afterAll(() => server.close());

describe("ticket types over HTTP", () => {
  it("[U3] adds, reads, and lists in their order", async () => {
    const add = async (body: object) => (await server.call("POST", "/ticket-types", WRITE, body)).body;
    const [child, adult, old] = [
      await add({ name: "Infantil", order: 2 }),
      await add({ name: "Adulto", order: 1 }),
      await add({ name: "Antigua", order: 1, active: false }),
    ];
    expect(adult).toMatchObject({ name: "Adulto", order: 1, active: true, version: 1 });
    expect(adult.id).toMatch(/^tty_/);
    const listed = await server.call("GET", "/ticket-types", null);
    expect(listed.body.items.map(({ order }: { order: number }) => order)).toEqual([1, 1, 2]);
    expect(listed.body.items).toEqual(expect.arrayContaining([child, adult, old]));
    const read = await server.call("GET", `/ticket-types/${old.id}`, null);
    expect([read.body, read.headers.get("etag")]).toEqual([old, '"1"']);
  });

  it("[U4] refuses a name that is taken, [U6] and what is not a ticket type", async () => {
    expect((await server.call("POST", "/ticket-types", WRITE, { name: "ADULTO" })).body.code).toBe("duplicate");
    const paths = async (body: object) =>
      (await server.call("POST", "/ticket-types", WRITE, body)).body.errors.map(({ path }: { path: string }) => path);
    expect(await paths({ name: "x", order: -1 })).toEqual(["order"]);
    expect(await paths({ name: "x", active: "yes" })).toEqual(["active"]);
    expect(await paths({ name: "x", price: 9 })).toEqual(["price"]);
    expect((await server.call("POST", "/ticket-types", null, {})).status).toBe(401);
    expect((await server.call("POST", "/ticket-types", ["settings:write"], {})).status).toBe(403);
    expect((await server.call("GET", "/ticket-types/tty_none", null)).status).toBe(404);
  });
});
