/** Buying on a whole server: real tokens, sockets and store; the provider moves no real money. */
import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Order } from "../../server/protocol/resources.ts";
import { eventually } from "../support/poll.ts";
import { ADULT_PRICE, CHILD_PRICE, type Shopper, type Stage, setStage } from "../support/purchase.ts";
import { openShop, type Shop } from "../support/shop.ts";

/** Short enough to wait for, long enough to decide in on a busy machine. */
const WINDOW_S = 3;

let shop: Shop;
let stage: Stage;
beforeAll(async () => {
  shop = await openShop({ PAYMENT_WINDOW_S: `${WINDOW_S}` });
  stage = shop.stage;
});
afterAll(() => shop.close());

const shopper = (token?: string) => shop.shopper(token);
const seats = (count: number) => shop.seats(count);
const stateOf = (seat: string | undefined) => shop.stateOf(seat);

describe("buying by card", () => {
  it("[C1] answers the order as pending, and confirms it with receipt and tickets", async () => {
    const guest = await shopper();
    const [a, b] = seats(2) as [string, string];
    const hold = await guest.hold([a, b]);
    const lines = [
      { seatId: a, ticketTypeId: stage.adultId },
      { seatId: b, ticketTypeId: stage.childId },
    ];
    const answer = await guest.order(hold, { body: { lines } });
    expect(answer.status).toBe(201);
    const order = answer.body as Order;
    expect(answer.headers.get("location")).toBe(`/api/v1/orders/${order.id}`);
    expect(order).toMatchObject({
      status: "pending",
      showtimeId: stage.showtimeId,
      film: { title: "El sur" },
      channel: "web",
      total: ADULT_PRICE + CHILD_PRICE,
      currency: "EUR",
      lines: [
        { seatId: a, zone: "standard", price: ADULT_PRICE },
        { seatId: b, zone: "standard", price: CHILD_PRICE },
      ],
      payment: { method: "card", provider: "simulated", status: "pending" },
      refunds: [],
    });
    expect(order.number).toMatch(/^[0-9A-Z]{3}-[0-9A-Z]{3}$/);
    for (const absent of ["receiptNumber", "tickets", "confirmedAt", "note"]) expect(order).not.toHaveProperty(absent);
    const confirmed = await guest.get(order.id, 10);
    expect(confirmed).toMatchObject({ status: "confirmed", payment: { status: "captured" } });
    expect(confirmed.receiptNumber).toMatch(/^A20\d\d-\d{6}$/);
    expect(confirmed.tickets?.map(({ seatId }) => seatId)).toEqual([a, b]);
    expect(await stateOf(a)).toBe("S");
    await guest.socket.hears("hold:changed", ({ reason }) => reason === "paying");
    await guest.socket.hears("hold:changed", ({ reason, hold }) => reason === "sold" && hold === null);
    await guest.socket.hears("order:changed", ({ orderId, status }) => orderId === order.id && status === "confirmed");
  });

  it("[C2] while it is pending the seats are not the session's hold, and another hold can be started", async () => {
    const guest = await shopper();
    const [a, b] = seats(2) as [string, string];
    const order = await guest.buy([a], { card: "sim_challenge" });
    const { showtimeId } = stage;
    expect((await guest.socket.do("hold:resume", { showtimeId })).hold).toBeNull();
    expect((await guest.hold([b])).seats).toEqual([b]);
    expect(await stateOf(a)).toBe("H");
    expect((await guest.call("POST", `/orders/${order.id}/cancel`)).status).toBe(200);
  });

  it("[C3] a declined card gives the hold back, joined to the one started meanwhile", async () => {
    const guest = await shopper();
    const [a, b] = seats(2) as [string, string];
    const hold = await guest.hold([a]);
    const { body: order } = await guest.order(hold, { card: "sim_decline" });
    expect(await guest.get(order.id, 10)).toMatchObject({ status: "declined", payment: { status: "declined" } });
    const back = await guest.socket.hears("hold:changed", ({ reason }) => reason === "declined");
    expect(back.hold?.token).toBe(hold.token);
    expect(back.hold?.seats).toEqual([a]);
    const more = await guest.hold([b]);
    expect([more.token, more.seats]).toEqual([hold.token, [a, b]]);
    const paid = await guest.order(more);
    expect((await guest.get(paid.body.id, 10)).status).toBe("confirmed");
  });

  it("[C4] lines must be the hold's seats exactly", async () => {
    const guest = await shopper();
    const [a, b] = seats(2) as [string, string];
    const hold = await guest.hold([a, b]);
    const line = (seatId: string, ticketTypeId = stage.adultId) => ({ seatId, ticketTypeId });
    const wrong = [[line(a)], [line(a), line(a)], [line(a), line(b), line("T20")]];
    for (const lines of wrong) {
      const { status, body } = await guest.order(hold, { body: { lines } });
      expect([status, body.code]).toEqual([400, "lines_mismatch"]);
    }
    const nowhere = await guest.order(hold, { body: { lines: [line(a), line("Z99")] } });
    expect([nowhere.status, nowhere.body.code, nowhere.body.seats]).toEqual([400, "seat_unknown", ["Z99"]]);
    const { showtimeId } = stage;
    expect((await guest.socket.do("hold:resume", { showtimeId })).hold?.token).toBe(hold.token);
  });

  it("[C5] what points at nothing is named: showtime, ticket type, price, card, code", async () => {
    const guest = await shopper();
    const [a] = seats(1) as [string];
    const hold = await guest.hold([a]);
    const cases: [object, string][] = [
      [{ showtimeId: "sht_nothing" }, "showtimeId"],
      [{ lines: [{ seatId: a, ticketTypeId: "tty_nothing" }] }, "lines.0.ticketTypeId"],
      [{ lines: [{ seatId: "V1", ticketTypeId: stage.childId }] }, "lines.0.ticketTypeId"],
      [{ payment: { method: "card", token: "sim_unknown" } }, "payment.token"],
      [{ codes: ["HALF"] }, "codes.0"],
      [{ payment: { method: "shells" } }, "payment.method"],
      [{ lines: [] }, "lines"],
      [{ contact: { email: "nobody" } }, "contact.email"],
      [{ discount: 100 }, "discount"],
    ];
    for (const [body, path] of cases) {
      const answer = await guest.order(hold, { body });
      expect([answer.status, answer.body.code]).toEqual([400, "invalid_request"]);
      expect(answer.body.errors.map((error: { path: string }) => error.path)).toEqual([path]);
    }
    const { status, body } = await guest.call("POST", "/orders", {});
    expect([status, body.errors.map((error: { path: string }) => error.path)]).toEqual([
      400,
      ["showtimeId", "hold", "lines", "payment"],
    ]);
  });

  it("[C6] a hold that is unknown or over is hold_expired, another's is forbidden", async () => {
    const [guest, thief] = [await shopper(), await shopper()];
    const [a] = seats(1) as [string];
    const hold = await guest.hold([a]);
    const stolen = await thief.order(hold);
    expect([stolen.status, stolen.body.code]).toEqual([403, "forbidden"]);
    const unknown = await guest.order({ ...hold, token: "hld_unknown" });
    expect([unknown.status, unknown.body.code]).toEqual([410, "hold_expired"]);
    expect(await stateOf(a)).toBe("H");
    await guest.socket.do("seats:release", { requestId: randomUUID(), showtimeId: stage.showtimeId });
    const over = await guest.order(hold);
    expect([over.status, over.body.code]).toEqual([410, "hold_expired"]);
  });

  it("[C7] a draft sells nothing, and is no showtime to buyers", async () => {
    const draft = await setStage(shop.url, { status: "draft" });
    const guest = await shopper();
    const { status, body } = await guest.order(
      { token: "hld_any", seats: ["A1"] },
      { body: { showtimeId: draft.showtimeId, lines: [{ seatId: "A1", ticketTypeId: draft.adultId }] } },
    );
    expect(status).toBe(400);
    expect(body).toMatchObject({ code: "invalid_request", errors: [{ path: "showtimeId" }] });
  });
});

