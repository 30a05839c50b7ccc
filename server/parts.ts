import { randomBytes } from "node:crypto";
import { join } from "node:path";
import type { Registry } from "prom-client";
import { type Clock, systemClock, timestamp } from "./basics/clock.ts";
import type { Reached } from "./booking/points.ts";
import { type Config, StartRefused } from "./config.ts";
import { createMetrics } from "./http/plugins/metrics.ts";
import type { HostedPage, PaymentProvider } from "./payment/port.ts";
import { PROVIDER_COLLECTIONS } from "./payment/simulated/attempts.ts";
import type { Callback } from "./payment/simulated/callbacks.ts";
import { createSimulatedClient } from "./payment/simulated/client.ts";
import { createSimulatedProvider } from "./payment/simulated/provider.ts";
import { createMemorySeatMap } from "./seatmap/memory/map.ts";
import type { SeatMap } from "./seatmap/port.ts";
import { keys } from "./store/collections.ts";
import { openEmbeddedStore } from "./store/embedded/store.ts";
import { identify, type Lease, serveAlone, serveTogether } from "./store/installation.ts";
import { StoreIsNewer } from "./store/migrations/migrate.ts";
import { type Store, StoreUnavailable } from "./store/port.ts";

/** What is behind the ports; opened here, closed here. */
export interface Parts {
  clock: Clock;
  metrics: Registry;
  store: Store;
  /** As it is: answers `not_loaded` for what it does not know. Rooms get one that loads. */
  map: SeatMap;
  payment: Payment;
  close(): Promise<void>;
}

/** The payment provider, and what it needs of us beyond its port. */
export interface Payment {
  provider: PaymentProvider;
  /** Its page, where we have to serve it. */
  page?: HostedPage;
  /** Who takes callbacks that come without a network. */
  onCallback(take: (callback: Callback) => Promise<void>): void;
}

/** What tests may replace. */
export interface Overrides {
  clock?: Clock;
  /** Closed with the server. */
  payment?: Payment;
  /** Called at each point of every purchase. */
  reached?: Reached;
}

/** What the parts tell the server that opened them. */
export interface PartsNews {
  /** Another process serves the store now; this one must stop. */
  onLost(): void;
  warn(details: object, message: string): void;
}

/** Opens store and seat map. Throws `StartRefused`, and leaves nothing open then. */
export async function openParts(config: Config, overrides: Overrides, news: PartsNews): Promise<Parts> {
  const store = await openStore(config);
  let lease: Lease | null = null;
  try {
    lease = await serve(store, config, news.onLost);
    const map = await openMap(config, store, news);
    const payment = overrides.payment ?? (await openPayment(config, store));
    return {
      clock: overrides.clock ?? systemClock,
      metrics: createMetrics(),
      store,
      map,
      payment,
      async close() {
        await payment.provider.close();
        await map.close();
        await lease?.release();
        await store.close();
      },
    };
  } catch (error) {
    await lease?.release();
    await store.close();
    throw error;
  }
}

/** The store of the settings. Throws `StartRefused` when it can't be used. */
export function openStore({ DATA_DIR, MONGODB_URL }: Config): Promise<Store> {
  if (MONGODB_URL === undefined) return naming("DATA_DIR", () => openEmbeddedStore({ dataDir: DATA_DIR }));
  return naming("MONGODB_URL", async () => {
    // Loaded where it is used: a cinema on one machine need not start with the driver.
    const { openMongoStore } = await import("./store/mongodb/store.ts");
    return openMongoStore({ url: MONGODB_URL });
  });
}

/** Opens a store; one that can't be used is told under the variable that says where it is. */
async function naming(variable: string, open: () => Promise<Store>): Promise<Store> {
  try {
    return await open();
  } catch (error) {
    if (error instanceof StoreIsNewer || error instanceof StoreUnavailable)
      throw new StartRefused(`${variable}: ${error.message}`);
    throw error;
  }
}

/** Seat maps in a process's memory know nothing of another's: a store without Redis has one server at a time. */
async function serve(store: Store, config: Config, onLost: () => void): Promise<Lease> {
  const { DATA_DIR, MONGODB_URL, REDIS_URL } = config;
  const taken = await (REDIS_URL === undefined ? serveAlone : serveTogether)(store, { onLost });
  if (taken.ok) return taken.lease;
  // Not the URL itself: it may hold a password.
  const what = MONGODB_URL === undefined ? `DATA_DIR: ${DATA_DIR}` : "MONGODB_URL: that database";
  throw new StartRefused(
    `${what} is served by ${taken.who}; several servers can share it when each has the same REDIS_URL`,
  );
}

async function openMap({ REDIS_URL }: Config, store: Store, logger: PartsNews): Promise<SeatMap> {
  if (REDIS_URL === undefined) return createMemorySeatMap();
  try {
    // Loaded where it is used, as the driver of the database.
    const { openRedisSeatMap } = await import("./seatmap/redis/map.ts");
    return await openRedisSeatMap({ url: REDIS_URL, storeId: await identify(store), logger });
  } catch (error) {
    throw new StartRefused(error instanceof Error ? error.message : String(error));
  }
}

/** In-process, with books of its own in `DATA_DIR`, wherever the store is, unless it is told to be elsewhere. */
async function openPayment(config: Config, store: Store): Promise<Payment> {
  const secret = await webhookSecret(store);
  const { SIMULATED_PROVIDER_URL: url, PUBLIC_URL } = config;
  if (url !== undefined) {
    const callbackUrl = PUBLIC_URL && new URL("/api/v1/payments/webhooks/simulated", PUBLIC_URL).href;
    return { provider: createSimulatedClient({ url, secret, callbackUrl }), onCallback: () => {} };
  }
  let take = async (_callback: Callback): Promise<void> => {};
  const dataDir = join(config.DATA_DIR, "provider");
  const books = await naming("DATA_DIR", () => openEmbeddedStore({ dataDir, collections: PROVIDER_COLLECTIONS }));
  const provider = createSimulatedProvider({ store: books, secret, deliver: (callback) => take(callback) });
  return {
    provider,
    page: provider.page,
    onCallback(taker) {
      take = taker;
    },
  };
}

/** What callbacks are signed with; made once per installation, shared by its servers. */
async function webhookSecret(store: Store): Promise<string> {
  const collection = store.collection(keys);
  const jwk = { kty: "oct", k: randomBytes(32).toString("base64url") };
  await collection.insert({ id: "webhook-1", use: "webhook", jwk, createdAt: timestamp(Date.now()) });
  return String((await collection.get("webhook-1"))?.jwk.k);
}
