/**
 * The built server as a client author meets it: a process, HTTP and sockets, nothing from the inside. Short
 * windows, so that every way in which an order can end is seen.
 */
import { compactVerify, createLocalJWKSet } from "jose";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type ApiAnswer, type ApiOptions, api } from "../support/api.ts";
import { eventually } from "../support/poll.ts";
import { type ServerProcess, spawnServer, startAndFail } from "../support/process.ts";
import { hasRedis, startRedis, type TestRedis } from "../support/redis.ts";
import { ADMIN } from "../support/server.ts";
import { type Client, connect, handshakeRefusal } from "../support/sockets.ts";

const WINDOW_S = 4;
const HOUR_MS = 3_600_000;

let server: ServerProcess;
let call: ReturnType<typeof api>;
let admin: string;
let showtimeId: string;
let ticketTypeId: string;
beforeAll(async () => {
  server = await spawnServer({ HOLD_TTL_S: "4", HOLD_CAP_S: "120", PAYMENT_WINDOW_S: String(WINDOW_S) });
  call = api(server.url);
  admin = (await call("POST", "/auth/login", ADMIN)).body.token;
  ({ showtimeId, ticketTypeId } = await openCinema());
});
afterAll(() => server.close());

/** Rows of 10, each test on its own row. */
const CHART = "ABCDEFGHJK"
  .split("")
  .map((row) => `${row} ${"s".repeat(10)}`)
  .join("\n");

async function openCinema() {
  const make = async (path: string, body: object): Promise<string> => {
    const made = await call("POST", path, body, { token: admin });
    expect(made.status, JSON.stringify(made.body)).toBe(201);
    expect(made.headers.get("location")).toBe(`/api/v1${path}/${made.body.id}`);
    return made.body.id;
  };
  const ticketTypeId = await make("/ticket-types", { name: "Adult", order: 1, active: true });
  const auditoriumId = await make("/auditoriums", { name: "One", chart: CHART });
  const filmId = await make("/films", { title: "A film", durationMinutes: 90, status: "showing" });
  const startsAt = new Date(Date.now() + 2 * HOUR_MS).toISOString();
  const prices = [{ zone: "standard", ticketTypeId, amount: 900 }];
  const showtime = { filmId, auditoriumId, startsAt, prices, status: "on-sale" };
  return { showtimeId: await make("/showtimes", showtime), ticketTypeId };
}

let keys = 0;
const newKey = () => `contract-key-${keys++}`;

interface Guest {
  token: string;
  client: Client;
  hold(...seats: string[]): Promise<string>;
  order(hold: string, seats: string[], options?: OrderOptions): Promise<ApiAnswer>;
  read(id: string, query?: string): Promise<ApiAnswer>;
  heard(): string[];
}
interface OrderOptions {
  pays?: string;
  key?: string;
  contact?: { email: string };
}

async function newGuest(): Promise<Guest> {
  const { token } = (await call("POST", "/auth/guest", {})).body;
  const client = await connect(server.url, token);
  const lines = (seats: string[]) => seats.map((seatId) => ({ seatId, ticketTypeId }));
  return {
    token,
    client,
    async hold(...seats) {
      return (await client.do("seats:hold", { requestId: newKey(), showtimeId, seats })).hold.token;
    },
    order(hold, seats, { pays = "sim_approve", key = newKey(), contact } = {}) {
      const body = { showtimeId, hold, lines: lines(seats), payment: { method: "card", token: pays }, contact };
      return call("POST", "/orders", body, { token, headers: { "idempotency-key": key } });
    },
    read: (id, query = "") => call("GET", `/orders/${id}${query}`, undefined, { token }),
    heard: () => client.heard("hold:changed").map(({ reason }) => reason),
  };
}

async function stateOf(seatId: string): Promise<string> {
  const { states, layout } = (await call("GET", `/showtimes/${showtimeId}/seats`)).body;
  return states[layout.seats.findIndex(({ id }: { id: string }) => id === seatId)];
}

