/**
 * How long lists, searches and histories of big books take, over HTTP:
 * `npm run bench:books -- [--films N] [--orders N] [--mongodb URL]`. A cinema of years is 20,000 films and 2,000,000
 * orders. Prints how fast the store was filled, p50/p95 per query, and the CPU that one took of server and client
 * together (what is left of a busy machine); exits with 1 when a p95 is over the budget.
 */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { findKeysOf } from "../server/booking/order-search.ts";
import { bookings, type OrderDoc } from "../server/store/collections.ts";
import { openEmbeddedStore } from "../server/store/embedded/store.ts";
import { openMongoStore } from "../server/store/mongodb/store.ts";
import type { Collection, Store } from "../server/store/port.ts";
import { api } from "../tests/support/api.ts";
import { signInAdmin } from "../tests/support/purchase.ts";
import { startServer } from "../tests/support/server.ts";

const { values } = parseArgs({
  options: {
    films: { type: "string", default: "20000" },
    orders: { type: "string", default: "100000" },
    mongodb: { type: "string" },
  },
});
const FILMS = Number(values.films);
const ORDERS = Number(values.orders);
const BUDGET_P95_MS = 50;
const CALLS = 60;
/** Orders written in one turn: the embedded store gives them one transaction. */
const AT_ONCE = values.mongodb === undefined ? 4_000 : 200;
const ORDERS_PER_SHOWTIME = 400;
const ORDERS_PER_CUSTOMER = 40;
/** Two years of purchases, the last one a moment ago. */
const SPAN_MS = 2 * 365 * 86_400_000;
const FILMS_PER_FILE = 5_000;

const WORDS = "el día noche amor casa ciudad perro sombra último secreto hombre mujer mar fuego tiempo luz".split(" ");
const NAMES = "Ana García Marta Pérez Lucía Núñez Hugo Martín Pablo Ruiz Carmen Soto Diego Vidal Elena Castro".split(
  " ",
);
const pick = (list: readonly string[], n: number) => list[n % list.length] ?? "";
const padded = (n: number, length = 20) => n.toString(36).padStart(length, "0");
const titleOf = (n: number) => `${pick(WORDS, n)} ${pick(WORDS, n * 7 + 3)} de ${pick(WORDS, n * 13 + 5)} ${n}`;

const CUSTOMER = { name: "Ana", email: "ana.garcia@example.com", password: "a good long password" };

const dataDir = await mkdtemp(join(tmpdir(), "butaca-bench-"));
const env = { DATA_DIR: dataDir, ...(values.mongodb !== undefined && { MONGODB_URL: values.mongodb }) };
try {
  const customerId = await setUp();
  await fill(customerId);
  process.exitCode = (await measure()) ? 0 : 1;
} finally {
  await rm(dataDir, { recursive: true, force: true });
}

/** Films, and one customer whose history is asked for. Answers the customer's id. */
async function setUp(): Promise<string> {
  const server = await startServer(env);
  const token = await signInAdmin(server.url);
  const began = performance.now();
  for (let from = 0; from < FILMS; from += FILMS_PER_FILE) {
    const count = Math.min(FILMS_PER_FILE, FILMS - from);
    const films = Array.from({ length: count }, (_, n) => ({
      ...{ title: titleOf(from + n), durationMinutes: 90, releaseDate: `${1950 + (n % 75)}-01-01` },
      ...{ status: n % 10 === 0 ? "showing" : "archived", genres: [`Género ${n % 20}`] },
    }));
    const { status, body } = await api(server.url)("POST", "/films/import", films, { token });
    if (status !== 200) throw new Error(JSON.stringify(body));
  }
  tell("films imported", FILMS, began);
  const { body } = await api(server.url)("POST", "/auth/register", CUSTOMER);
  await server.close();
  return body.user.id;
}

