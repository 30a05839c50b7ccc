/** Several built servers on one host, with one store between them. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { api } from "../support/api.ts";
import { type ServerProcess, spawnServer, startAndFail } from "../support/process.ts";
import { hasRedis, startRedis, type TestRedis } from "../support/redis.ts";
import { ADMIN } from "../support/server.ts";

describe.skipIf(!hasRedis)("several servers on one host", { timeout: 180_000 }, () => {
  let redis: TestRedis;
  const started: ServerProcess[] = [];
  const start = async (env: Record<string, string> = {}) => {
    const server = await spawnServer(env);
    started.push(server);
    return server;
  };
  beforeAll(async () => {
    redis = await startRedis();
  });
  afterAll(async () => {
    for (const one of started.reverse()) await one.close();
    await redis.stop();
  });
  const refused = async (env: Record<string, string>, names: string) => {
    const { code, output } = await startAndFail({ LOG_LEVEL: "silent", ...env });
    expect([code, output.trim().split("\n").length]).toEqual([1, 1]);
    expect(output).toContain(names);
  };

  it("[O8] a store that is served without Redis takes no second server, with Redis or without", async () => {
    const { dataDir } = await start();
    await Promise.all([
      refused({ DATA_DIR: dataDir }, dataDir),
      refused({ DATA_DIR: dataDir, REDIS_URL: redis.url }, dataDir),
    ]);
  });

  it("[O8] servers with one Redis share a store and are one cinema; one without is refused", async () => {
    const first = await start({ REDIS_URL: redis.url });
    const { dataDir } = first;
    const [second] = await Promise.all([
      start({ REDIS_URL: redis.url, DATA_DIR: dataDir }),
      refused({ DATA_DIR: dataDir }, dataDir),
      refused({ REDIS_URL: redis.url, DATA_DIR: `${dataDir}/another` }, "REDIS_URL"),
    ]);
    const [one, two] = [api(first.url), api(second.url)];
    const { token } = (await one("POST", "/auth/login", ADMIN)).body;
    const made = await one("POST", "/genres", { name: "Noir" }, { token });
    expect((await two("GET", `/genres/${made.body.id}`)).status).toBe(200);
    expect((await two("GET", "/me", undefined, { token })).status).toBe(200);
  });
});
