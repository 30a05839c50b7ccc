import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { StartRefused } from "../../server/config.ts";
import { api } from "../support/api.ts";
import { hasTime } from "../support/counts.ts";
import { hasMongo, startMongo, type TestMongo } from "../support/mongodb.ts";
import { eventually } from "../support/poll.ts";
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
import { startServer, type TestServer } from "../support/server.ts";

/** The main story of an order with its documents in MongoDB: the same rooms, so only what the store could spoil. */
describe.skipIf(!hasMongo || !hasTime)("orders in MongoDB", () => {
  let mongo: TestMongo;
  let provider: ProviderProcess;
  let env: Record<string, string>;
  let server: TestServer;
  let stage: Stage;
  const shoppers: Shopper[] = [];

  beforeAll(async () => {
    [mongo, provider] = await Promise.all([startMongo(), spawnProvider()]);
    env = { MONGODB_URL: mongo.database(), SIMULATED_PROVIDER_URL: provider.url, PAYMENT_WINDOW_S: "5" };
    server = await startServer(env);
    stage = await setStage(server.url);
  });
  afterAll(async () => {
    for (const shopper of shoppers) shopper.close();
    await mongo.resume();
    await server.close();
    await provider.close();
    await mongo.stop();
  });

  const shopper = async () => {
    const opened = await openShopper(server.url, stage);
    shoppers.push(opened);
    return opened;
  };
  /** Once everything has come to rest. */
  const expectBooksToAgree = async () => {
    const faults = async () => {
      const orders = await allOrders(server.url, await signInAdmin(server.url));
      return {
        orders,
        faults: faultsOf({ orders, ledger: await provider.ledger(), states: await seatStates(server.url, stage) }),
      };
    };
    await eventually(async () => (await faults()).faults.length === 0, 20_000, "rest").catch(() => undefined);
    const books = await faults();
    expect(books.faults).toEqual([]);
    return books.orders;
  };

  it("[S70] buyers at the same time get their seats, receipts without gaps, and one of rivals the seat", async () => {
    const guests = await Promise.all(Array.from({ length: 12 }, shopper));
    const bought = guests.map(async (guest, i) => {
      const order = await guest.buy([`A${i + 1}`, `B${i + 1}`]);
      return guest.get(order.id, 10);
    });
    for (const order of await Promise.all(bought)) expect(order.status).toBe("confirmed");
    const rivals = await Promise.allSettled(guests.map((guest) => guest.hold(["C1"])));
    expect(rivals.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
    expect(await expectBooksToAgree()).toHaveLength(12);
  });

  it("[S70] a declined card gives the hold back, a repeated key the same order, a cancelled order its seats", async () => {
    const guest = await shopper();
    const hold = await guest.hold(["D1"]);
    const { body: declined } = await guest.order(hold, { card: "sim_decline" });
    expect(await guest.get(declined.id, 10)).toMatchObject({ status: "declined" });
    const key = crypto.randomUUID();
    const again = await guest.hold(["D2"]);
    const [one, two] = [await guest.order(again, { key }), await guest.order(again, { key })];
    expect([one.status, two.body.id]).toEqual([201, one.body.id]);
    expect((await guest.get(one.body.id, 10)).status).toBe("confirmed");
    const challenged = await guest.buy(["D5"], { card: "sim_challenge" });
    expect((await guest.call("POST", `/orders/${challenged.id}/cancel`)).status).toBe(200);
    await expectBooksToAgree();
  });

  it("[S71] while the database stands still orders are refused as unavailable, and afterwards they go on", async () => {
    const guest = await shopper();
    const hold = await guest.hold(["E1"]);
    const key = crypto.randomUUID();
    await mongo.pause();
    const asked = performance.now();
    const { status, body } = await guest.order(hold, { key });
    expect([status, body.code]).toEqual([503, "unavailable"]);
    expect(performance.now() - asked).toBeLessThan(3_500);
    expect((await api(server.url)("GET", "/../../health/ready")).status).toBe(503);
    mongo.resume();
    const answered = async () => {
      const answer = await guest.order(hold, { key });
      return answer.status === 201 ? answer.body : null;
    };
    const order = await eventually(answered, 20_000, "the order");
    expect((await guest.get(order.id, 10)).status).toBe("confirmed");
    await expectBooksToAgree();
  });

  it("[S72] a second server without Redis is refused naming MONGODB_URL, and one that comes later has everything", async () => {
    const second = startServer(env);
    await expect(second).rejects.toThrow(StartRefused);
    await expect(second).rejects.toThrow(/^MONGODB_URL: that database is served by process \d+/);
    const before = await allOrders(server.url, await signInAdmin(server.url));
    const guest = await shopper();
    const order = await guest.buy(["F1"]);
    await server.close();
    server = await startServer(env);
    const confirmed = await api(server.url)("GET", `/orders/${order.id}?wait=10`, undefined, { token: guest.token });
    expect([confirmed.status, confirmed.body.status]).toEqual([200, "confirmed"]);
    expect(await expectBooksToAgree()).toHaveLength(before.length + 1);
  });
});
