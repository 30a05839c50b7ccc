import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { eventually } from "../support/poll.ts";
import { openShopper, type Shopper, type Stage, seatStates, setStage } from "../support/purchase.ts";
import { hasRedis, startRedis, type TestRedis } from "../support/redis.ts";
import { startServer, type TestServer } from "../support/server.ts";

/** One cinema on two servers: seats in a real Redis, documents and money in one directory. */
describe.skipIf(!hasRedis)("orders on two servers", () => {
  let redis: TestRedis;
  let servers: [TestServer, TestServer];
  let stage: Stage;
  const shoppers: Shopper[] = [];
  beforeAll(async () => {
    redis = await startRedis();
    const env = { REDIS_URL: redis.url, PAYMENT_WINDOW_S: "5" };
    const first = await startServer(env);
    servers = [first, await startServer({ ...env, DATA_DIR: first.dataDir })];
    stage = await setStage(first.url);
  });
  afterAll(async () => {
    for (const shopper of shoppers) shopper.close();
    for (const server of [...servers].reverse()) await server.close();
    await redis.stop();
  });

  const shopper = async (server: 0 | 1, token?: string) => {
    const opened = await openShopper(servers[server].url, stage, token);
    shoppers.push(opened);
    return opened;
  };
  const stateOf = async (seat: string) => (await seatStates(servers[1].url, stage)).get(seat);

  it("[C26] an order made on one is read, waited for and heard of on the other", async () => {
    const there = await shopper(0);
    const here = await shopper(1, there.token);
    const order = await there.buy(["A1"]);
    expect((await here.get(order.id, 10)).status).toBe("confirmed");
    expect(await stateOf("A1")).toBe("S");
    await there.socket.hears("order:changed", ({ status }) => status === "confirmed");
  });

  it("[C26] a decision that reaches the other server ends the order", async () => {
    const there = await shopper(0);
    const order = await there.buy(["B1"], { card: "sim_challenge" });
    const { pathname } = new URL(order.payment.nextAction?.url as string);
    const body = new URLSearchParams({ decision: "approve" });
    await fetch(new URL(pathname, servers[1].url), { method: "POST", body });
    expect((await there.get(order.id, 10)).status).toBe("confirmed");
    expect(await stateOf("B1")).toBe("S");
  });

  it("[C22] Redis emptied while an order waits: its seats stay taken, and are sold when it is paid", async () => {
    const [guest, rival] = [await shopper(0), await shopper(1)];
    const order = await guest.buy(["C1"], { card: "sim_challenge" });
    await redis.command("FLUSHALL");
    await eventually(async () => (await stateOf("C1")) === "H");
    await expect(rival.hold(["C1"])).rejects.toThrow("seat_taken");
    await fetch(order.payment.nextAction?.url as string, {
      method: "POST",
      body: new URLSearchParams({ decision: "approve" }),
    });
    expect((await guest.get(order.id, 10)).status).toBe("confirmed");
    await eventually(async () => (await stateOf("C1")) === "S");
  });

  it("[C8] an order that nobody pays expires once, whichever server sees it first", async () => {
    const guest = await shopper(0);
    const order = await guest.buy(["D1"], { card: "sim_silent" });
    expect((await guest.get(order.id, 10)).status).toBe("expired");
    expect(await stateOf("D1")).toBe("A");
    await guest.socket.hears("hold:changed", ({ reason }) => reason === "expired");
    expect(guest.socket.heard("hold:changed").filter(({ reason }) => reason === "expired")).toHaveLength(1);
  });
});