async function fill(customerId: string): Promise<void> {
  const { mongodb: url } = values;
  const store: Store = url === undefined ? await openEmbeddedStore({ dataDir }) : await openMongoStore({ url });
  const orders = store.collection(bookings) as unknown as Collection<OrderDoc>;
  const began = performance.now();
  for (let from = 0; from < ORDERS; from += AT_ONCE) {
    const count = Math.min(AT_ONCE, ORDERS - from);
    await Promise.all(Array.from({ length: count }, (_, n) => insert(orders, from + n, customerId)));
    if (from > 0 && from % (AT_ONCE * 50) === 0) tell("orders so far", from, began);
  }
  tell("orders written", ORDERS, began);
  await store.close();
}

async function insert(orders: Collection<OrderDoc>, n: number, customerId: string): Promise<void> {
  const inserted = await orders.insert(orderOf(n, customerId));
  if (!inserted.ok) throw new Error(`order ${n}: ${inserted.index} is taken`);
}

/** The n-th order, oldest first; every fortieth customer in turn is the one who asks. */
function orderOf(n: number, customerId: string): Omit<OrderDoc, "version"> {
  const createdAt = new Date(Date.now() - SPAN_MS + (n / ORDERS) * SPAN_MS).toISOString();
  const show = Math.floor(n / ORDERS_PER_SHOWTIME);
  const film = { id: `flm_${padded(show % 500)}`, title: titleOf(show % 500) };
  const buyer = n % Math.ceil(ORDERS / ORDERS_PER_CUSTOMER);
  const name = `${pick(NAMES, n * 2)} ${pick(NAMES, n * 6 + 1)}`;
  const contact = n % 3 === 0 ? undefined : { name, email: `buyer${buyer}@example.com` };
  const isConfirmed = n % 10 !== 0;
  const lines = [0, 1].map((seat) => ({
    ...{ seatId: `A${(n % ORDERS_PER_SHOWTIME) * 2 + seat}`, index: (n % ORDERS_PER_SHOWTIME) * 2 + seat },
    ...{ ticketTypeId: "tty_adult", ticketTypeName: "Adulto", zone: "standard" as const, price: 950 },
  }));
  const id = `ord_${padded(n)}`;
  const tickets = lines.map(({ seatId }) => ({ id: `tik_${id.slice(4)}${seatId}`, seatId, code: "c".repeat(250) }));
  const receipt = {
    receiptSeries: "A2026",
    receiptSeq: n,
    receiptNumber: `A2026-${n}`,
    tickets,
    confirmedAt: createdAt,
  };
  const showtimeId = `sht_${padded(show)}`;
  return {
    ...{ id, kind: "order", number: numberOf(n), status: isConfirmed ? "confirmed" : "expired", channel: "web" },
    ...{ sessionId: `ses_${padded(n)}`, customerId: buyer === 7 ? customerId : `usr_${padded(buyer)}`, contact },
    ...{ showtimeId, film, startsAt: createdAt, auditorium: { id: "aud_1", name: "Sala 1" } },
    ...{ lines, total: 1900, currency: "EUR", discounts: [], refunds: [], deadlineAt: 0 },
    ...(isConfirmed && { ...receipt, claims: lines.map(({ seatId }) => `${showtimeId}:${seatId}`) }),
    seller: { cinemaName: "Cine", legalName: "Cine S.L.", taxId: "B00000000", address: "Calle Mayor 1", vatRate: 10 },
    payment: { method: "card", provider: "simulated", status: isConfirmed ? "captured" : "cancelled", attempts: [] },
    hold: { token: "hld_x", expiresAt: 0, capAt: 0, graces: 0 },
    ...{ findKeys: findKeysOf({ contact, film }), revision: 1, createdAt, updatedAt: createdAt },
  };
}

/** A number of six letters, another for each order. */
function numberOf(n: number): string {
  const text = [...n.toString(16).padStart(6, "0")].map((digit) => "34679CFHKMNRTWXY"[Number.parseInt(digit, 16)]);
  return `${text.slice(0, 3).join("")}-${text.slice(3).join("")}`;
}

