import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { times } from "../support/counts.ts";
import { hasK6, loadtest } from "../support/k6.ts";
import { hasMongo, startMongo, type TestMongo } from "../support/mongodb.ts";
import { eventually } from "../support/poll.ts";
import { type ServerProcess, spawnServer } from "../support/process.ts";
import { type ProviderProcess, spawnProvider } from "../support/provider.ts";
import { allOrders, faultsOf, type Stage, seatStates, setStage } from "../support/purchase.ts";
import { hasRedis, startRedis, type TestRedis } from "../support/redis.ts";
import { ADMIN } from "../support/server.ts";

/** One cinema on two servers, as the load test finds it: maps in Redis, documents in MongoDB, money elsewhere. */
describe.skipIf(!hasK6 || !hasRedis || !hasMongo)("the load test", () => {
  let redis: TestRedis;
  let mongo: TestMongo;
  let provider: ProviderProcess;
  let servers: [ServerProcess, ServerProcess];
  let stage: Stage;
  beforeAll(async () => {
    [redis, mongo, provider] = await Promise.all([startRedis(), startMongo(), spawnProvider()]);
    const env = {
      REDIS_URL: redis.url,
      MONGODB_URL: mongo.database(),
      SIMULATED_PROVIDER_URL: provider.url,
      GUEST_SEATS_PER_NETWORK: "420",
    };
    const first = await spawnServer(env);
    servers = [first, await spawnServer(env)];
    stage = await setStage(first.url);
  }, 60_000);
  afterAll(async () => {
    await Promise.all(servers.map((server) => server.close()));
    await Promise.all([provider.close(), mongo.stop(), redis.stop()]);
  });
  const urls = () => servers.map(({ url }) => url).join();
  const size = () => ["--users", String(times(4, 8, 20)), "--seconds", String(times(2, 8, 60))];

  it("[O71] a kiosk day on two servers: every purchase that was counted is in all books, and no other", async () => {
    const env = { ADMIN_EMAIL: ADMIN.email, ADMIN_PASSWORD: ADMIN.password };
    const run = await loadtest("kiosk-day", ["--url", urls(), ...size()], env);
    expect(run.code, run.output).toBe(0);
    expect(run.count("purchases")).toBeGreaterThan(0);
    expect(run.count("purchases_started")).toBe(run.count("purchases") + run.count("sold_out"));
    const orders = await allOrders(servers[0].url, stage.adminToken);
    expect(orders.filter(({ status }) => status === "confirmed")).toHaveLength(run.count("purchases"));
    expect(orders.flatMap(({ tickets }) => tickets ?? [])).toHaveLength(run.count("tickets"));
    expect(orders.every(({ channel }) => channel === "kiosk")).toBe(true);
    await eventually(async () => {
      const [ledger, states] = [await provider.ledger(), await seatStates(servers[1].url, stage)];
      return faultsOf({ orders, ledger, states }).length === 0;
    }, 10_000);
  });

  it("[O72] a storm of holds on two servers leaves everybody with the same map", async () => {
    const run = await loadtest("hold-storm", ["--url", urls(), ...size()]);
    expect(run.code, run.output).toBe(0);
    expect(run.count("holds")).toBeGreaterThan(0);
    expect(run.count("maps_compared")).toBe(times(4, 8, 20));
    expect(run.count("maps_diverged") + run.count("gaps")).toBe(0);
  });

  it("[O70] refuses to start, in one line, where nobody answers or nothing is known by that name", async () => {
    const nobody = await loadtest("browse", ["--url", "http://127.0.0.1:9"]);
    expect(nobody).toMatchObject({
      code: 1,
      output: "loadtest: no server answers at http://127.0.0.1:9 (ECONNREFUSED)\n",
    });
    const unknown = await loadtest("matinee", []);
    expect(unknown.code).toBe(1);
    expect(unknown.output).toMatch(/^loadtest: use: npm run loadtest -- SCENARIO, one of browse, [^\n]+\n$/);
  });
});
