import { execFile } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Order } from "../../server/protocol/resources.ts";
import { api } from "../support/api.ts";
import { hasTime, times } from "../support/counts.ts";
import { eventually } from "../support/poll.ts";
import { type ServerProcess, spawnServer } from "../support/process.ts";
import { type ProviderProcess, spawnProvider } from "../support/provider.ts";
import {
  allOrders,
  faultsOf,
  openShopper,
  type Shopper,
  type Stage,
  seatStates,
  setStage,
  signInAdmin,
} from "../support/purchase.ts";

const ROOT = join(import.meta.dirname, "../..");
const SHOPPERS = 4;
/** Orders sold before the backup, while it is made, and before everything is lost. */
const ORDERS = times(10, 40, 60);
/** What the backup caught before the provider was asked has no payment in it, and ends with its window. */
const WINDOW_S = 5;

/** The drill of docs/operations.md: a cinema that sells is backed up, sells on, is lost, is restored and sells again. */
describe.runIf(hasTime)("backup and restore of a cinema that sells", () => {
  let dir: string;
  let provider: ProviderProcess;
  let server: ServerProcess;
  let restored: ServerProcess | undefined;
  beforeAll(async () => {
    dir = await mkdtemp(join(tmpdir(), "butaca-drill-"));
    provider = await spawnProvider();
    server = await open("first");
  }, 60_000);
  afterAll(async () => {
    await server.close();
    await restored?.close();
    await provider.close();
    await rm(dir, { recursive: true, force: true });
  });

  const open = (name: string) =>
    spawnServer({
      ...{ DATA_DIR: join(dir, name), SIMULATED_PROVIDER_URL: provider.url },
      ...{ PAYMENT_WINDOW_S: String(WINDOW_S), GUEST_SEATS_PER_NETWORK: "420" },
    });
  const command = async (name: "backup" | "restore", ...args: string[]) =>
    (await promisify(execFile)(process.execPath, [join(ROOT, `dist/server/store/embedded/${name}.js`), ...args]))
      .stdout;

  /** Confirmed orders in the order of their confirmation, as far as buyers have heard; sells until it is stopped. */
  async function sell(stage: Stage) {
    const sold: Order[] = [];
    const seats = [...stage.seats];
    let isOver = false;
    const shoppers = await Promise.all(Array.from({ length: SHOPPERS }, () => openShopper(server.url, stage)));
    const shop = async (shopper: Shopper) => {
      while (!isOver) {
        const order = await shopper.buy(seats.splice(0, 1));
        const settled = await shopper.get(order.id, 20);
        if (settled.status === "confirmed") sold.push(settled);
      }
    };
    const shopping = Promise.all(shoppers.map(shop));
    return {
      sold,
      async until(count: number) {
        await Promise.race([eventually(() => sold.length >= count, 25_000, `${count} orders`), shopping]);
      },
      async stop() {
        isOver = true;
        await shopping;
        for (const shopper of shoppers) shopper.close();
      },
    };
  }

  it("[O84] whatever was sold before the backup is sold after the restore, and the cinema goes on", async () => {
    const stage = await setStage(server.url);
    const shop = await sell(stage);
    await shop.until(ORDERS);
    const before = [...shop.sold];
    const file = join(dir, "cinema.backup");
    expect(await command("backup", "--data", join(dir, "first"), file)).toContain("documents of");
    const meanwhile = shop.sold.length;
    await shop.until(meanwhile + ORDERS);
    await shop.stop();
    await server.end("SIGKILL");
    await rm(join(dir, "first"), { recursive: true });

    expect(await command("restore", "--data", join(dir, "second"), file)).toContain("documents of");
    restored = await open("second");
    const { url } = restored;
    const adminToken = await signInAdmin(url);
    const orders = await eventually(
      async () => {
        const all = await allOrders(url, adminToken);
        return all.every(({ status }) => status !== "pending") ? all : null;
      },
      1_000 * WINDOW_S + 15_000,
    );
    const there = new Map(orders.map((order) => [order.id, order]));
    for (const { id, tickets, receiptNumber } of before)
      expect(there.get(id)).toMatchObject({ tickets, receiptNumber });
    expect(orders.length).toBeLessThan(shop.sold.length);

    // The provider alone knows the money of those that were sold afterwards; everything else agrees
    const forgotten = shop.sold.filter(({ id }) => there.get(id)?.status !== "confirmed");
    expect(forgotten.length).toBeGreaterThan(0);
    expect((await provider.ledger()).length - (await knownMoney(orders)).length).toBe(forgotten.length);
    expect(await faults(url, { ...stage, adminToken })).toEqual([]);

    await goesOn(url, { ...stage, adminToken }, before, forgotten);
  }, 120_000);

  /** Money of the orders that are still in the books as sold. */
  async function knownMoney(orders: Order[]) {
    const sold = new Set(orders.filter(({ status }) => status === "confirmed").map(({ id }) => id));
    return (await provider.ledger()).filter(({ attemptId }) => sold.has(attemptId.split(":")[0] ?? ""));
  }

  async function faults(url: string, stage: Stage): Promise<string[]> {
    const orders = await allOrders(url, stage.adminToken);
    return faultsOf({ orders, ledger: await knownMoney(orders), states: await seatStates(url, stage) });
  }

  /** Old tickets open the door, sold seats stay sold, free ones can be bought, receipts have no gap. */
  async function goesOn(url: string, stage: Stage, before: Order[], forgotten: Order[]): Promise<void> {
    const [{ tickets = [], lines = [] } = {}] = before;
    const body = { code: tickets[0]?.code, showtimeId: stage.showtimeId };
    const door = await api(url)("POST", "/tickets/check-in", body, { token: stage.adminToken });
    expect(door).toMatchObject({ status: 200, body: { firstUse: true, seatId: lines[0]?.seatId } });
    const shopper = await openShopper(url, stage);
    await expect(shopper.hold([lines[0]?.seatId ?? ""])).rejects.toThrow("seat_taken");
    const order = await shopper.buy([forgotten[0]?.lines[0]?.seatId ?? ""]);
    expect((await shopper.get(order.id, 20)).status).toBe("confirmed");
    shopper.close();
    expect(await faults(url, stage)).toEqual([]);
  }
});
