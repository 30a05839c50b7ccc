/**
 * Every way in which an order can end, as a client author meets it: the built server, HTTP and sockets, nothing from
 * the inside. Short windows; each test has its own row.
 */
import { randomUUID } from "node:crypto";
import { compactVerify, createLocalJWKSet } from "jose";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { api } from "../support/api.ts";
import { eventually } from "../support/poll.ts";
import { type ServerProcess, spawnServer } from "../support/process.ts";
import { ADULT_PRICE, openShopper, type Shopper, type Stage, seatStates, setStage } from "../support/purchase.ts";

let server: ServerProcess;
let call: ReturnType<typeof api>;
let stage: Stage;
const guests: Shopper[] = [];
beforeAll(async () => {
  server = await spawnServer({ HOLD_TTL_S: "4", HOLD_CAP_S: "120", PAYMENT_WINDOW_S: "4" });
  call = api(server.url);
  stage = await setStage(server.url);
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

const read = (guest: Shopper, id: string, waitS = 0) => guest.call("GET", `/orders/${id}?wait=${waitS}`);
const heard = ({ socket }: Shopper) => socket.heard("hold:changed").map(({ reason }) => reason);
const stateOf = async (seat: string) => (await seatStates(server.url, stage)).get(seat);

describe.concurrent("orders", () => {
  it("[C1] approved: one order for one key, tickets that verify, a receipt, one way in", async () => {
    const guest = await newGuest();
    const hold = await guest.hold(["B1", "B2"]);
    expect((await guest.order({ ...hold, seats: ["B1"] })).body.code).toBe("lines_mismatch");
    const key = randomUUID();
    const answers = await Promise.all([1, 2, 3].map(() => guest.order(hold, { key })));
    const made = answers.filter(({ status }) => status === 201);
    expect(made.length).toBeGreaterThan(0);
    for (const { status, body } of answers)
      expect(status === 201 ? body.id : body.code).toBe(status === 201 ? made[0]?.body.id : "idempotency_in_progress");
    const order = await read(guest, made[0]?.body.id, 20);
    expect(order.body).toMatchObject({ status: "confirmed", total: 2 * ADULT_PRICE, channel: "web" });
    expect(order.headers.get("etag")).toBe(`"${order.body.version}"`);
    const { id, status, tickets, receiptNumber } = order.body;
    expect((await guest.order(hold, { key })).body).toMatchObject({ id, status, tickets, receiptNumber });
    expect((await guest.order({ ...hold, seats: ["B1"] }, { key })).status).toBe(422);
    expect((await read(await newGuest(), order.body.id)).status).toBe(404);
    await ticketLetsInOnce(order.body.tickets[0]);
    expect(await stateOf("B1")).toBe("S");
    await eventually(() => heard(guest).length === 2);
    expect(heard(guest)).toEqual(["paying", "sold"]);
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
    const checkIn = (ticket: string, showtimeId = stage.showtimeId) =>
      call("POST", "/tickets/check-in", { code: ticket, showtimeId }, { token: stage.adminToken });
    expect((await checkIn(`${code}x`)).body.code).toBe("invalid_ticket");
    expect((await checkIn(stage.adminToken)).body.code).toBe("invalid_ticket");
    expect((await checkIn(code)).body).toMatchObject({ seatId: "B1", firstUse: true });
    expect((await checkIn(code)).body).toMatchObject({ code: "already_used", at: expect.any(String) });
    expect((await call("GET", "/genres", undefined, { token: code })).status).toBe(401);
  }

  it("[C5] declined: the seats come back for a minute, twice, then they go free", async () => {
    const guest = await newGuest();
    const hold = await guest.hold(["C1"]);
    for (const isBack of [true, true, false]) {
      const { body } = await guest.order(hold, { card: "sim_decline" });
      expect((await read(guest, body.id, 20)).body).toMatchObject({ status: "declined" });
      const resumed = await guest.socket.do("hold:resume", { showtimeId: stage.showtimeId });
      if (isBack) expect(resumed.hold?.ttlMs).toBeGreaterThan(50_000);
      expect(resumed.hold?.token).toBe(isBack ? hold.token : undefined);
      expect(await stateOf("C1")).toBe(isBack ? "H" : "A");
    }
    await eventually(() => heard(guest).length === 6);
    expect(heard(guest)).toEqual(["paying", "declined", "paying", "declined", "paying", "expired"]);
  });

  it("[C7] pending seats are no hold, end with the window, and nothing stays pending", async () => {
    const guest = await newGuest();
    const hold = await guest.hold(["D1"]);
    const { body } = await guest.order(hold, { card: "sim_silent" });
    expect(body).toMatchObject({ status: "pending", payment: { status: "pending" } });
    expect(body).not.toHaveProperty("tickets");
    expect(body).not.toHaveProperty("receiptNumber");
    expect((await guest.socket.do("hold:resume", { showtimeId: stage.showtimeId })).hold).toBeNull();
    expect((await guest.hold(["D2"])).token).not.toBe(hold.token);
    expect((await guest.order(hold)).body.code).toBe("hold_expired");
    expect((await read(guest, body.id, 20)).body.status).toBe("expired");
    expect(await stateOf("D1")).toBe("A");
    const given = async () => (await read(guest, body.id)).body.payment.status === "cancelled";
    await eventually(given, 10_000, "the payment is given up");
  });

  it("[C8] cancelled: free at once, and only once", async () => {
    const guest = await newGuest();
    const { body } = await guest.order(await guest.hold(["E1"]), { card: "sim_silent" });
    const cancel = () => call("POST", `/orders/${body.id}/cancel`, undefined, { token: guest.token });
    expect((await cancel()).body.status).toBe("cancelled");
    expect(await stateOf("E1")).toBe("A");
    expect((await cancel()).body.code).toBe("order_state");
  });

  it("[P5] approved too late: who can be reached gets free seats, everybody else the money", async () => {
    const contact = { email: "someone@example.com" };
    const late = async (seat: string, reachable: boolean) => {
      const guest = await newGuest();
      const options = { card: "sim_late", ...(reachable && { contact }) };
      const { body } = await guest.order(await guest.hold([seat]), options);
      return { guest, id: body.id as string };
    };
    const thief = await newGuest();
    const [back, unreachable, robbed] = await Promise.all([late("F1", true), late("F3", false), late("F5", true)]);
    expect((await read(robbed.guest, robbed.id, 20)).body.status).toBe("expired");
    await eventually(async () => (await stateOf("F5")) === "A", 5_000, "the seat is free");
    await thief.buy(["F5"]);
    const ends = async ({ guest, id }: typeof back, status: string, payment: string) => {
      const isEnded = async () => (await read(guest, id)).body.payment.status === payment;
      await eventually(isEnded, 20_000, `${status} and ${payment}`);
      return (await read(guest, id)).body;
    };
    const rebooked = await ends(back, "confirmed", "captured");
    expect([rebooked.status, rebooked.tickets.length, rebooked.refunds]).toEqual(["confirmed", 1, []]);
    for (const one of [unreachable, robbed]) {
      const refunded = await ends(one, "expired", "refunded");
      expect(refunded).toMatchObject({ status: "expired", refunds: [{ amount: ADULT_PRICE }] });
    }
    expect([await stateOf("F1"), await stateOf("F3"), await stateOf("F5")]).toEqual(["S", "A", "S"]);
  });
});
