import type { Registry } from "prom-client";
import { type Clock, systemClock } from "./basics/clock.ts";
import type { Config } from "./config.ts";
import { createMetrics } from "./http/plugins/metrics.ts";
import { createMemorySeatMap } from "./seatmap/memory/map.ts";
import type { SeatMap } from "./seatmap/port.ts";
import { openRedisSeatMap } from "./seatmap/redis/map.ts";
import { openEmbeddedStore } from "./store/embedded/store.ts";
import { identify, type Lease, takeLease } from "./store/installation.ts";
import { StoreIsNewer } from "./store/migrations/migrate.ts";
import { type Store, StoreUnavailable } from "./store/port.ts";

/** What is behind the ports; opened here, closed here. */
export interface Parts {
  clock: Clock;
  metrics: Registry;
  store: Store;
  /** As it is: answers `not_loaded` for what it does not know. Rooms get one that loads. */
  map: SeatMap;
  close(): Promise<void>;
}

/** What tests may replace. */
export interface Overrides {
  clock?: Clock;
}

/** The server can't start for a reason that its operator can mend; the message begins with the variable to look at. */
export class StartRefused extends Error {
  override name = "StartRefused";
}

/**
 * Opens store and seat map. `onLost`: another process serves the store now; this one must stop.
 * Throws `StartRefused`, and leaves nothing open then.
 */
export async function openParts(config: Config, overrides: Overrides, onLost: () => void): Promise<Parts> {
  const store = await openStore(config);
  let lease: Lease | null = null;
  try {
    lease = config.REDIS_URL === undefined ? await serveAlone(store, config, onLost) : null;
    const map = await openMap(config, store);
    return {
      clock: overrides.clock ?? systemClock,
      metrics: createMetrics(),
      store,
      map,
      async close() {
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

async function openStore({ DATA_DIR }: Config): Promise<Store> {
  try {
    return await openEmbeddedStore({ dataDir: DATA_DIR });
  } catch (error) {
    if (error instanceof StoreIsNewer || error instanceof StoreUnavailable)
      throw new StartRefused(`DATA_DIR: ${error.message}`);
    throw error;
  }
}

/** Seat maps in a process's memory know nothing of another's: a store without Redis has one server at a time. */
async function serveAlone(store: Store, { DATA_DIR }: Config, onLost: () => void): Promise<Lease> {
  const taken = await takeLease(store, { onLost });
  if (taken.ok) return taken.lease;
  throw new StartRefused(
    `DATA_DIR: ${DATA_DIR} is served by ${taken.who}; with a REDIS_URL several servers can share it`,
  );
}

async function openMap({ REDIS_URL }: Config, store: Store): Promise<SeatMap> {
  if (REDIS_URL === undefined) return createMemorySeatMap();
  try {
    return await openRedisSeatMap({ url: REDIS_URL, storeId: await identify(store) });
  } catch (error) {
    throw new StartRefused(error instanceof Error ? error.message : String(error));
  }
}
