/** A server that gets no processor for a while, as on a busy machine: its Redis was there all the time. */
import { afterEach, describe, expect, test } from "vitest";
import { openRedisSeatMap } from "../../server/seatmap/redis/map.ts";
import { hasRedis, startRedis, type TestRedis } from "../support/redis.ts";
import { newShowtimeId } from "../support/seatmap.ts";

/** Longer than a silent Redis is waited for. */
const STALL_MS = 2_000;

describe.skipIf(!hasRedis)("a server that stood still", () => {
  let redis: TestRedis;
  afterEach(() => redis.stop());

  test("[H50] has not lost its Redis: commands and feed go on over the same connections", async () => {
    redis = await startRedis();
    const warnings: string[] = [];
    const logger = { warn: (_details: object, message: string) => void warnings.push(message) };
    const map = await openRedisSeatMap({ url: redis.url, storeId: "store", logger });
    await map.watch(newShowtimeId(), () => {});
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, STALL_MS);
    // The timers that came due meanwhile run before anything that was received.
    await new Promise((resolve) => setTimeout(resolve));
    expect(map.healthy()).toBe(true);
    expect(await map.now()).toBeGreaterThan(0);
    await map.close();
    expect(warnings.filter((message) => message.includes("lost"))).toEqual([]);
  });
});
