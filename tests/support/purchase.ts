/** A cinema to buy in, buyers, and the check that all books agree. Through the API alone, so any server will do. */
import { randomUUID } from "node:crypto";
import type { LedgerEntry } from "../../server/payment/simulated/attempts.ts";
import type { Hold } from "../../server/protocol/events.ts";
import type { CheckoutRequest, Order, Page } from "../../server/protocol/resources.ts";
import { type ApiAnswer, api } from "./api.ts";
import { eventually } from "./poll.ts";
import { ADMIN } from "./server.ts";
import { type Client, connect } from "./sockets.ts";

export interface Stage {
  showtimeId: string;
  auditoriumId: string;
  filmId: string;
  adultId: string;
  childId: string;
  /** In the order of `states`. */
  seats: string[];
  adminToken: string;
}

export const ADULT_PRICE = 950;
export const CHILD_PRICE = 700;

/** Rows A to T of standard seats, but V, which are the best. */
const chartOf = (width: number) =>
  [..."ABCDEFGHIJKLMNOPQRST"]
    .map((row) => `${row} ${"s".repeat(width)}`)
    .concat(`V ${"v".repeat(width)}`)
    .join("\n");
const HOUR_MS = 3_600_000;

async function made<T>(answer: Promise<ApiAnswer>): Promise<T> {
  const { status, body } = await answer;
  if (status >= 300) throw new Error(`${status} ${JSON.stringify(body)}`);
  return body as T;
}

export async function signInAdmin(url: string): Promise<string> {
  const { email, password } = ADMIN;
  return (await made<{ token: string }>(api(url)("POST", "/auth/login", { email, password }))).token;
}

/** One auditorium of 21 rows of 20 seats with one showtime in an hour, on sale unless told otherwise. */
export async function setStage(url: string, { status = "on-sale", rowWidth = 20 } = {}): Promise<Stage> {
  const call = api(url);
  const adminToken = await signInAdmin(url);
  const make = (path: string, body: object) =>
    made<{ id: string; seats: { id: string }[] }>(call("POST", path, body, { token: adminToken }));
  const genre = await make("/genres", { name: `Drama ${randomUUID()}` });
  const film = await make("/films", {
    ...{ title: "El sur", durationMinutes: 95, genreIds: [genre.id], status: "showing" },
  });
  const name = `Sala ${randomUUID()}`;
  const auditorium = await make("/auditoriums", { name, chart: chartOf(rowWidth) });
  const adult = await make("/ticket-types", { name: `Adulto ${randomUUID()}`, order: 1, active: true });
  const child = await make("/ticket-types", { name: `Infantil ${randomUUID()}`, order: 2, active: true });
  const prices = [
    { zone: "standard", ticketTypeId: adult.id, amount: ADULT_PRICE },
    { zone: "standard", ticketTypeId: child.id, amount: CHILD_PRICE },
    { zone: "vip", ticketTypeId: adult.id, amount: 2 * ADULT_PRICE },
  ];
  const showtime = await make("/showtimes", {
    ...{ filmId: film.id, auditoriumId: auditorium.id, attributes: [], prices, status },
    startsAt: new Date(Date.now() + HOUR_MS).toISOString(),
  });
  const seats = auditorium.seats.map(({ id }) => id);
  const [adultId, childId] = [adult.id, child.id];
  return {
    ...{ showtimeId: showtime.id, auditoriumId: auditorium.id, filmId: film.id, adultId, childId },
    seats,
    adminToken,
  };
}

export interface BuyOptions {
  method?: "card" | "cash";
  /** Of the payment. */
  card?: string;
  key?: string;
  contact?: { name?: string; email?: string };
  body?: Partial<CheckoutRequest>;
  /** Another server to order at than the one that the shopper is connected to. */
  at?: string;
}

export interface Shopper {
  token: string;
  socket: Client;
  /** Takes seats, asking again when told to try again shortly; fails when they are taken. */
  hold(seats: string[]): Promise<Hold>;
  /** Asks for an order of a hold, all adults. */
  order(hold: Pick<Hold, "token" | "seats">, options?: BuyOptions): Promise<ApiAnswer>;
  /** Holds and orders; fails unless the order was made. */
  buy(seats: string[], options?: BuyOptions): Promise<Order>;
  get(orderId: string, waitS?: number): Promise<Order>;
  call(method: string, path: string, body?: unknown, headers?: Record<string, string>): Promise<ApiAnswer>;
  close(): void;
}

/** How long shoppers try again what a busy or dying system did not do for them, as every client does. */
const PATIENCE_MS = 10_000;

/** Connects, again where the transport failed; a refusal is final. */
function dial(url: string, token: string): Promise<Client> {
  const until = Date.now() + PATIENCE_MS;
  return eventually(
    () =>
      connect(url, token).catch((error: Error) => {
        if (error.cause === undefined || Date.now() > until) throw error;
        return null;
      }),
    PATIENCE_MS + 5_000,
    "a connection",
  );
}

/** What the server says to a wish for seats; null: nothing, or that it can't say now. */
async function answered(socket: Client, wish: { requestId: string; showtimeId: string; seats: string[] }) {
  const answer = await socket.ask("seats:hold", wish).catch(() => null);
  return answer?.ok === false && answer.error.code === "unavailable" ? null : answer;
}

