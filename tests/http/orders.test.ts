import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Order } from "../../server/protocol/resources.ts";
import { api } from "../support/api.ts";
import { eventually } from "../support/poll.ts";
import {
  ADULT_PRICE,
  CHILD_PRICE,
  openShopper,
  type Shopper,
  type Stage,
  seatStates,
  setStage,
} from "../support/purchase.ts";
import { startServer, type TestServer } from "../support/server.ts";

/** Orders on a whole server: real tokens, sockets and store; the provider moves no real money. */
let server: TestServer;
let stage: Stage;
const shoppers: Shopper[] = [];
let unused: string[] = [];

beforeAll(async () => {
  server = await startServer({ PAYMENT_WINDOW_S: "2" });
  stage = await setStage(server.url);
  unused = stage.seats.filter((seat) => !seat.startsWith("V"));
});
afterAll(async () => {
  for (const shopper of shoppers) shopper.close();
  await server.close();
});

async function shopper(token?: string): Promise<Shopper> {
  const opened = await openShopper(server.url, stage, token);
  shoppers.push(opened);
  return opened;
}

/** Seats that no other test uses. */
function seats(count: number): string[] {
  return unused.splice(0, count);
}

const stateOf = async (seat: string | undefined) => (await seatStates(server.url, stage)).get(seat ?? "");

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
    const draft = await setStage(server.url, { status: "draft" });
    const guest = await shopper();
    const { status, body } = await guest.order(
      { token: "hld_any", seats: ["A1"] },
      { body: { showtimeId: draft.showtimeId, lines: [{ seatId: "A1", ticketTypeId: draft.adultId }] } },
    );
    expect(status).toBe(400);
    expect(body).toMatchObject({ code: "invalid_request", errors: [{ path: "showtimeId" }] });
  });

  it("[C8] an order that nobody pays expires with its window, its seats are free", async () => {
    const guest = await shopper();
    const [a] = seats(1) as [string];
    const order = await guest.buy([a], { card: "sim_silent" });
    expect(order.status).toBe("pending");
    expect(Date.parse(order.payBy as string) - Date.now()).toBeLessThanOrEqual(2_000);
    const expired = await guest.get(order.id, 10);
    expect(expired).toMatchObject({ status: "expired" });
    expect(await stateOf(a)).toBe("A");
    await guest.socket.hears("order:changed", ({ status }) => status === "expired");
    await guest.socket.hears("hold:changed", ({ reason }) => reason === "expired");
    await eventually(async () => (await guest.get(order.id)).payment.status === "cancelled");
  });
});

describe("an approval after the window", () => {
  it("[P11] [P12] confirms the order of a buyer who can be reached, and is refunded to one who can't", async () => {
    const [known, unknown] = [await shopper(), await shopper()];
    const orders = await Promise.all([
      known.buy(seats(1), { card: "sim_late", contact: { email: "ana@example.com" } }),
      unknown.buy(seats(1), { card: "sim_late" }),
    ]);
    const ended = async (buyer: Shopper, { id }: Order, wanted: string) => {
      const { status, payment } = await buyer.get(id);
      return `${status}/${payment.status}` === wanted;
    };
    await eventually(() => ended(known, orders[0], "expired/pending"), 4_000, "the end of the window");
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
      expect(new URL(url).origin).toBe(server.url);
      const page = await fetch(url);
      expect(page.headers.get("content-security-policy")).toContain("default-src 'none'");
      expect(await page.text()).toContain("9.50");
      const answer = await fetch(url, { method: "POST", body: new URLSearchParams({ decision }) });
      expect(await answer.text()).toContain("nothing left to decide");
      const ended = await guest.get(order.id, 10);
      expect(ended.status).toBe(status);
      expect(ended.payment.nextAction).toBeUndefined();
    }
    expect((await fetch(`${server.url}/pay/simulated/ord_nothing:1`)).status).toBe(404);
  });
});

