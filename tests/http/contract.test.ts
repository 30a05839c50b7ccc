/**
 * The built server as a client author meets it: a process, HTTP and sockets, nothing from the inside. What holds
 * for every call, and the events.
 */
import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type ApiOptions, api } from "../support/api.ts";
import { type ServerProcess, spawnServer } from "../support/process.ts";
import { openShopper, type Shopper, type Stage, seatStates, setStage } from "../support/purchase.ts";
import { handshakeRefusal } from "../support/sockets.ts";

let server: ServerProcess;
let call: ReturnType<typeof api>;
let stage: Stage;
let admin: string;
const guests: Shopper[] = [];
beforeAll(async () => {
  server = await spawnServer({ HOLD_TTL_S: "4", HOLD_CAP_S: "120" });
  call = api(server.url);
  stage = await setStage(server.url);
  admin = stage.adminToken;
});
afterAll(async () => {
  for (const guest of guests) guest.close();
  await server.close();
});

async function newGuest(): Promise<Shopper> {
  const guest = await openShopper(server.url, stage);
  guests.push(guest);
  return guest;
}

const stateOf = async (seat: string) => (await seatStates(server.url, stage)).get(seat);

const FILM_OF_NO_GENRE = { title: "X", durationMinutes: 90, genreIds: ["gen_nope"] };

describe.concurrent("conventions", () => {
  type Case = [what: string, status: number, code: string, method: string, path: string, body?: unknown, as?: string];
  it.each<Case>([
    ["no such address", 404, "not_found", "GET", "/nothing"],
    ["an address that can't be read", 400, "invalid_request", "GET", "/genres/%zz"],
    ["a method that a path does not know", 405, "method_not_allowed", "DELETE", "/genres"],
    ["nobody writes", 401, "unauthorized", "POST", "/genres", { nonsense: 1 }],
    ["a wrong token, even where none is needed", 401, "unauthorized", "GET", "/genres", undefined, "junk"],
    ["a guest writes, badly", 403, "forbidden", "POST", "/genres", { nonsense: 1 }, "guest"],
    ["an unknown field", 400, "invalid_request", "POST", "/genres", { name: "New", nonsense: 1 }, "admin"],
    [
      "an order that is not there, asked badly",
      404,
      "not_found",
      "GET",
      "/orders/ord_nope?wait=soon",
      undefined,
      "admin",
    ],
    ["an order changed badly that is not there", 404, "not_found", "PATCH", "/orders/ord_nope", { x: 1 }, "admin"],
    ["a page too long", 400, "invalid_request", "GET", "/films?limit=201"],
    ["an id in a body that points at nothing", 400, "invalid_request", "POST", "/films", FILM_OF_NO_GENRE, "admin"],
  ])("[O4] %s: %i %s, as a problem", async (_what, status, code, method, path, body, as) => {
    const token = as === "admin" ? admin : as === "guest" ? (await call("POST", "/auth/guest", {})).body.token : as;
    const answer = await call(method, path, body, { token });
    expect(answer.headers.get("content-type")).toContain("application/problem+json");
    expect([answer.status, answer.body.status, answer.body.code]).toEqual([status, status, code]);
    const { type, title, detail, requestId, errors } = answer.body;
    for (const field of [type, title, detail, requestId]) expect(field).toEqual(expect.any(String));
    if (code === "invalid_request")
      expect(errors[0]).toEqual({ path: expect.any(String), message: expect.any(String) });
  });

  it.each(["text/plain", "application/xml", "application/x-www-form-urlencoded"])("[O4] %s is 415", async (type) => {
    const headers = { "content-type": type, authorization: `Bearer ${admin}` };
    const answer = await fetch(`${server.url}/api/v1/genres`, { method: "POST", headers, body: "name=x" });
    expect([answer.status, (await answer.json()).code]).toEqual([415, "unsupported_media_type"]);
  });

  it("[O4] a body beyond all measure is 413, a wrong method names the right ones", async () => {
    const options: ApiOptions = { token: admin };
    expect((await call("POST", "/genres", { name: "x".repeat(1_100_000) }, options)).body.code).toBe("too_large");
    expect((await call("DELETE", "/genres")).headers.get("allow")).toContain("POST");
  });
});

describe.concurrent("sockets", () => {
  it.each([
    ["unauthorized", {}, {}],
    ["unauthorized", { token: "junk", protocol: 1 }, {}],
    ["protocol_unsupported", { token: "junk", protocol: 2 }, {}],
    ["forbidden", { token: "junk", protocol: 1 }, { origin: "https://evil.example" }],
  ])("[D30] a handshake is refused with %s", async (code, auth, headers) => {
    expect(await handshakeRefusal(server.url, { auth, headers })).toBe(code);
  });

  it("[D20] malformed events are answered and harm nobody", async () => {
    const { socket: client } = await newGuest();
    const { showtimeId } = stage;
    for (const payload of [[], [null], ["x"], [5], [[]], [{}], [{ showtimeId }, {}], [{ showtimeId, x: 1 }]]) {
      const answer = await client.raw("showtime:join", ...payload);
      expect(answer).toMatchObject({ ok: false, error: { code: "invalid_request" } });
    }
    expect(await client.raw("showtime:join", Buffer.from("x"))).toMatchObject({ error: { errors: [{ path: "" }] } });
    expect(await client.raw("no:event", {})).toMatchObject({ error: { code: "invalid_request" } });
    expect(await client.refused("showtime:join", { showtimeId: "sht_nope" })).toMatchObject({ code: "not_found" });
  });

  it("[H1] one hold per session: all or none, added to, never another's, replayed by its request id", async () => {
    const [{ socket: one }, { socket: two }] = [await newGuest(), await newGuest()];
    const { showtimeId } = stage;
    const { snapshot } = (await one.do("showtime:join", { showtimeId })) as { snapshot: { version: number } };
    const request = { requestId: randomUUID(), showtimeId, seats: ["A1", "A2"] };
    const first = await one.do("seats:hold", request);
    expect(first.version).toBe(snapshot.version + 1);
    expect(await one.do("seats:hold", request)).toEqual(first);
    expect(await one.refused("seats:hold", { ...request, seats: ["A9"] })).toMatchObject({
      code: "invalid_request",
    });
    const taken = { requestId: randomUUID(), showtimeId, seats: ["A2", "A5"] };
    expect(await two.refused("seats:hold", taken)).toMatchObject({ code: "seat_taken", seats: ["A2"] });
    const stolen = { requestId: randomUUID(), showtimeId, seats: ["A5"], hold: first.hold.token };
    expect((await two.refused("seats:hold", stolen)).code).toBe("forbidden");
    expect(await stateOf("A5")).toBe("A");
    const more = await one.do("seats:hold", { requestId: randomUUID(), showtimeId, seats: ["A3"] });
    expect(more.hold).toMatchObject({ token: first.hold.token, capAt: first.hold.capAt, seats: ["A1", "A2", "A3"] });
    const since = { epoch: first.epoch, version: first.version };
    expect(await one.do("showtime:join", { showtimeId, since })).toMatchObject({
      delta: { from: first.version, to: more.version, changes: [[2, "H"]] },
    });
    await one.hears("hold:changed", ({ reason, hold }) => reason === "expired" && hold === null, 15_000);
    expect(await stateOf("A1")).toBe("A");
  });
});
