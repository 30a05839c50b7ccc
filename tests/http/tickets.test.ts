import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { HttpServer } from "../../server/http/build.ts";
import { addTicketRoutes } from "../../server/http/routes/tickets.ts";
import { createDoor } from "../../server/receipts/door.ts";
import { createTickets } from "../../server/receipts/tickets.ts";
import { bookings, showtimes } from "../../server/store/collections.ts";
import { aPrincipal, bareEdge } from "../support/edge.ts";
import { anOrder } from "../support/orders.ts";
import { type TempStore, tempStore } from "../support/store.ts";
import { ticketKeys } from "../support/ticket-keys.ts";

let app: HttpServer;
let temp: TempStore;
const order = anOrder();

beforeAll(async () => {
  temp = await tempStore();
  const tickets = createTickets({ keys: await ticketKeys() });
  order.tickets = await tickets.issue(order);
  const { version: _, ...document } = order;
  await temp.store.collection(bookings).insert(document);
  const at = order.startsAt;
  const when = { createdAt: at, updatedAt: at, startsAt: at, endsAt: at, freeAt: at };
  for (const id of [order.showtimeId, "sht_other"])
    await temp.store.collection(showtimes).insert({
      ...{ id, ...when, filmId: "flm_1", auditoriumId: id, layoutId: "lay_1" },
      ...{ attributes: [], prices: [], status: "on-sale" },
    });
  const scanner = aPrincipal({ class: "device", subjectId: "dev_1", permissions: new Set(["tickets:check"]) });
  const door = createDoor({ store: temp.store, tickets, clock: { now: () => Date.parse(at) } });
  app = await bareEdge({ scanner, guest: aPrincipal() }, (http) => addTicketRoutes(http, { door }));
});
afterAll(async () => {
  await app.close();
  await temp.cleanUp();
});

async function scan(body: object, token = "scanner") {
  const answer = await app.inject({
    method: "POST",
    url: "/api/v1/tickets/check-in",
    headers: { authorization: `Bearer ${token}` },
    payload: body,
  });
  return { status: answer.statusCode, ...answer.json() };
}

describe("POST /tickets/check-in", () => {
  const code = () => order.tickets?.[0]?.code ?? "";
  const showtimeId = order.showtimeId;

  it("[T5] 200 for the first use, even with the scanner's line break; then 409 with its time", async () => {
    expect(await scan({ code: `${code()}\r\n`, showtimeId })).toMatchObject({
      status: 200,
      ticketId: order.tickets?.[0]?.id,
      seatId: "F7",
      order: { id: order.id, number: order.number },
      firstUse: true,
    });
    expect(await scan({ code: code(), showtimeId })).toMatchObject({
      status: 409,
      code: "already_used",
      at: order.startsAt,
    });
  });

  it("[T6] refuses by code, and the next scan is judged as if nothing had been", async () => {
    expect(await scan({ code: "☕".repeat(1000), showtimeId })).toMatchObject({ status: 422, code: "invalid_ticket" });
    expect(await scan({ code: code(), showtimeId: "sht_other" })).toMatchObject({
      status: 409,
      code: "wrong_showtime",
    });
    expect(await scan({ code: code(), showtimeId: "sht_none" })).toMatchObject({
      status: 400,
      code: "invalid_request",
    });
    expect(await scan({ code: "", showtimeId })).toMatchObject({ status: 400, errors: [{ path: "code" }] });
    expect(await scan({ code: code(), showtimeId, gate: 4 })).toMatchObject({
      status: 400,
      errors: [{ path: "gate" }],
    });
    expect(await scan({ code: order.tickets?.[1]?.code, showtimeId })).toMatchObject({ status: 200, seatId: "F8" });
  });

  it("[T6] needs tickets:check", async () => {
    expect(await scan({ code: code(), showtimeId }, "guest")).toMatchObject({ status: 403, code: "forbidden" });
  });
});

describe("GET /tickets/revocations", () => {
  const list = (query: string, token = "scanner") =>
    app.inject({ url: `/api/v1/tickets/revocations${query}`, headers: { authorization: `Bearer ${token}` } });

  it("[T7] is a list, empty while nothing was taken back", async () => {
    for (const query of ["", "?since=2026-03-14T18:00:00Z", "?since=2026-03-14T18:00:00%2B01:00&limit=5"]) {
      const answer = await list(query);
      expect(answer.statusCode).toBe(200);
      expect(answer.json()).toEqual({ items: [], nextCursor: null, asOf: "2026-03-14T18:29:30.000Z" });
    }
  });

  it("[T7] needs tickets:check and a moment that is one", async () => {
    expect((await list("", "guest")).statusCode).toBe(403);
    expect((await list("?since=yesterday")).json()).toMatchObject({ status: 400, errors: [{ path: "since" }] });
  });
});