describe("who may read an order", () => {
  it("[C14] its buyer and staff; to everybody else there is none", async () => {
    const [guest, other] = [await shopper(), await shopper()];
    const order = await guest.buy(seats(1));
    const call = api(server.url);
    const read = async (token?: string) => (await call("GET", `/orders/${order.id}`, undefined, { token })).status;
    expect(await read(guest.token)).toBe(200);
    expect(await read(stage.adminToken)).toBe(200);
    expect(await read(other.token)).toBe(404);
    expect(await read()).toBe(401);
    expect((await other.call("POST", `/orders/${order.id}/cancel`)).status).toBe(404);
    expect((await guest.call("GET", "/orders")).status).toBe(403);
    expect((await guest.call("PATCH", `/orders/${order.id}`, { note: "x" })).status).toBe(403);
  });

  it("[C14] a kiosk reads its visit's order, and the last visit's for two minutes; other devices do not", async () => {
    const call = api(server.url);
    const kiosk = async () => {
      const token = stage.adminToken;
      const { body } = await call("POST", "/devices", { name: `Kiosk ${randomUUID()}`, kind: "kiosk" }, { token });
      return (await call("POST", "/auth/device", { code: body.enrolmentCode })).body.token as string;
    };
    const visit = async (token: string) =>
      (await call("POST", "/auth/device/visit", {}, { token })).body.token as string;
    const device = await kiosk();
    const first = await visit(device);
    const buyer = await shopper(first);
    const order = await buyer.get((await buyer.buy(seats(1))).id, 10);
    expect([order.channel, order.deviceId]).toEqual(["kiosk", expect.stringMatching(/^dev_/)]);
    const read = async (token: string) => (await call("GET", `/orders/${order.id}`, undefined, { token })).status;
    expect(await read(await visit(first))).toBe(200);
    expect(await read(await visit(await kiosk()))).toBe(404);
    const denied = async () => {
      const { body } = await call("GET", "/audit?limit=200", undefined, { token: stage.adminToken });
      return body.items.some((row: { action: string }) => row.action === "GET /api/v1/orders/:id");
    };
    await eventually(denied);
  });

  it("[C14] a guest who registers keeps the orders", async () => {
    const guest = await shopper();
    const order = await guest.buy(seats(1));
    const account = { name: "Ana", email: `${randomUUID()}@example.com`, password: "a good long password" };
    const { status, body } = await guest.call("POST", "/auth/register", account);
    expect(status).toBe(201);
    const read = await api(server.url)("GET", `/orders/${order.id}`, undefined, { token: body.token });
    expect(read.status).toBe(200);
  });
});

describe("staff", () => {
  it("[C15] find orders by number, showtime, status and time, newest first, page by page", async () => {
    const guest = await shopper();
    const bought: Order[] = [];
    for (const seat of seats(3)) bought.push(await guest.get((await guest.buy([seat])).id, 10));
    const call = api(server.url);
    const find = async (query: string) => {
      const { status, body } = await call("GET", `/orders?${query}`, undefined, { token: stage.adminToken });
      expect(status).toBe(200);
      return body as { items: Order[]; nextCursor: string | null };
    };
    const number = bought[0]?.number as string;
    for (const typed of [number, number.toLowerCase(), number.replace("-", " ")])
      expect((await find(`number=${encodeURIComponent(typed)}`)).items.map(({ id }) => id)).toEqual([bought[0]?.id]);
    const from = bought[0]?.createdAt;
    const wanted = bought.map(({ id }) => id).reverse();
    const filter = `showtimeId=${stage.showtimeId}&status=confirmed&from=${from}`;
    const found: string[] = [];
    for (let cursor: string | null = ""; cursor !== null; ) {
      const page: Awaited<ReturnType<typeof find>> = await find(`${filter}&limit=1&cursor=${cursor}`);
      found.push(...page.items.map(({ id }) => id));
      cursor = page.nextCursor;
    }
    expect(found).toEqual(wanted);
    expect((await find(`${filter}&to=${from}`)).items).toEqual([]);
    expect((await find("number=KKK-KKK")).items).toEqual([]);
  });

  it("[U74] find purchases by address, also of the account, by film, day of the show, seat and words", async () => {
    const account = { name: "Eva", email: "eva@example.com", password: "a good long password" };
    const { token } = (await api(server.url)("POST", "/auth/register", account)).body;
    const [guest, eva] = [await shopper(), await shopper(token)];
    const other = await setStage(server.url);
    const elsewhere = await openShopper(server.url, other);
    shoppers.push(elsewhere);
    const [a, b] = seats(2) as [string, string];
    const mine = await guest.buy([a], { contact: { name: "Eva Núñez", email: "EVA@example.com" } });
    const hers = await eva.buy([b]);
    const there = await elsewhere.buy(["A1"], { contact: { name: "Núria Soto" } });
    const call = api(server.url);
    const ask = (query: string) => call("GET", `/orders?${query}`, undefined, { token: stage.adminToken });
    const find = async (query: string) => (await ask(query)).body.items.map(({ id }: Order) => id) as string[];
    for (const asked of ["email=eva@Example.com", "q=eva@example.com"]) {
      expect(await find(asked)).toEqual([mine.id, hers.id]);
      const first = (await ask(`${asked}&limit=1`)).body;
      const second = (await ask(`${asked}&limit=1&cursor=${first.nextCursor}`)).body;
      expect([first.items[0].id, second.items.map(({ id }: Order) => id)]).toEqual([mine.id, [hers.id]]);
    }
    expect(await find("email=nobody@example.com")).toEqual([]);
    expect(await find(`filmId=${other.filmId}`)).toEqual([there.id]);
    expect(await find(`showtimeId=${stage.showtimeId}&seat=${b.toLowerCase()}`)).toEqual([hers.id]);
    expect((await ask(`seat=${b}`)).body.errors[0].path).toBe("seat");
    expect(await find(`q=${encodeURIComponent("nuñ eva sur")}`)).toEqual([mine.id]);
    expect(await find("q=soto&status=declined")).toEqual([]);
    const local = new Intl.DateTimeFormat("sv", { timeZone: "Europe/Madrid" });
    const day = local.format(new Date(there.startsAt));
    expect(await find(`day=${day}&filmId=${other.filmId}`)).toEqual([there.id]);
    expect(await find(`day=${day}`)).toEqual(expect.arrayContaining([mine.id, there.id]));
    expect(await find("day=2020-02-02")).toEqual([]);
    expect((await ask("day=2020-02-31")).status).toBe(400);
  });

  it("[U75] an order's version moves only with what clients can see", async () => {
    const guest = await shopper();
    const { id } = await guest.buy(seats(1), { contact: { name: "Ana", email: "ana@example.com" } });
    const call = api(server.url);
    const read = async () => (await call("GET", `/orders/${id}?wait=10`, undefined, { token: stage.adminToken })).body;
    const confirmed: Order = await read();
    const seen = [confirmed];
    for (let look = 0; look < 20; look++) seen.push(await read());
    expect(seen.at(-1)).toEqual(confirmed);
    const amend = (body: object, version: number) =>
      call("PATCH", `/orders/${id}`, body, {
        token: stage.adminToken,
        headers: { "if-match": `"${version}"` },
      });
    const amended = await amend({ note: "called" }, confirmed.version);
    expect([amended.status, amended.body.version]).toEqual([200, confirmed.version + 1]);
    expect((await amend({ note: "called" }, confirmed.version + 1)).body.version).toBe(confirmed.version + 1);
    const cleared = await amend({ note: null, contact: { email: null } }, confirmed.version + 1);
    expect([cleared.body.note, cleared.body.contact]).toEqual([undefined, { name: "Ana" }]);
    const found = await call("GET", "/orders?email=ana@example.com", undefined, { token: stage.adminToken });
    expect(found.body.items.map((order: Order) => order.id)).not.toContain(id);
  });

  it("[C16] correct the contact and add a note, on the version they saw", async () => {
    const guest = await shopper();
    const bought = await guest.buy(seats(1), { contact: { name: "Ana" } });
    await guest.socket.hears("order:changed", ({ status }) => status === "confirmed");
    const order = await guest.get(bought.id);
    const call = api(server.url);
    const amend = (body: object, match?: string) =>
      call("PATCH", `/orders/${order.id}`, body, {
        token: stage.adminToken,
        headers: match ? { "if-match": match } : {},
      });
    const stale = await amend({ note: "called" }, `"${order.version - 1}"`);
    expect([stale.status, stale.body.code]).toEqual([412, "version_conflict"]);
    const { status, body, headers } = await amend(
      { note: "called", contact: { email: "ana@example.com" } },
      `"${order.version}"`,
    );
    expect(status).toBe(200);
    expect(body).toMatchObject({ note: "called", contact: { name: "Ana", email: "ana@example.com" } });
    expect(headers.get("etag")).toBe(`"${order.version + 1}"`);
    expect(await guest.get(order.id)).not.toHaveProperty("note");
    expect((await amend({})).status).toBe(400);
    expect((await amend({ status: "refunded" })).status).toBe(400);
  });
});

