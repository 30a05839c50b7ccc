import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Order } from "../../server/protocol/resources.ts";
import { showDayOf } from "../../ui/words/zone.ts";
import { api } from "../support/api.ts";
import { eventually } from "../support/poll.ts";
import { openShopper, type Stage, setStage } from "../support/purchase.ts";
import { openShop, type Shop } from "../support/shop.ts";

/** Orders that were made: who may see them, how staff find and correct them. */
let shop: Shop;
let stage: Stage;
beforeAll(async () => {
  shop = await openShop();
  stage = shop.stage;
});
afterAll(() => shop.close());

const shopper = (token?: string) => shop.shopper(token);
const seats = (count: number) => shop.seats(count);

describe("who may read an order", () => {
  it("[C14] its buyer and staff; to everybody else there is none", async () => {
    const [guest, other] = [await shopper(), await shopper()];
    const order = await guest.buy(seats(1));
    const call = api(shop.url);
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
    const call = api(shop.url);
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
    const read = await api(shop.url)("GET", `/orders/${order.id}`, undefined, { token: body.token });
    expect(read.status).toBe(200);
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

describe("staff", () => {
  it("[C15] find orders by number, showtime, status and time, newest first, page by page", async () => {
    const guest = await shopper();
    const bought: Order[] = [];
    for (const seat of seats(3)) bought.push(await guest.get((await guest.buy([seat])).id, 10));
    const call = api(shop.url);
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
    const { token } = (await api(shop.url)("POST", "/auth/register", account)).body;
    const [guest, eva] = [await shopper(), await shopper(token)];
    const other = await setStage(shop.url);
    const elsewhere = await openShopper(shop.url, other);
    shop.closes(elsewhere);
    const [a, b] = seats(2) as [string, string];
    const mine = await guest.buy([a], { contact: { name: "Eva Núñez", email: "EVA@example.com" } });
    const hers = await eva.buy([b]);
    const there = await elsewhere.buy(["A1"], { contact: { name: "Núria Soto" } });
    const call = api(shop.url);
    const ask = (query: string) => call("GET", `/orders?${query}`, undefined, { token: stage.adminToken });
    const find = async (query: string) => (await ask(query)).body.items.map(({ id }: Order) => id) as string[];
    // What a buyer with an account leaves open is as in the account; staff may take it off.
    expect(hers.contact).toEqual({ name: "Eva", email: "eva@example.com" });
    expect(await find(`q=eva&showtimeId=${stage.showtimeId}`)).toEqual([hers.id, mine.id]);
    const off = { contact: { name: null, email: null } };
    expect((await call("PATCH", `/orders/${hers.id}`, off, { token: stage.adminToken })).status).toBe(200);
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
    const day = showDayOf(Date.parse(there.startsAt), "Europe/Madrid");
    expect(await find(`day=${day}&filmId=${other.filmId}`)).toEqual([there.id]);
    expect(await find(`day=${day}`)).toEqual(expect.arrayContaining([mine.id, there.id]));
    expect(await find("day=2020-02-02")).toEqual([]);
    expect((await ask("day=2020-02-31")).status).toBe(400);
  });

  it("[U75] an order's version moves only with what clients can see", async () => {
    const guest = await shopper();
    const { id } = await guest.buy(seats(1), { contact: { name: "Ana", email: "ana@example.com" } });
    const call = api(shop.url);
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
    const call = api(shop.url);
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

describe("a guest who signs in", () => {
  it("[C18] keeps the orders of the guest's session, also after signing in again", async () => {
    const guest = await shopper();
    const [seat] = seats(1) as [string];
    const bought = await guest.order(await guest.hold([seat]));
    const account = { email: `${randomUUID()}@example.com`, password: "a long enough password" };
    const call = api(shop.url);
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