describe.concurrent("the end of the window", () => {
  it("[C8] an order that nobody pays expires with its window, its seats are free", async () => {
    const guest = await shopper();
    const [a] = seats(1) as [string];
    const order = await guest.buy([a], { card: "sim_silent" });
    expect(order.status).toBe("pending");
    expect(Date.parse(order.payBy as string) - Date.now()).toBeLessThanOrEqual(WINDOW_S * 1_000);
    const expired = await guest.get(order.id, 10);
    expect(expired).toMatchObject({ status: "expired" });
    expect(await stateOf(a)).toBe("A");
    await guest.socket.hears("order:changed", ({ status }) => status === "expired");
    await guest.socket.hears("hold:changed", ({ reason }) => reason === "expired");
    await eventually(async () => (await guest.get(order.id)).payment.status === "cancelled");
  });

  it("[P11] [P12] an approval after it confirms the order of a buyer who can be reached, and is refunded to one who can't", async () => {
    const [known, unknown] = [await shopper(), await shopper()];
    const orders = await Promise.all([
      known.buy(seats(1), { card: "sim_late", contact: { email: "ana@example.com" } }),
      unknown.buy(seats(1), { card: "sim_late" }),
    ]);
    const ended = async (buyer: Shopper, { id }: Order, wanted: string) => {
      const { status, payment } = await buyer.get(id);
      return `${status}/${payment.status}` === wanted;
    };
    await eventually(() => ended(known, orders[0], "expired/pending"), 10_000, "the end of the window");
    await eventually(() => ended(known, orders[0], "confirmed/captured"), 12_000, "the late confirmation");
    await eventually(() => ended(unknown, orders[1], "expired/refunded"), 12_000, "the refund");
    expect(await stateOf(orders[0].lines[0]?.seatId)).toBe("S");
    expect(await stateOf(orders[1].lines[0]?.seatId)).toBe("A");
    expect((await unknown.get(orders[1].id)).refunds).toMatchObject([{ amount: ADULT_PRICE, status: "done" }]);
    await known.socket.hears("order:changed", ({ status }) => status === "confirmed");
  });
});

