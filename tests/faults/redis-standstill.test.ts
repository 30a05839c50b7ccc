/** Redis stands still for a while, up but silent: what callers are told meanwhile, and what is true afterwards. */
import { describe, expect, test } from "vitest";
import { hasTime, times } from "../support/counts.ts";
import { eventually } from "../support/poll.ts";
import { hasRedis, startRedis, type TestRedis } from "../support/redis.ts";
import {
  BACK_WITHIN_MS,
  differences,
  type MapServer,
  openMapServer,
  pause,
  tried,
  usable,
} from "../support/redis-load.ts";
import { accepted, holds, newShowtimeId, statesOf, wants } from "../support/seatmap.ts";
import { createTestLedger, type TestLedger } from "../support/seatmap-ledger.ts";

const STANDSTILLS = [
  { seconds: 1, count: times(1, 50, 300) },
  { seconds: 10, count: times(0, 1, 5) },
  { seconds: 60, count: times(0, 1, 2) },
];
/** Commands whose outcome nobody knows at first. */
const CALLERS = 20;
const MB = 2 ** 20;
/** What a minute of refused calls may leave behind until the next collection. */
const GROWTH_MOST = 60 * MB;

interface Cinema {
  redis: TestRedis;
  ledger: TestLedger;
  servers: readonly [MapServer, MapServer];
}

/** One server after the other. */
function server(one: MapServer, two: MapServer): () => MapServer {
  let asked = 0;
  return () => (asked++ % 2 === 0 ? one : two);
}

describe.skipIf(!hasRedis || !hasTime)("a Redis that stands still", () => {
  for (const { seconds, count } of STANDSTILLS) {
    const run = count === 0 ? test.skip : test.concurrent;
    run(
      `[H35] [H14] for ${seconds} s: every call is answered in time, unknown outcomes are told on asking again`,
      { timeout: 60_000 + count * (seconds + 10) * 1_000 },
      async () => {
        const redis = await startRedis();
        const ledger = createTestLedger();
        const servers = [await openMapServer(redis.url, ledger), await openMapServer(redis.url, ledger)] as const;
        try {
          for (let round = 0; round < count; round++) await standStill({ redis, ledger, servers }, seconds * 1_000);
        } finally {
          redis.resume();
          await Promise.all(servers.map(({ raw }) => raw.close()));
          await redis.stop();
        }
      },
    );
  }

  async function standStill({ redis, ledger, servers: [one, two] }: Cinema, ms: number): Promise<void> {
    const id = newShowtimeId();
    const next = server(one, two);
    const sold = await holds(one.map, id, "the last one before", [CALLERS]);
    const booking = ledger.sell(id, "ord_1", sold.seats);
    if (booking === null) throw new Error("refused");
    await redis.pause();
    const until = performance.now() + ms;
    const before = process.memoryUsage().heapUsed;
    const commands = Array.from({ length: CALLERS }, (_, n) => wants(id, `session ${n}`, [n]));
    const asked = commands.map((command) => tried(() => next().map.hold(command)));
    const settled = tried(() => one.map.settle({ showtimeId: id, booking }));
    let calls = 0;
    while (performance.now() < until) {
      await tried(() => next().map.hold(wants(id, "asks again and again", [50])));
      calls++;
      await pause(5);
    }
    expect(calls).toBeGreaterThan(ms / 2_000);
    expect(process.memoryUsage().heapUsed - before).toBeLessThan(GROWTH_MOST);
    redis.resume();
    await Promise.all([...asked, settled]);
    await Promise.all([usable(one, id), usable(two, id)]);

    // Whoever asks again, of whichever server, gets one answer; the settlement is driven again, as the ledger does.
    const again = commands.map((command) => eventually(() => tried(() => two.map.hold(command)), BACK_WITHIN_MS));
    for (const [n, answer] of (await Promise.all(again)).entries()) expect(accepted(answer).hold.seats).toEqual([n]);
    accepted(await two.map.settle({ showtimeId: id, booking }));
    expect((await statesOf(one.map, id)).slice(0, CALLERS + 1)).toBe(`${"H".repeat(CALLERS)}S`);
    expect(await differences(one, ledger, id)).toEqual([]);
  }
});
