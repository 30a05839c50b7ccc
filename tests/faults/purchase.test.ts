import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { PURCHASE_POINTS, type PurchasePoint } from "../../server/booking/points.ts";
import type { Order } from "../../server/protocol/resources.ts";
import { times } from "../support/counts.ts";
import { type Dice, diceOf } from "../support/dice.ts";
import { type ServerProcess, spawnServer } from "../support/process.ts";
import { spawnProvider } from "../support/provider.ts";
import { openShopper, type Stage, setStage } from "../support/purchase.ts";
import { CHILD, finalAnswer, openCluster, rest } from "../support/purchase-cluster.ts";
import { type Interrupted, orderAgain, type Stopped, stopAmidPurchases } from "../support/purchase-deaths.ts";
import { hasRedis } from "../support/redis.ts";

/**
 * A server dies, as by SIGKILL, in the middle of many purchases, again and again on one store. The provider is a
 * process of its own, with its own file, and lives.
 */
const WINDOW_S = 3;
/** What a purchase may take to come to its end without anybody's help. */
const ENDED_WITHIN_MS = (WINDOW_S + 10) * 1000;
/** A buyer's key is free to be taken over after this long. */
const TAKEOVER_MS = 15_000;
/** Buyers of one death, and how many of them must have reached its point. */
const BUYERS = times(10, 40, 40);
const ARRIVED = times(5, 22, 22);
/** Purchases that must have been caught at each point; between approval and confirmation, at both points together. */
const AT_EACH_POINT = times(1, 20, 200);
const AFTER_APPROVAL = times(1, 200, 2_000);
/** On a laptop one death at a point of chance. */
const DEATHS_MAX = times(1, 1_000, 10_000);
const APPROVED: readonly PurchasePoint[] = ["charge-answered", "capture-recorded"];

/** A cinema whose selling server dies over and over. */
interface Season {
  stage: Stage;
  ledger: Awaited<ReturnType<typeof spawnProvider>>;
  /** The server that dies next, started when it is needed and no later. */
  victim(): Promise<ServerProcess>;
  /** A server that is alive: seats are held there, and it looks after what the dead leave behind. */
  survivor(): Promise<ServerProcess>;
  /** Whether holds outlive the server that sold. */
  keepsHolds: boolean;
  close(): Promise<void>;
}

/** One server on its own directory: it dies, and the next one starts on what is left. */
async function alone(): Promise<Season> {
  const [ledger, dataDir] = [await spawnProvider(), await mkdtemp(join(tmpdir(), "butaca-deaths-"))];
  const env = {
    ...{ DATA_DIR: dataDir, PAYMENT_WINDOW_S: `${WINDOW_S}`, SIMULATED_PROVIDER_URL: ledger.url },
    GUEST_SEATS_PER_NETWORK: "100000",
  };
  let server = await spawnServer(env, CHILD);
  const living = async () => {
    if (server.child.signalCode !== null) server = await spawnServer(env, CHILD);
    return server;
  };
  return {
    ...{ stage: await setStage(server.url, { rowWidth: 95 }), ledger, victim: living, survivor: living },
    keepsHolds: false,
    async close() {
      await server.close();
      await ledger.close();
      await rm(dataDir, { recursive: true, force: true });
    },
  };
}

/** Two servers on one Redis and one directory: one dies, the other lives; a third is on its way. */
async function together(): Promise<Season> {
  const cluster = await openCluster({ mongo: false, env: { PAYMENT_WINDOW_S: `${WINDOW_S}` }, entry: CHILD });
  const [survivor, first] = cluster.servers as [ServerProcess, ServerProcess];
  let next: Promise<ServerProcess> = Promise.resolve(first);
  return {
    ...{ stage: await setStage(survivor.url, { rowWidth: 95 }), ledger: cluster.provider },
    async victim() {
      const victim = await next;
      if (DEATHS_MAX > 1) {
        next = cluster.start();
        next.catch(() => {});
      }
      return victim;
    },
    survivor: async () => survivor,
    keepsHolds: true,
    async close() {
      await next.catch(() => {});
      await cluster.close();
    },
  };
}

