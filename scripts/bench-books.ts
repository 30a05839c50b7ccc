/**
 * How long lists, searches and histories of big books take, over HTTP:
 * `npm run bench:books -- [--films N] [--orders N] [--mongodb URL|wire] [--keep DIR]`. A cinema of years is 20,000 films and
 * 2,000,000 orders; `wire` starts the MongoDB wire server of the tests. The store is filled in bulk with the same documents
 * and indexes as by selling; with `--keep` an embedded one stays in that directory and is not filled again. Prints how fast that was, p50/p95 per query, and the CPU that one took of server and
 * client together (what is left of a busy machine); exits with 1 when a p95 is over the budget.
 */
import { existsSync } from "node:fs";
import { mkdir, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { COLLECTIONS } from "../server/store/collections.ts";
import { pagesOf } from "../server/store/copying.ts";
import { STORE_FILE } from "../server/store/embedded/environment.ts";
import * as embedded from "../server/store/embedded/fill.ts";
import { openEmbeddedStore } from "../server/store/embedded/store.ts";
import * as mongodb from "../server/store/mongodb/fill.ts";
import { api } from "../tests/support/api.ts";
import { startMongo } from "../tests/support/mongodb.ts";
import { signInAdmin } from "../tests/support/purchase.ts";
import { startServer } from "../tests/support/server.ts";
import { type Books, orderOf, titleOf } from "./books/orders.ts";
import { type Question, questionsOf } from "./books/queries.ts";

const { values } = parseArgs({
  options: {
    films: { type: "string", default: "20000" },
    orders: { type: "string", default: "100000" },
    mongodb: { type: "string" },
    keep: { type: "string" },
  },
});
const FILMS = Number(values.films);
const ORDERS = Number(values.orders);
const BUDGET_P95_MS = 50;
const CALLS = 100;
/** Asked before anything is measured, so that code is compiled and pages of the store are in memory. */
const WARM_UP_CALLS = 5;
/** Of one query, all its calls. */
const LONGEST_MS = 30_000;
const FILMS_PER_FILE = 5_000;
const ORDERS_AT_ONCE = 1_000;
const TELL_EVERY = 100_000;

const CUSTOMER = { name: "Ana", email: "ana.garcia@example.com", password: "a good long password" };

const dir = await mkdtemp(join(tmpdir(), "butaca-bench-"));
const wire = values.mongodb === "wire" ? await startMongo() : null;
const url = wire?.database() ?? values.mongodb;
try {
  const source = join(dir, "source");
  const target = values.keep ?? join(dir, "target");
  const books: Books = { count: ORDERS, customerId: "" };
  if (!existsSync(join(target, STORE_FILE))) {
    await mkdir(target, { recursive: true });
    books.customerId = await makeCinema(source);
    await fill(source, target, books);
  }
  process.exitCode = (await measure(target, questionsOf(books))) ? 0 : 1;
} finally {
  await wire?.stop();
  await rm(dir, { recursive: true, force: true });
}

/** A cinema without orders: films, and one customer whose history is asked for. Answers the customer's id. */
async function makeCinema(dataDir: string): Promise<string> {
  const server = await startServer({ DATA_DIR: dataDir });
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

/** Copies the cinema into the store that is measured, and adds the orders. */
async function fill(source: string, target: string, books: Books): Promise<void> {
  const cinema = await openEmbeddedStore({ dataDir: source });
  const filling = await (url === undefined ? embedded.beginFilling(target) : mongodb.beginFilling(url, COLLECTIONS));
  try {
    for await (const { collection, documents } of pagesOf(cinema)) await filling.add(collection, documents);
    const [began, now] = [performance.now(), Date.now()];
    for (let from = 0; from < ORDERS; from += ORDERS_AT_ONCE) {
      const count = Math.min(ORDERS_AT_ONCE, ORDERS - from);
      const orders = Array.from({ length: count }, (_, n) => orderOf(from + n, books, now));
      await filling.add("bookings", orders);
      if (from > 0 && from % TELL_EVERY === 0) tell("orders so far", from, began);
    }
    await filling.finish();
    tell("orders written and indexed", ORDERS, began);
  } finally {
    await filling.close();
    await cinema.close();
  }
}

/** Asks everything often enough; false when something took longer than the budget. */
async function measure(dataDir: string, questions: readonly Question[]): Promise<boolean> {
  const server = await startServer({ DATA_DIR: dataDir, ...(url !== undefined && { MONGODB_URL: url }) });
  try {
    const token = await signInAdmin(server.url);
    const { email, password } = CUSTOMER;
    const login = await api(server.url)("POST", "/auth/login", { email, password });
    let over = 0;
    for (const { name, path, by } of questions) {
      const asked = { token: by === "customer" ? login.body.token : token };
      const { p50, p95, cpu, items, refused } = await timesOf(() => api(server.url)("GET", path(), undefined, asked));
      const isOver = p95 > BUDGET_P95_MS || refused > 0;
      if (isOver) over += 1;
      const verdict = isOver ? `  over ${BUDGET_P95_MS} ms${refused > 0 ? `, ${refused} x 503` : ""}` : "";
      const said = `p50 ${p50.toFixed(1)} ms, p95 ${p95.toFixed(1)} ms, CPU ${cpu.toFixed(1)} ms`;
      console.log(`${name.padEnd(30)} ${said}, ${items} items${verdict}`);
    }
    const where = `${FILMS} films and ${ORDERS} orders, ${url === undefined ? "embedded store" : "MongoDB"}`;
    console.log(`${where}: ${questions.length - over} of ${questions.length} within ${BUDGET_P95_MS} ms at p95`);
    return over === 0;
  } finally {
    await server.close();
  }
}

async function timesOf(ask: () => ReturnType<ReturnType<typeof api>>) {
  const took: number[] = [];
  let [items, refused] = [0, 0];
  // A database may still be at what nobody waits for any more.
  const quiet = performance.now() + LONGEST_MS;
  for (let calm = 0; calm < WARM_UP_CALLS && performance.now() < quiet; )
    calm = (await ask()).status === 200 ? calm + 1 : 0;
  const before = process.cpuUsage();
  // A query that is far over the budget is not asked a hundred times.
  const until = performance.now() + LONGEST_MS;
  while (took.length < CALLS && performance.now() < until) {
    const at = performance.now();
    const { status, body } = await ask();
    took.push(performance.now() - at);
    if (status === 503) refused += 1;
    else if (status !== 200) throw new Error(JSON.stringify(body));
    else items = body.items.length;
  }
  const { user, system } = process.cpuUsage(before);
  took.sort((a, b) => a - b);
  const at = (share: number) => took[Math.floor(took.length * share)] ?? 0;
  return { cpu: (user + system) / 1000 / took.length, p50: at(0.5), p95: at(0.95), items, refused };
}

function tell(what: string, count: number, began: number): void {
  const seconds = (performance.now() - began) / 1000;
  console.log(`${count} ${what} in ${seconds.toFixed(1)} s (${Math.round(count / seconds)} a second)`);
}