describe("waiting", () => {
  it("[C17] ?wait answers when the order leaves pending, and not before", async () => {
    const guest = await shopper();
    const order = await guest.buy(seats(1), { card: "sim_challenge" });
    const started = Date.now();
    expect((await guest.get(order.id, 1)).status).toBe("pending");
    expect(Date.now() - started).toBeGreaterThanOrEqual(990);
    const waiting = guest.get(order.id, 20);
    await guest.call("POST", `/orders/${order.id}/cancel`);
    expect((await waiting).status).toBe("cancelled");
    for (const wait of ["21", "-1", "x"]) {
      const refused = await guest.call("GET", `/orders/${order.id}?wait=${wait}`);
      expect([refused.status, refused.body.errors[0].path]).toEqual([400, "wait"]);
    }
  });
});

describe("a guest who signs in", () => {
  it("[C18] keeps the orders of the guest's session, also after signing in again", async () => {
    const guest = await shopper();
    const [seat] = seats(1) as [string];
    const bought = await guest.order(await guest.hold([seat]));
    const account = { email: `${randomUUID()}@example.com`, password: "a long enough password" };
    const call = api(server.url);
    const registered = await call("POST", "/auth/register", { name: "Ana", ...account }, { token: guest.token });
    expect(registered.status).toBe(201);
    const again = await call("POST", "/auth/login", account);
    const path = `/orders/${(bought.body as Order).id}`;
    const read = await call("GET", path, undefined, { token: (again.body as { token: string }).token });
    expect(read.status).toBe(200);
    const stranger = await call("POST", "/auth/guest", {});
    const hidden = await call("GET", path, undefined, { token: (stranger.body as { token: string }).token });
    expect(hidden.status).toBe(404);
  });
});