describe("buying in cash", () => {
  it("[C9] is confirmed at once, by who may sell", async () => {
    const clerk = await shopper(stage.adminToken);
    const [a] = seats(1) as [string];
    const { status, body } = await clerk.order(await clerk.hold([a]), { method: "cash" });
    expect(status).toBe(201);
    expect(body).toMatchObject({
      status: "confirmed",
      channel: "box-office",
      payment: { method: "cash", provider: "cash", status: "captured" },
    });
    expect(body.tickets).toHaveLength(1);
    expect(body.receiptNumber).toMatch(/^A/);
    expect(await stateOf(a)).toBe("S");
  });

  it("[C9] is forbidden to everybody else, and nothing happens to the hold", async () => {
    const guest = await shopper();
    const [a] = seats(1) as [string];
    const hold = await guest.hold([a]);
    const { status, body } = await guest.order(hold, { method: "cash" });
    expect([status, body.code]).toEqual([403, "forbidden"]);
    expect((await guest.order(hold)).status).toBe(201);
  });
});

describe("keys", () => {
  it("[C10] the same key and body is the same order, as it is now", async () => {
    const guest = await shopper();
    const [a] = seats(1) as [string];
    const hold = await guest.hold([a]);
    const key = randomUUID();
    const first = await guest.order(hold, { key });
    await guest.get(first.body.id, 10);
    const second = await guest.order(hold, { key });
    expect([second.status, second.headers.get("location")]).toEqual([201, first.headers.get("location")]);
    expect(second.body).toMatchObject({ id: first.body.id, status: "confirmed" });
  });

  it("[C11] the same key with another body is idempotency_mismatch", async () => {
    const guest = await shopper();
    const [a] = seats(1) as [string];
    const hold = await guest.hold([a]);
    const key = randomUUID();
    await guest.order(hold, { key, card: "sim_challenge" });
    const other = await guest.order(hold, { key });
    expect([other.status, other.body.code]).toEqual([422, "idempotency_mismatch"]);
  });

  it("[C10] a refusal is remembered too; keys are each caller's own", async () => {
    const [guest, other] = [await shopper(), await shopper()];
    const [a, b] = seats(2) as [string, string];
    const key = randomUUID();
    const hold = await guest.hold([a]);
    await guest.socket.do("seats:release", { requestId: randomUUID(), showtimeId: stage.showtimeId });
    for (let round = 0; round < 2; round++) expect((await guest.order(hold, { key })).body.code).toBe("hold_expired");
    expect((await other.order(await other.hold([b]), { key })).status).toBe(201);
  });

  it("[C12] a key is needed, of 8 to 100 characters", async () => {
    const guest = await shopper();
    const hold = await guest.hold(seats(1));
    for (const key of ["1234567", "x".repeat(101)]) {
      const { status, body } = await guest.order(hold, { key });
      expect([status, body.code, body.errors[0].path]).toEqual([400, "invalid_request", "idempotency-key"]);
    }
    const lines = hold.seats.map((seatId) => ({ seatId, ticketTypeId: stage.adultId }));
    const body = { showtimeId: stage.showtimeId, hold: hold.token, lines, payment: { method: "card" } };
    expect((await guest.call("POST", "/orders", body)).status).toBe(400);
  });
});

describe("cancelling", () => {
  it("[C13] a pending order frees its seats at once; nothing else can be cancelled", async () => {
    const guest = await shopper();
    const [a] = seats(1) as [string];
    const order = await guest.buy([a], { card: "sim_slow" });
    const { status, body } = await guest.call("POST", `/orders/${order.id}/cancel`);
    expect([status, body.status]).toEqual([200, "cancelled"]);
    expect(await stateOf(a)).toBe("A");
    await eventually(async () => (await guest.get(order.id)).payment.status === "cancelled");
    const again = await guest.call("POST", `/orders/${order.id}/cancel`);
    expect([again.status, again.body.code]).toEqual([409, "order_state"]);
  });
});

describe("challenges", () => {
  it("[P5] are decided on the provider's page, which the order points at", async () => {
    for (const [decision, status] of [
      ["approve", "confirmed"],
      ["decline", "declined"],
    ] as const) {
      const guest = await shopper();
      const order = await guest.buy(seats(1), { card: "sim_challenge" });
      const { nextAction } = order.payment;
      expect(nextAction?.type).toBe("redirect");
      const url = nextAction?.url as string;
      expect(new URL(url).origin).toBe(shop.url);
      const page = await fetch(url);
      expect(page.headers.get("content-security-policy")).toContain("default-src 'none'");
      expect(await page.text()).toContain("9.50");
      const answer = await fetch(url, { method: "POST", body: new URLSearchParams({ decision }) });
      expect(await answer.text()).toContain("nothing left to decide");
      const ended = await guest.get(order.id, 10);
      expect(ended.status).toBe(status);
      expect(ended.payment.nextAction).toBeUndefined();
    }
    expect((await fetch(`${shop.url}/pay/simulated/ord_nothing:1`)).status).toBe(404);
  });
});
