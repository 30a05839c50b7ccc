/** What the seat map does while its Redis is killed, emptied, cut or made to forget. */
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { MapUnavailable } from "../../server/seatmap/port.ts";
import { openRedisSeatMap } from "../../server/seatmap/redis/map.ts";
import { times } from "../support/counts.ts";
import { eventually } from "../support/poll.ts";
import { hasRedis } from "../support/redis.ts";
import { BACK_WITHIN_MS, differences, lostHolds, pause, SEATS, startLoad, usable } from "../support/redis-load.ts";
import { openTroubledRedis, type TroubledRedis } from "../support/redis-trouble.ts";
import {
  accepted,
  holds,
  listen,
  load,
  newShowtimeId,
  request,
  snapshotOf,
  statesOf,
  wants,
} from "../support/seatmap.ts";
import { createTestLedger } from "../support/seatmap-ledger.ts";

describe.skipIf(!hasRedis)("seat map over a Redis that loses something", { timeout: 900_000 }, () => {
  let at: TroubledRedis;
  beforeEach(async () => {
    at = await openTroubledRedis();
  });
  afterEach(() => at.close());

  test("[H36] [D7] killed and restarted under load: new epoch, nothing acknowledged is lost, nothing sold twice", async () => {
    const { ledger, one, two } = await at.openTwo();
    for (let round = 0; round < times(2, 25, 250); round++) {
      // With `everysec` an answer may go out before its write, while the disk is busy with the second before.
      await at.redis.command("CONFIG", "SET", "appendfsync", "always");
      const id = newShowtimeId();
      const before = await snapshotOf(one.map, id);
      const work = startLoad([one, two], ledger, id);
      await pause(60);
      await at.redis.kill();
      const { held } = await work.stop();
      await eventually(() => !one.raw.healthy() && !two.raw.healthy(), 5_000, "noticing");
      await at.redis.restart();
      await eventually(() => one.raw.healthy() && two.raw.healthy(), BACK_WITHIN_MS, "reconnecting");
      expect(await one.raw.snapshot(id)).toEqual({ ok: false, why: "stale_run" });
      expect(await two.raw.hold(wants(id, "early", [0]))).toEqual({ ok: false, why: "stale_run" });
      const after = await snapshotOf(two.map, id);
      expect(after.epoch).not.toBe(before.epoch);
      expect(await differences(one, ledger, id)).toEqual([]);
      expect(await lostHolds(one, id, held)).toEqual([]);
    }
  });

  test("[H37] [H32] emptied under load: no hold before the rebuild, new epoch, what was sold is sold", async () => {
    const { ledger, one, two } = await at.openTwo();
    for (let round = 0; round < times(3, 25, 250); round++) {
      const id = newShowtimeId();
      const before = await snapshotOf(one.map, id);
      const work = startLoad([one, two], ledger, id);
      await pause(40);
      await at.redis.command("FLUSHALL");
      await pause(40);
      await work.stop();
      await at.redis.command("FLUSHALL");
      expect(await one.raw.hold(wants(id, "early", [0]))).toEqual({ ok: false, why: "not_loaded" });
      const after = await snapshotOf(two.map, id);
      expect(after.epoch).not.toBe(before.epoch);
      expect(await differences(two, ledger, id)).toEqual([]);
    }
  });

  test("[H37] restarted with the end of its log cut off: rebuilt, what was sold is sold", async () => {
    const { ledger, one, two } = await at.openTwo();
    for (let round = 0; round < times(2, 25, 250); round++) {
      const id = newShowtimeId();
      const before = await snapshotOf(one.map, id);
      const work = startLoad([one, two], ledger, id);
      await pause(60);
      await at.redis.kill();
      await work.stop();
      await at.redis.cutLog(1_024 * (1 + Math.floor(Math.random() * 63)));
      await at.redis.restart();
      const after = await usable(one, id);
      expect(after.epoch).not.toBe(before.epoch);
      expect(await differences(one, ledger, id)).toEqual([]);
    }
  });

  test("[H37] half a step that its log brought back: nobody keeps a seat that is not in their hold", async () => {
    const ledger = createTestLedger();
    const one = await at.openServer(ledger);
    const id = newShowtimeId();
    await snapshotOf(one.map, id);
    for (const [session, seat] of [
      ["first", 1],
      ["second", 2],
      ["third", 3],
    ] as const)
      accepted(await one.map.hold(wants(id, session, [seat])));
    const [data, states, holdsKey] = ["data", "states", "holds"].map((part) => `butaca:{${id}}:${part}`) as [
      string,
      string,
      string,
    ];
    // A hold without its owner, a state without a hold, a deadline without a hold.
    await at.redis.command("HDEL", data, "o:first");
    await at.redis.command("SETRANGE", states, "2", "A");
    await at.redis.command("SETRANGE", states, "9", "S");
    await at.redis.command("ZADD", holdsKey, "1", "hld_gone");
    await at.redis.kill();
    await at.redis.restart();
    await usable(one, id);
    expect((await statesOf(one.map, id)).slice(0, 10)).toBe("AAHHAAAAAA");
    accepted(await one.map.hold(wants(id, "fourth", [1])));
    expect(await differences(one, ledger, id)).toEqual([]);
  });

  test("[H35] losing its scripts again and again is not noticed", async () => {
    const ledger = createTestLedger();
    const server = await at.openServer(ledger);
    const id = newShowtimeId();
    let isOn = true;
    let flushes = 0;
    const flushing = (async () => {
      while (isOn) {
        await at.redis.command("SCRIPT", "FLUSH");
        flushes++;
        await pause(5);
      }
    })();
    for (let n = 0; n < times(300, 3_000, 30_000); n++) {
      const session = `session ${n}`;
      await holds(server.map, id, session, [n % SEATS]);
      accepted(await server.map.release({ showtimeId: id, sessionId: session, ...request() }));
    }
    isOn = false;
    await flushing;
    expect(flushes).toBeGreaterThan(3);
  });

  test("[H35] out of memory: refused whole, and seats can still be given back", async () => {
    const map = await at.open();
    const id = await load(map, { seatCount: SEATS });
    await holds(map, id, "ann", [1]);
    const before = await snapshotOf(map, id);
    await at.redis.command("CONFIG", "SET", "maxmemory", "1");
    for (let n = 0; n < 10; n++)
      await expect(map.hold(wants(id, `session ${n}`, [n + 2]))).rejects.toThrow(MapUnavailable);
    expect(await snapshotOf(map, id)).toMatchObject({ states: before.states, version: before.version });
    accepted(await map.release({ showtimeId: id, sessionId: "ann", ...request() }));
    expect(await statesOf(map, id)).toBe("A".repeat(SEATS));
    await at.redis.command("CONFIG", "SET", "maxmemory", "0");
    await holds(map, id, "ben", [1, 2]);
  });

  test("[D9] watchers outlive a restart and hear of the rebuild", async () => {
    const ledger = createTestLedger();
    const server = await at.openServer(ledger);
    const id = newShowtimeId();
    await snapshotOf(server.map, id);
    const told = await listen(server.map, id);
    await at.redis.restart();
    await eventually(() => told.only("resumed").length > 0, BACK_WITHIN_MS, "resumed");
    await usable(server, id);
    await eventually(() => told.only("reset").length > 0, BACK_WITHIN_MS, "reset");
    await holds(server.map, id, "ann", [3]);
    await eventually(() => told.only("changed").length === 1);
  });

  test("[H38] a Redis of another store is refused, naming REDIS_URL; an emptied one belongs to who fills it", async () => {
    const map = await at.open();
    const stranger = () => openRedisSeatMap({ url: at.redis.url, storeId: "another store" });
    await expect(stranger()).rejects.toThrow(/REDIS_URL.*another store/);
    await at.redis.command("FLUSHALL");
    await load(map);
    await expect(stranger()).rejects.toThrow(/REDIS_URL/);
  });

  test("[H38] a Redis that is not there is refused at once, naming REDIS_URL", async () => {
    await at.redis.kill();
    await expect(at.open()).rejects.toThrow(/REDIS_URL/);
    await expect(openRedisSeatMap({ url: "nonsense", storeId: "store" })).rejects.toThrow(/REDIS_URL/);
  });
});
