import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { PURCHASE_POINTS, type PurchasePoint } from "../../server/booking/points.ts";
import type { Order } from "../../server/protocol/resources.ts";
import { times } from "../support/counts.ts";
import { eventually } from "../support/poll.ts";
import { type ServerProcess, spawnServer } from "../support/process.ts";
import { type ProviderProcess, spawnProvider } from "../support/provider.ts";
import {
  allOrders,
  type BuyOptions,
  faultsOf,
  openShopper,
  type Stage,
  seatStates,
  setStage,
  signInAdmin,
} from "../support/purchase.ts";

/**
 * The server dies, as by SIGKILL, at each point of a purchase; the provider is a process of its own, with its own
 * file, and lives. Several cinemas die side by side, each over and over again on one store.
 */
const CHILD = "tests/support/purchase-child.mjs";
const WINDOW_S = 2;
const DEATHS_PER_POINT = times(2, 20, 200);
/** Cinemas that die side by side: one per core of a small machine. */
const CINEMAS = 2;
/** A buyer's key is free to be taken over after this long. */
const TAKEOVER_MS = 15_000;

let provider: ProviderProcess;
beforeAll(async () => {
  provider = await spawnProvider();
});
afterAll(() => provider.close());

interface Attempted {
  key: string;
  token: string;
  seat: string;
  hold: string;
  point: PurchasePoint;
}

/** A cinema whose server dies at the given points, one after the other, and is started again each time. */
async function dieAt(points: readonly PurchasePoint[]) {
  const dataDir = await mkdtemp(join(tmpdir(), "butaca-deaths-"));
  const env = { DATA_DIR: dataDir, PAYMENT_WINDOW_S: String(WINDOW_S), SIMULATED_PROVIDER_URL: provider.url };
  const attempted: Attempted[] = [];
  const start = (point?: PurchasePoint) => spawnServer({ ...env, ...(point && { DIE_AT: point }) }, CHILD);
  let server = await start(points[0]);
  const stage = await setStage(server.url);
  for (const [place, point] of points.entries()) {
    attempted.push(await buyAndDie(server, stage, point, stage.seats[place] as string));
    server = await start(points[place + 1]);
  }
  return {
    ...{ server, stage, attempted },
    async close() {
      await server.close();
      await rm(dataDir, { recursive: true, force: true });
    },
  };
}

async function buyAndDie(server: ServerProcess, stage: Stage, point: PurchasePoint, seat: string): Promise<Attempted> {
  const guest = await openShopper(server.url, stage);
  const key = `key of ${seat} at ${point}`;
  const hold = await guest.hold([seat]);
  const died = once(server.child, "exit");
  server.child.kill("SIGUSR2");
  await eventually(() => server.output().includes("ready to die"));
  // The answer may come before the death, or never.
  await guest.order(hold, { key }).catch(() => null);
  await died;
  guest.close();
  expect(server.child.signalCode).toBe("SIGKILL");
  return { key, token: guest.token, seat, hold: hold.token, point };
}

describe("the server dies at a point of a purchase", () => {
  const plan = Array.from({ length: DEATHS_PER_POINT }, () => PURCHASE_POINTS).flat();
  const share = (cinema: number) => plan.filter((_, place) => place % CINEMAS === cinema);

  it("[C25] whatever the point: no order is lost, no seat sold twice, no money without an order", {
    timeout: 60_000 + plan.length * 10_000,
  }, async () => {
    const cinemas = await Promise.all(Array.from({ length: CINEMAS }, (_, cinema) => dieAt(share(cinema))));
    try {
      await Promise.all(cinemas.map(checkBooks));
    } finally {
      await Promise.all(cinemas.map((cinema) => cinema.close()));
    }
  });

  type Cinema = Awaited<ReturnType<typeof dieAt>>;

  async function checkBooks({ server: { url }, stage, attempted }: Cinema): Promise<void> {
    const adminToken = await signInAdmin(url);
    const ended = async () => {
      const orders = await allOrders(url, adminToken);
      return orders.some(({ status, payment }) => [status, payment.status].includes("pending")) ? null : orders;
    };
    const orders = await eventually(ended, (WINDOW_S + 10) * 1000, "the end of every order");
    const ids = new Set(orders.map(({ id }) => id));
    const ledger = (await provider.ledger()).filter(({ orderId }) => orderId === "" || ids.has(orderId));
    expect(faultsOf({ orders, ledger, states: await seatStates(url, stage) })).toEqual([]);
    for (const { point, seat } of attempted) expect([point, statusesOf(orders, seat)]).toEqual([point, HELD_TO[point]]);
    await Promise.all(attempted.map((attempt) => repeatKey(url, stage, attempt, orders)));
  }

  /** The buyer's app asks again with the same key: the same order, or, where there never was one, the hold is over. */
  async function repeatKey(url: string, stage: Stage, attempt: Attempted, orders: Order[]): Promise<void> {
    const { key, token, seat, hold } = attempt;
    const guest = await openShopper(url, stage, token);
    const again = async () => {
      const answer = await guest.order({ token: hold, seats: [seat] }, { key } satisfies BuyOptions);
      return answer.body.code === "idempotency_in_progress" ? null : answer;
    };
    const { status, body } = await eventually(again, TAKEOVER_MS);
    const order = orders.find(({ lines }) => lines[0]?.seatId === seat);
    expect([status, body.id ?? body.code]).toEqual(order ? [201, order.id] : [410, "hold_expired"]);
    guest.close();
  }

  /** What became of the seat's order, by where the server died; without a person's help. */
  const HELD_TO: Record<PurchasePoint, string[]> = {
    "idempotency-recorded": [],
    "payment-begun": [],
    "order-inserted": ["expired"],
    attached: ["expired"],
    "attempt-recorded": ["expired"],
    "charge-sent": expect.toSatisfy(([status]) => status === "expired" || status === "confirmed"),
    "charge-answered": ["confirmed"],
    "capture-recorded": ["confirmed"],
    confirmed: ["confirmed"],
    "map-told": ["confirmed"],
  };

  function statusesOf(orders: Order[], seat: string): string[] {
    return orders.filter(({ lines }) => lines.some((line) => line.seatId === seat)).map(({ status }) => status);
  }
});
