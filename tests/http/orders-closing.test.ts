import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { api } from "../support/api.ts";
import { eventually } from "../support/poll.ts";
import { type ServerProcess, spawnServer } from "../support/process.ts";
import { allOrders, openShopper, type Stage, setStage, signInAdmin } from "../support/purchase.ts";

/** A server that is told to stop in the middle of its business. */
describe("SIGTERM", () => {
  let server: ServerProcess;
  let stage: Stage;
  beforeAll(async () => {
    server = await spawnServer();
    stage = await setStage(server.url);
  });
  afterAll(() => server.close());

  it("[C17] [C27] lets those who wait for an order go, and loses no purchase under way", async () => {
    const shoppers = await Promise.all(Array.from({ length: 12 }, () => openShopper(server.url, stage)));
    const [waiter, ...buyers] = shoppers as [(typeof shoppers)[0], ...typeof shoppers];
    const slow = await waiter.buy(["T1"], { card: "sim_challenge" });
    const waiting = waiter.get(slow.id, 20);
    const holds = await Promise.all(buyers.map((buyer, place) => buyer.hold([`A${place + 1}`])));
    const asked = buyers.map((buyer, place) => buyer.order(holds[place] as (typeof holds)[0]).catch(() => null));
    await eventually(() => fetch(`${server.url}/health/live`).then(({ ok }) => ok));
    const started = Date.now();
    const ending = server.end("SIGTERM");
    expect((await waiting).status).toBe("pending");
    const answers = await Promise.all(asked);
    expect(await ending).toBe(0);
    expect(Date.now() - started).toBeLessThan(10_000);
    for (const shopper of shoppers) shopper.close();

    const made = answers.flatMap((answer) => (answer?.status === 201 ? [answer.body.id as string] : []));
    const again = await spawnServer({ DATA_DIR: server.dataDir });
    try {
      const token = await signInAdmin(again.url);
      const statuses = async () => {
        const orders = await allOrders(again.url, token);
        return new Map(orders.map(({ id, status }) => [id, status]));
      };
      for (const id of made) await eventually(async () => (await statuses()).get(id) === "confirmed", 8_000, id);
      const health = await api(again.url)("GET", `/orders/${slow.id}`, undefined, { token });
      expect(health.body.status).toBe("pending");
    } finally {
      await again.close();
    }
  });
});
