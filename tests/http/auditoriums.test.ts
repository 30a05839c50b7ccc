import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type RoomsServer, serveRooms } from "../support/rooms.ts";

const WRITE = ["catalogue:write"] as const;
let server: RoomsServer;
beforeAll(async () => {
  server = await serveRooms();
});
afterAll(() => server.close());

describe("auditoriums over HTTP", () => {
  it("[U1] answers capacity and seats of the chart", async () => {
    const chart = "A ss.ss\r\n\r\nB .wcv.\n";
    const added = await server.call("POST", "/auditoriums", WRITE, { name: "Sala 1", chart });
    expect(added.status).toBe(201);
    expect(added.body).toMatchObject({ name: "Sala 1", chart, capacity: 7, version: 1 });
    expect(added.body.layoutVersion).toBeUndefined();
    expect(added.body.seats[3]).toEqual({
      id: "A4",
      row: "A",
      number: 4,
      kind: "standard",
      zone: "standard",
      x: 4,
      y: 0,
    });
    expect(added.body.seats[6]).toEqual({ id: "B3", row: "B", number: 3, kind: "vip", zone: "vip", x: 3, y: 2 });
    const read = await server.call("GET", added.headers.get("location")?.replace("/api/v1", "") ?? "", null);
    expect([read.body, read.headers.get("etag")]).toEqual([added.body, '"1"']);
    const listed = await server.call("GET", "/auditoriums", null);
    expect(listed.body).toEqual({ items: [added.body], nextCursor: null });
  });

  it("[U2] refuses a chart with the line number", async () => {
    const refused = await server.call("POST", "/auditoriums", WRITE, { name: "Bad", chart: "A ss\nA ss\nB sxs" });
    expect([refused.status, refused.body.code]).toEqual([400, "invalid_request"]);
    expect(refused.body.errors).toEqual([
      { path: "chart", message: "line 2: row A is on line 1 already" },
      { path: "chart", message: 'line 3: "x" is not a place; places are s, v, w, c and .' },
    ]);
    const huge = Array.from({ length: 21 }, (_, n) => `${String.fromCharCode(65 + n)} ${"s".repeat(100)}`).join("\n");
    const tooBig = await server.call("POST", "/auditoriums", WRITE, { name: "Huge", chart: huge });
    expect(tooBig.body.errors[0].message).toBe("line 21: there are more than 2000 seats");
  });

  it("[U4] a name is taken whatever its case, also at once", async () => {
    const answers = await Promise.all(
      ["Grande", "GRANDE", "grande", "Gránde"].map((name) =>
        server.call("POST", "/auditoriums", WRITE, { name, chart: "A s" }),
      ),
    );
    expect(answers.map(({ status }) => status).sort()).toEqual([201, 409, 409, 409]);
    const again = await server.call("POST", "/auditoriums", WRITE, { name: "grande", chart: "A s" });
    expect(again.body.code).toBe("duplicate");
  });

  it("[U6] takes the right to write the catalogue; unknown fields are named", async () => {
    expect((await server.call("POST", "/auditoriums", null, {})).status).toBe(401);
    expect((await server.call("POST", "/auditoriums", ["sell"], {})).status).toBe(403);
    const refused = await server.call("POST", "/auditoriums", WRITE, { name: "x", chart: "A s", capacity: 1 });
    expect(refused.body.errors.map(({ path }: { path: string }) => path)).toEqual(["capacity"]);
    expect((await server.call("GET", "/auditoriums/aud_none", null)).status).toBe(404);
  });
});
