import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type RoomsServer, serveRooms } from "../support/rooms.ts";

const WRITE = ["settings:write"] as const;
let server: RoomsServer;
beforeAll(async () => {
  server = await serveRooms();
});
afterAll(() => server.close());

describe("settings over HTTP", () => {
  it("[U16] everyone sees name and address, the right to write shows all; a new house has defaults", async () => {
    const all = await server.call("GET", "/settings", WRITE);
    expect(all.body).toEqual({
      version: 1,
      cinemaName: "Cinema",
      legalName: "",
      taxId: "",
      address: "",
      vatRate: 10,
      guestCancelMinutes: 120,
      salesEndMinutes: { web: -15, kiosk: -15, "box-office": -30 },
    });
    for (const permissions of [null, [], ["catalogue:write"]] as const) {
      const some = await server.call("GET", "/settings", permissions);
      expect([some.body, some.headers.get("etag")]).toEqual([{ version: 1, cinemaName: "Cinema", address: "" }, '"1"']);
    }
  });

  it("[U17] changes what is given, inside salesEndMinutes too, and leaves the rest", async () => {
    const changed = await server.call("PATCH", "/settings", WRITE, {
      cinemaName: "Cine Sol",
      salesEndMinutes: { web: 5 },
    });
    expect(changed.status).toBe(200);
    expect(changed.body).toMatchObject({
      version: 2,
      cinemaName: "Cine Sol",
      vatRate: 10,
      salesEndMinutes: { web: 5, kiosk: -15, "box-office": -30 },
    });
    expect((await server.call("GET", "/settings", WRITE)).body).toEqual(changed.body);
  });

  it("[U18] a stale If-Match is 412, also a strange one; a right one or none goes through", async () => {
    const patch = (tag: string | null, body: object = { vatRate: 21 }) =>
      server.call("PATCH", "/settings", WRITE, body, tag === null ? {} : { "if-match": tag });
    const { body } = await server.call("GET", "/settings", WRITE);
    for (const tag of [`"${body.version - 1}"`, `"${body.version + 1}"`, "x", `W/"${body.version}"`]) {
      const refused = await patch(tag);
      expect([refused.status, refused.body.code]).toEqual([412, "version_conflict"]);
    }
    expect((await patch(`"${body.version}"`)).body.version).toBe(body.version + 1);
    expect((await patch("*")).status).toBe(200);
    expect((await patch(null)).status).toBe(200);
  });

  it("[U18] of many with the same If-Match, one goes through", async () => {
    const { body } = await server.call("GET", "/settings", WRITE);
    const tag = { "if-match": `"${body.version}"` };
    const answers = await Promise.all(
      Array.from({ length: 10 }, (_, n) => server.call("PATCH", "/settings", WRITE, { vatRate: n }, tag)),
    );
    expect(answers.map(({ status }) => status).sort()).toEqual([200, ...Array(9).fill(412)]);
  });

  it.each([
    [{ vatRate: 101 }, "vatRate"],
    [{ cinemaName: " " }, "cinemaName"],
    [{ salesEndMinutes: { phone: 1 } }, "salesEndMinutes.phone"],
    [{ salesEndMinutes: { web: 1.5 } }, "salesEndMinutes.web"],
    [{ guestCancelMinutes: -1 }, "guestCancelMinutes"],
    [{ colour: "red" }, "colour"],
  ])("[U6] %j is refused, naming %s", async (body, path) => {
    const refused = await server.call("PATCH", "/settings", WRITE, body);
    expect([refused.status, refused.body.errors[0].path]).toEqual([400, path]);
  });

  it("[U6] takes the right to write settings", async () => {
    expect((await server.call("PATCH", "/settings", null, { vatRate: 1 })).status).toBe(401);
    expect((await server.call("PATCH", "/settings", ["catalogue:write"], { vatRate: 1 })).status).toBe(403);
    expect((await server.call("DELETE", "/settings", WRITE)).status).toBe(405);
  });
});