/** Asks everything often enough; false when something took longer than the budget. */
async function measure(): Promise<boolean> {
  const server = await startServer(env);
  try {
    const token = await signInAdmin(server.url);
    const { email, password } = CUSTOMER;
    const login = await api(server.url)("POST", "/auth/login", { email, password });
    let allWithin = true;
    for (const [name, path, by] of queries()) {
      const asked = { token: by === "customer" ? login.body.token : token };
      const { p50, p95, cpu, items } = await timesOf(() => api(server.url)("GET", path(), undefined, asked));
      allWithin &&= p95 <= BUDGET_P95_MS;
      const verdict = p95 <= BUDGET_P95_MS ? "" : `  over ${BUDGET_P95_MS} ms`;
      const said = `p50 ${p50.toFixed(1)} ms, p95 ${p95.toFixed(1)} ms, CPU ${cpu.toFixed(1)} ms`;
      console.log(`${name.padEnd(30)} ${said}, ${items} items${verdict}`);
    }
    return allWithin;
  } finally {
    await server.close();
  }
}

function queries(): [name: string, path: () => string, by: "staff" | "customer"][] {
  const any = () => Math.floor(Math.random() * ORDERS);
  const day = () => new Date(Date.now() - Math.random() * SPAN_MS).toISOString().slice(0, 10);
  const film = () => `flm_${padded(any() % Math.min(500, Math.ceil(ORDERS / ORDERS_PER_SHOWTIME)))}`;
  const show = () => `sht_${padded(Math.floor(any() / ORDERS_PER_SHOWTIME))}`;
  const buyer = () => `buyer${any() % Math.ceil(ORDERS / ORDERS_PER_CUSTOMER)}@example.com`;
  return [
    ["films, list", () => "/films", "staff"],
    ["films, a common word", () => "/films?q=dia", "staff"],
    ["films, two words", () => "/films?q=perro%20amor", "staff"],
    ["orders, newest", () => "/orders", "staff"],
    ["orders, 200 at once", () => "/orders?limit=200", "staff"],
    ["orders, a number", () => `/orders?number=${numberOf(any())}`, "staff"],
    ["orders, a status", () => "/orders?status=expired", "staff"],
    ["orders, an address", () => `/orders?email=${buyer()}`, "staff"],
    ["orders, a film", () => `/orders?filmId=${film()}`, "staff"],
    ["orders, a day of shows", () => `/orders?day=${day()}`, "staff"],
    ["orders, a film on a day", () => `/orders?day=${day()}&filmId=${film()}`, "staff"],
    ["orders, a showtime", () => `/orders?showtimeId=${show()}`, "staff"],
    ["orders, a seat", () => `/orders?showtimeId=${show()}&seat=A${any() % 800}`, "staff"],
    ["orders, a name", () => `/orders?q=${encodeURIComponent(pick(NAMES, any()))}`, "staff"],
    ["orders, a name and a title", () => `/orders?q=${encodeURIComponent(`${pick(NAMES, any())} perro`)}`, "staff"],
    ["orders, words that never meet", () => "/orders?q=garcia%20zzzz", "staff"],
    ["orders, a span of time", () => `/orders?from=${day()}T00:00:00Z&status=confirmed`, "staff"],
    ["own history", () => "/me/orders", "customer"],
  ];
}

async function timesOf(ask: () => ReturnType<ReturnType<typeof api>>) {
  const took: number[] = [];
  let items = 0;
  const before = process.cpuUsage();
  for (let n = 0; n < CALLS; n++) {
    const at = performance.now();
    const { status, body } = await ask();
    took.push(performance.now() - at);
    if (status !== 200) throw new Error(JSON.stringify(body));
    items = body.items.length;
  }
  const { user, system } = process.cpuUsage(before);
  took.sort((a, b) => a - b);
  const cpu = (user + system) / 1000 / CALLS;
  return { cpu, p50: took[Math.floor(CALLS * 0.5)] ?? 0, p95: took[Math.floor(CALLS * 0.95)] ?? 0, items };
}

function tell(what: string, count: number, began: number): void {
  const seconds = (performance.now() - began) / 1000;
  console.log(`${count} ${what} in ${seconds.toFixed(1)} s (${Math.round(count / seconds)} a second)`);
}
