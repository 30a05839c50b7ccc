/** One cinema on several built servers: seats in a real Redis, documents in a real MongoDB, money in a process apart. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Order } from "../../server/protocol/resources.ts";
import { hasMongo, startMongo, type TestMongo } from "./mongodb.ts";
import { eventually } from "./poll.ts";
import { type ServerProcess, spawnServer } from "./process.ts";
import { type ProviderProcess, spawnProvider } from "./provider.ts";
import { allOrders, faultsOf, type Stage, seatStates, signInAdmin } from "./purchase.ts";
import { hasRedis, startRedis, type TestRedis } from "./redis.ts";

/** For `describe.skipIf(!hasCluster)`. */
export const hasCluster: boolean = hasRedis && hasMongo;

/** The server that stops in the middle of purchases when it is told to; see `stopAt`. */
export const CHILD = "tests/support/purchase-child.mjs";

export interface ClusterOptions {
  /** Servers to begin with. */
  servers?: number;
  /** Without: one directory that all servers share. */
  mongo?: boolean;
  env?: Record<string, string>;
  entry?: string;
}

export interface Cluster {
  redis: TestRedis;
  mongo: TestMongo | null;
  provider: ProviderProcess;
  /** What each server is started with. */
  env: Record<string, string>;
  /** Those that there were at the beginning. */
  servers: ServerProcess[];
  /** Starts another one; it is closed with the cluster. */
  start(env?: Record<string, string>): Promise<ServerProcess>;
  close(): Promise<void>;
}

let opening: Promise<unknown> = Promise.resolve();

/** One after the other, for who asks for several: a dozen processes that start at once keep each other waiting. */
export function openCluster(options: ClusterOptions = {}): Promise<Cluster> {
  const opened = opening.then(() => openNow(options));
  opening = opened.catch(() => {});
  return opened;
}

async function openNow(options: ClusterOptions): Promise<Cluster> {
  const closings: (() => unknown)[] = [];
  const opened = <T>(one: T, close: () => unknown): T => {
    closings.push(close);
    return one;
  };
  const close = async () => {
    for (const closing of closings.splice(0).reverse()) await closing();
  };
  try {
    const [redis, mongo, provider] = await Promise.all([
      startRedis().then((one) => opened(one, one.stop)),
      options.mongo === false ? null : startMongo().then((one) => opened(one, one.stop)),
      spawnProvider().then((one) => opened(one, one.close)),
    ]);
    const env: Record<string, string> = {
      ...{ REDIS_URL: redis.url, SIMULATED_PROVIDER_URL: provider.url, GUEST_SEATS_PER_NETWORK: "100000" },
      ...(mongo === null ? { DATA_DIR: await sharedDirectory(opened) } : { MONGODB_URL: mongo.database() }),
      ...options.env,
    };
    const start = async (more: Record<string, string> = {}) => {
      const server = await spawnServer({ ...env, ...more }, options.entry);
      return opened(server, server.close);
    };
    const servers = await Promise.all(Array.from({ length: options.servers ?? 2 }, () => start()));
    return { redis, mongo, provider, env, servers, start, close };
  } catch (error) {
    await close();
    throw error;
  }
}

async function sharedDirectory(opened: <T>(one: T, close: () => unknown) => T): Promise<string> {
  const dataDir = await mkdtemp(join(tmpdir(), "butaca-cluster-"));
  return opened(dataDir, () => rm(dataDir, { recursive: true, force: true }));
}

export interface Rest {
  orders: Order[];
  /** What is wrong between the three books; see `faultsOf`. */
  faults: string[];
}

/**
 * Waits until every order of a server has come to its end, and compares the books of a cinema with one stage.
 * The map may be told a moment after the ledger, so books that differ are looked at again.
 */
export async function rest(
  url: string,
  stage: Stage,
  provider: Pick<ProviderProcess, "ledger">,
  within: number,
): Promise<Rest> {
  const adminToken = await signInAdmin(url);
  const isOpen = ({ status, payment, refunds }: Order) =>
    [status, payment.status, ...refunds.map((refund) => refund.status)].includes("pending");
  const compare = async (): Promise<Rest> => {
    const orders = await allOrders(url, adminToken);
    const held = orders
      .filter(isOpen)
      .map(({ id, status, payment }) => `${id} is ${status}, its payment ${payment.status}`);
    if (held.length > 0) return { orders, faults: held };
    const [ledger, states] = [await provider.ledger(), await seatStates(url, stage)];
    return { orders, faults: faultsOf({ orders, ledger, states }) };
  };
  const until = Date.now() + within;
  for (;;) {
    const found = await compare();
    if (found.faults.length === 0 || Date.now() > until) return found;
    await new Promise((resolve) => setTimeout(resolve, 250));
  }
}

/** Asks until an answer comes that is final: no lost connection, no 5xx, nobody else busy with the same key. */
export function finalAnswer<T extends { status: number; body: { code?: string } }>(
  ask: () => Promise<T>,
  within: number,
): Promise<T> {
  const isFinal = ({ status, body }: T) => status < 500 && body.code !== "idempotency_in_progress";
  return eventually(
    async () => {
      const answer = await ask().catch(() => null);
      return answer !== null && isFinal(answer) ? answer : null;
    },
    within,
    "a final answer",
  );
}