describe.concurrent("the server dies in the middle of purchases", {
  timeout: times(60_000, 600_000, 6_000_000),
}, () => {
  it("[C25] one server: no order is lost, no seat sold twice, no money without an order", () => deaths(alone));

  it.skipIf(!hasRedis)("[C25] [C60] two servers: the same, and the one that lives ends what the other began", () =>
    deaths(together),
  );

  async function deaths(open: () => Promise<Season>): Promise<void> {
    const seed = Number(process.env.SEED ?? Date.now() % 1_000_000);
    const dice = diceOf(seed);
    const caught = new Map<PurchasePoint, number>(PURCHASE_POINTS.map((point) => [point, 0]));
    let count = 0;
    while (nextPoint(caught, count, dice) !== null) {
      const season = await open();
      try {
        const stopped: Stopped[] = [];
        for (let first = 0; first + BUYERS <= season.stage.seats.length; first += BUYERS) {
          const point = nextPoint(caught, count, dice);
          if (point === null) break;
          stopped.push(await die(season, point, first));
          for (const at of stopped.at(-1)?.points.values() ?? []) caught.set(at, (caught.get(at) ?? 0) + 1);
          count++;
        }
        await checkBooks(season, stopped);
      } finally {
        await season.close();
      }
    }
    console.log(
      `seed ${seed}: ${count} deaths caught purchases at ${[...caught].map((each) => each.join(" ")).join(", ")}`,
    );
  }

  /** Any point that was not met often enough; null: all were. */
  function nextPoint(caught: Map<PurchasePoint, number>, deaths: number, dice: Dice): PurchasePoint | null {
    if (deaths >= DEATHS_MAX) return null;
    const rare = PURCHASE_POINTS.filter((point) => (caught.get(point) ?? 0) < AT_EACH_POINT);
    if (rare.length > 0) return dice.pick(rare);
    const approved = APPROVED.reduce((sum, point) => sum + (caught.get(point) ?? 0), 0);
    return approved < AFTER_APPROVAL ? dice.pick(APPROVED) : null;
  }

  async function die({ stage, victim, survivor }: Season, point: PurchasePoint, first: number): Promise<Stopped> {
    const server = await victim();
    const seats = stage.seats.slice(first, first + BUYERS);
    const { url: holdAt } = await survivor();
    const stopped = await stopAmidPurchases({ server, stage, seats, point, count: ARRIVED, by: "SIGKILL", holdAt });
    for (const { shopper } of stopped.buyers) shopper.close();
    return stopped;
  }

  async function checkBooks(season: Season, stopped: Stopped[]): Promise<void> {
    const { stage, ledger } = season;
    const { url } = await season.survivor();
    const { orders, faults } = await rest(url, stage, ledger, ENDED_WITHIN_MS);
    expect(faults).toEqual([]);
    const byId = new Map(orders.map((order) => [order.id, order]));
    for (const { points, at } of stopped) {
      for (const [orderId, point] of points) {
        const order = byId.get(orderId);
        expect([point, order?.status ?? "none"]).toEqual([point, expect.toBeOneOf(HELD_TO[point])]);
        if (!order?.confirmedAt || !season.keepsHolds) continue;
        expect(Date.parse(order.confirmedAt) - at).toBeLessThan(ENDED_WITHIN_MS);
      }
    }
    const gone: boolean[] = [];
    for (const { buyers } of stopped)
      gone.push(...(await Promise.all(buyers.map((one) => repeatKey(url, stage, one, orders)))));
    // Who was not heard of still has the hold, unless it went with the server; a payment begun and left is given up.
    const left = stopped
      .flatMap(({ points }) => [...points.values()])
      .filter((point) => HELD_TO[point].includes("none"));
    if (season.keepsHolds) expect(gone.filter(Boolean).length).toBeLessThanOrEqual(left.length);
    expect((await rest(url, stage, ledger, ENDED_WITHIN_MS)).faults).toEqual([]);
  }

  /**
   * The buyer's app asks again with the same key: the same order, or, where there never was one, a new one while the
   * hold lives. Answers whether the hold was over.
   */
  async function repeatKey(url: string, stage: Stage, interrupted: Interrupted, orders: Order[]): Promise<boolean> {
    const shopper = await openShopper(url, stage, interrupted.shopper.token);
    const { status, body } = await finalAnswer(() => orderAgain({ ...interrupted, shopper }), TAKEOVER_MS);
    shopper.close();
    const order = orders.find(({ lines }) => lines[0]?.seatId === interrupted.seat);
    if (order !== undefined) expect([status, body.id]).toEqual([201, order.id]);
    else
      expect([status, body.code]).toBeOneOf([
        [201, undefined],
        [410, "hold_expired"],
      ]);
    return status === 410;
  }

  /** What became of an order, by the last point that it reached: the step after it may have been done or not. */
  const HELD_TO: Record<PurchasePoint, string[]> = {
    "idempotency-recorded": ["none"],
    "payment-begun": ["none", "expired"],
    "order-inserted": ["expired"],
    attached: ["expired"],
    "attempt-recorded": ["expired"],
    "charge-sent": ["expired", "confirmed"],
    "charge-answered": ["confirmed"],
    "capture-recorded": ["confirmed"],
    confirmed: ["confirmed"],
    "map-told": ["confirmed"],
  };
});