describe("conventions", () => {
  type Case = [what: string, status: number, code: string, method: string, path: string, body?: unknown, as?: string];
  it.concurrent.each<Case>([
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

const FILM_OF_NO_GENRE = { title: "X", durationMinutes: 90, genreIds: ["gen_nope"] };

describe("sockets", () => {
  it.each([
    ["unauthorized", {}, {}],
    ["unauthorized", { token: "junk", protocol: 1 }, {}],
    ["protocol_unsupported", { token: "junk", protocol: 2 }, {}],
    ["forbidden", { token: "junk", protocol: 1 }, { origin: "https://evil.example" }],
  ])("[D30] a handshake is refused with %s", async (code, auth, headers) => {
    expect(await handshakeRefusal(server.url, { auth, headers })).toBe(code);
  });

  it("[D20] malformed events are answered and harm nobody", async () => {
    const { client } = await newGuest();
    for (const payload of [[], [null], ["x"], [5], [[]], [{}], [{ showtimeId }, {}], [{ showtimeId, x: 1 }]]) {
      const answer = await client.raw("showtime:join", ...payload);
      expect(answer).toMatchObject({ ok: false, error: { code: "invalid_request" } });
    }
    expect(await client.raw("showtime:join", Buffer.from("x"))).toMatchObject({ error: { errors: [{ path: "" }] } });
    expect(await client.raw("no:event", {})).toMatchObject({ error: { code: "invalid_request" } });
    expect(await client.refused("showtime:join", { showtimeId: "sht_nope" })).toMatchObject({ code: "not_found" });
  });

  it("[H1] one hold per session: all or none, added to, never another's, replayed by its request id", async () => {
    const [one, two] = [await newGuest(), await newGuest()];
    const { snapshot } = (await one.client.do("showtime:join", { showtimeId })) as { snapshot: { version: number } };
    const request = { requestId: newKey(), showtimeId, seats: ["A1", "A2"] };
    const first = await one.client.do("seats:hold", request);
    expect(first.version).toBe(snapshot.version + 1);
    expect(await one.client.do("seats:hold", request)).toEqual(first);
    expect(await one.client.refused("seats:hold", { ...request, seats: ["A9"] })).toMatchObject({
      code: "invalid_request",
    });
    const taken = { requestId: newKey(), showtimeId, seats: ["A2", "A5"] };
    expect(await two.client.refused("seats:hold", taken)).toMatchObject({ code: "seat_taken", seats: ["A2"] });
    const stolen = { requestId: newKey(), showtimeId, seats: ["A5"], hold: first.hold.token };
    expect((await two.client.refused("seats:hold", stolen)).code).toBe("forbidden");
    expect(await stateOf("A5")).toBe("A");
    const more = await one.client.do("seats:hold", { requestId: newKey(), showtimeId, seats: ["A3"] });
    expect(more.hold).toMatchObject({ token: first.hold.token, capAt: first.hold.capAt, seats: ["A1", "A2", "A3"] });
    const since = { epoch: first.epoch, version: first.version };
    expect(await one.client.do("showtime:join", { showtimeId, since })).toMatchObject({
      delta: { from: first.version, to: more.version, changes: [[2, "H"]] },
    });
    await one.client.hears("hold:changed", ({ reason, hold }) => reason === "expired" && hold === null, 15_000);
    expect(await stateOf("A1")).toBe("A");
  });
});

describe.concurrent("orders", () => {
  it("[C1] approved: one order for one key, tickets that verify, a receipt, one way in", async () => {
    const guest = await newGuest();
    const hold = await guest.hold("B1", "B2");
    expect((await guest.order(hold, ["B1"])).body.code).toBe("lines_mismatch");
    const key = newKey();
    const answers = await Promise.all([1, 2, 3].map(() => guest.order(hold, ["B1", "B2"], { key })));
    const made = answers.filter(({ status }) => status === 201);
    expect(made.length).toBeGreaterThan(0);
    for (const { status, body } of answers)
      expect(status === 201 ? body.id : body.code).toBe(status === 201 ? made[0]?.body.id : "idempotency_in_progress");
    const order = await guest.read(made[0]?.body.id, "?wait=20");
    expect(order.body).toMatchObject({ status: "confirmed", total: 1800, channel: "web" });
    expect(order.headers.get("etag")).toBe(`"${order.body.version}"`);
    const { id, status, tickets, receiptNumber } = order.body;
    expect((await guest.order(hold, ["B1", "B2"], { key })).body).toMatchObject({ id, status, tickets, receiptNumber });
    expect((await guest.order(hold, ["B1"], { key })).status).toBe(422);
    expect((await (await newGuest()).read(order.body.id)).status).toBe(404);
    await ticketLetsInOnce(order.body.tickets[0]);
    expect(await stateOf("B1")).toBe("S");
    await eventually(() => guest.heard().length === 2);
    expect(guest.heard()).toEqual(["paying", "sold"]);
    for (const type of ["text/html", "application/pdf"]) {
      const receipt = await call("GET", `/orders/${order.body.id}/receipt`, undefined, {
        token: guest.token,
        headers: { accept: type },
      });
      expect(receipt.headers.get("content-type")).toContain(type);
    }
  });

  async function ticketLetsInOnce({ code }: { code: string }): Promise<void> {
    const keySet = createLocalJWKSet(await (await fetch(`${server.url}/.well-known/jwks.json`)).json());
    await expect(compactVerify(code, keySet)).resolves.toBeDefined();
    const checkIn = (ticket: string, where = showtimeId) =>
      call("POST", "/tickets/check-in", { code: ticket, showtimeId: where }, { token: admin });
    expect((await checkIn(`${code}x`)).body.code).toBe("invalid_ticket");
    expect((await checkIn(admin)).body.code).toBe("invalid_ticket");
    expect((await checkIn(code)).body).toMatchObject({ seatId: "B1", firstUse: true });
    expect((await checkIn(code)).body).toMatchObject({ code: "already_used", at: expect.any(String) });
    expect((await call("GET", "/genres", undefined, { token: code })).status).toBe(401);
  }

  it("[C5] declined: the seats come back for a minute, twice, then they go free", async () => {
    const guest = await newGuest();
    const hold = await guest.hold("C1");
    for (const isBack of [true, true, false]) {
      const { body } = await guest.order(hold, ["C1"], { pays: "sim_decline" });
      expect((await guest.read(body.id, "?wait=20")).body).toMatchObject({ status: "declined" });
      const resumed = await guest.client.do("hold:resume", { showtimeId });
      if (isBack) expect(resumed.hold?.ttlMs).toBeGreaterThan(50_000);
      expect(resumed.hold?.token).toBe(isBack ? hold : undefined);
      expect(await stateOf("C1")).toBe(isBack ? "H" : "A");
    }
    await eventually(() => guest.heard().length === 6);
    expect(guest.heard()).toEqual(["paying", "declined", "paying", "declined", "paying", "expired"]);
  });

  it("[C7] pending seats are no hold, end with the window, and nothing stays pending", async () => {
    const guest = await newGuest();
    const hold = await guest.hold("D1");
    const { body } = await guest.order(hold, ["D1"], { pays: "sim_silent" });
    expect(body).toMatchObject({ status: "pending", payment: { status: "pending" } });
    expect(body).not.toHaveProperty("tickets");
    expect(body).not.toHaveProperty("receiptNumber");
    expect((await guest.client.do("hold:resume", { showtimeId })).hold).toBeNull();
    expect(await guest.hold("D2")).not.toBe(hold);
    expect((await guest.order(hold, ["D1"])).body.code).toBe("hold_expired");
    expect((await guest.read(body.id, "?wait=20")).body.status).toBe("expired");
    expect(await stateOf("D1")).toBe("A");
    const given = async () => (await guest.read(body.id)).body.payment.status === "cancelled";
    await eventually(given, 10_000, "the payment is given up");
  });

  it("[C8] cancelled: free at once, and only once", async () => {
    const guest = await newGuest();
    const { body } = await guest.order(await guest.hold("E1"), ["E1"], { pays: "sim_silent" });
    const cancel = () => call("POST", `/orders/${body.id}/cancel`, undefined, { token: guest.token });
    expect((await cancel()).body.status).toBe("cancelled");
    expect(await stateOf("E1")).toBe("A");
    expect((await cancel()).body.code).toBe("order_state");
  });

  it("[P5] approved too late: who can be reached gets free seats, everybody else the money", async () => {
    const contact = { email: "someone@example.com" };
    const late = async (seat: string, reachable: boolean) => {
      const guest = await newGuest();
      const options = { pays: "sim_late", ...(reachable && { contact }) };
      const { body } = await guest.order(await guest.hold(seat), [seat], options);
      return { guest, id: body.id as string };
    };
    const thief = await newGuest();
    const [back, unreachable, robbed] = await Promise.all([late("F1", true), late("F3", false), late("F5", true)]);
    expect((await robbed.guest.read(robbed.id, "?wait=20")).body.status).toBe("expired");
    await eventually(async () => (await stateOf("F5")) === "A", 5_000, "the seat is free");
    await thief.order(await thief.hold("F5"), ["F5"]);
    const ends = async ({ guest, id }: typeof back, status: string, payment: string) => {
      const isEnded = async () => (await guest.read(id)).body.payment.status === payment;
      await eventually(isEnded, 20_000, `${status} and ${payment}`);
      return (await guest.read(id)).body;
    };
    const rebooked = await ends(back, "confirmed", "captured");
    expect([rebooked.status, rebooked.tickets.length, rebooked.refunds]).toEqual(["confirmed", 1, []]);
    for (const one of [unreachable, robbed]) {
      const refunded = await ends(one, "expired", "refunded");
      expect(refunded).toMatchObject({ status: "expired", refunds: [{ amount: 900 }] });
    }
    expect([await stateOf("F1"), await stateOf("F3"), await stateOf("F5")]).toEqual(["S", "A", "S"]);
  });
});

describe.skipIf(!hasRedis)("several servers on one host", { timeout: 180_000 }, () => {
  let redis: TestRedis;
  const started: ServerProcess[] = [];
  beforeAll(async () => {
    redis = await startRedis();
  });
  afterAll(async () => {
    for (const one of started.reverse()) await one.close();
    await redis.stop();
  });
  const refused = async (env: Record<string, string>, names: string) => {
    const { code, output } = await startAndFail({ LOG_LEVEL: "silent", ...env });
    expect([code, output.trim().split("\n").length]).toEqual([1, 1]);
    expect(output).toContain(names);
  };

  it("[O8] a store that is served without Redis takes no second server, with Redis or without", async () => {
    await refused({ DATA_DIR: server.dataDir }, server.dataDir);
    await refused({ DATA_DIR: server.dataDir, REDIS_URL: redis.url }, server.dataDir);
  });

  it("[O8] servers with one Redis share a store and are one cinema; one without is refused", async () => {
    started.push(await spawnServer({ REDIS_URL: redis.url }));
    const dataDir = started[0]?.dataDir ?? "";
    started.push(await spawnServer({ REDIS_URL: redis.url, DATA_DIR: dataDir }));
    await refused({ DATA_DIR: dataDir }, dataDir);
    await refused({ REDIS_URL: redis.url, DATA_DIR: `${dataDir}/another` }, "REDIS_URL");
    const [one, two] = started.map(({ url }) => api(url));
    const { token } = (await one?.("POST", "/auth/login", ADMIN))?.body ?? {};
    const made = await one?.("POST", "/genres", { name: "Noir" }, { token });
    expect((await two?.("GET", `/genres/${made?.body.id}`))?.status).toBe(200);
    expect((await two?.("GET", "/me", undefined, { token }))?.status).toBe(200);
  });
});