/** Somebody who buys, with a socket: a guest, unless a token is given. */
export async function openShopper(url: string, stage: Stage, token?: string): Promise<Shopper> {
  const call = api(url);
  const own = token ?? (await made<{ token: string }>(call("POST", "/auth/guest", {}))).token;
  const socket = await dial(url, own);
  const { showtimeId, adultId } = stage;
  const shopper: Shopper = {
    token: own,
    socket,
    async hold(seats) {
      const wish = { requestId: randomUUID(), showtimeId, seats };
      const answer = await eventually(() => answered(socket, wish), PATIENCE_MS, "an answer to a wish for seats");
      if (!answer.ok) throw new Error(`seats:hold was refused: ${JSON.stringify(answer.error)}`);
      return answer.hold;
    },
    order(hold, { method = "card", card, key = randomUUID(), contact, body, at = url } = {}) {
      const lines = hold.seats.map((seatId) => ({ seatId, ticketTypeId: adultId }));
      const payment = { method, ...(card !== undefined && { token: card }) };
      const asked = { showtimeId, hold: hold.token, lines, payment, ...(contact && { contact }), ...body };
      return api(at)("POST", "/orders", asked, { token: own, headers: { "idempotency-key": key } });
    },
    async buy(seats, options) {
      return made<Order>(shopper.order(await shopper.hold(seats), options));
    },
    get: (orderId, waitS = 0) =>
      made<Order>(call("GET", `/orders/${orderId}?wait=${waitS}`, undefined, { token: own })),
    call: (method, path, body, headers) => call(method, path, body, { token: own, ...(headers && { headers }) }),
    close: () => socket.close(),
  };
  return shopper;
}

/** Every order of a server, newest first. */
export async function allOrders(url: string, adminToken: string): Promise<Order[]> {
  const orders: Order[] = [];
  for (let cursor: string | null = ""; cursor !== null; ) {
    const path = `/orders?limit=200&cursor=${cursor}`;
    const page: Page<Order> = await made(api(url)("GET", path, undefined, { token: adminToken }));
    orders.push(...page.items);
    cursor = page.nextCursor;
  }
  return orders;
}

/** The states of a showtime by seat. */
export async function seatStates(url: string, { showtimeId, seats }: Stage): Promise<Map<string, string>> {
  const { states } = await made<{ states: string }>(api(url)("GET", `/showtimes/${showtimeId}/seats`));
  return new Map(seats.map((seat, index) => [seat, states[index] ?? "?"]));
}

export interface Books {
  orders: Order[];
  ledger: LedgerEntry[];
  states: Map<string, string>;
}

/**
 * What is wrong between the orders, the provider's money and the seat map, once everything has come to rest:
 * an empty list when all is well.
 */
export function faultsOf({ orders, ledger, states }: Books): string[] {
  return [...moneyFaults(orders, ledger), ...seatFaults(orders, states), ...receiptFaults(orders)];
}

/** Money that an order stands for: what its provider should have kept. */
function keptBy(order: Order): number {
  return order.status === "confirmed" && order.payment.method === "card" ? order.total : 0;
}

function moneyFaults(orders: Order[], ledger: LedgerEntry[]): string[] {
  const faults: string[] = [];
  const byId = new Map(orders.map((order) => [order.id, order]));
  const kept = new Map<string, number>();
  for (const { attemptId, captured, refunded } of ledger) {
    const orderId = attemptId.split(":")[0] ?? "";
    if (captured > 0 && !byId.has(orderId)) faults.push(`${attemptId}: charged without an order`);
    kept.set(orderId, (kept.get(orderId) ?? 0) + captured - refunded);
  }
  for (const order of orders) {
    const { id, status, payment, refunds } = order;
    if (status === "pending") faults.push(`${id}: still pending`);
    if (payment.status === "pending") faults.push(`${id}: its payment is still pending`);
    if ((kept.get(id) ?? 0) !== keptBy(order)) faults.push(`${id}: ${status}, but the provider kept ${kept.get(id)}`);
    if (refunds.some((refund) => refund.status !== "done")) faults.push(`${id}: a refund is owed`);
  }
  return faults;
}

function seatFaults(orders: Order[], states: Map<string, string>): string[] {
  const faults: string[] = [];
  const owner = new Map<string, string>();
  for (const { id, status, lines } of orders) {
    if (status !== "confirmed") continue;
    for (const { seatId } of lines) {
      if (owner.has(seatId)) faults.push(`${seatId}: sold twice, to ${owner.get(seatId)} and ${id}`);
      owner.set(seatId, id);
    }
  }
  for (const [seat, state] of states) {
    if ((state === "S") !== owner.has(seat))
      faults.push(`${seat}: ${state} on the map, ${owner.get(seat) ?? "nobody's"}`);
  }
  return faults;
}

function receiptFaults(orders: Order[]): string[] {
  const given = orders.flatMap(({ receiptNumber }) => (receiptNumber === undefined ? [] : [receiptNumber])).sort();
  const confirmed = orders.filter(({ status }) => status === "confirmed").length;
  const faults = given.length === confirmed ? [] : [`${confirmed} orders with ${given.length} receipts`];
  const [series] = (given[0] ?? "").split("-");
  const wanted = given.map((_, place) => `${series}-${String(place + 1).padStart(6, "0")}`);
  if (given.join() !== wanted.join()) faults.push(`receipts have gaps: ${given.join()}`);
  return faults;
}
