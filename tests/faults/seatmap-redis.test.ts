/** What the seat map does while its Redis is killed, emptied, cut, stopped or made to forget. */
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { MapUnavailable, type SeatMap } from "../../server/seatmap/port.ts";
import { openRedisSeatMap } from "../../server/seatmap/redis/map.ts";
import { times } from "../support/counts.ts";
import { eventually } from "../support/poll.ts";
import { hasRedis, startRedis, type TestRedis } from "../support/redis.ts";
import {
  BACK_WITHIN_MS,
  differences,
  lostHolds,
  type MapServer,
  openMapServer,
  openTwoServers,
  pause,
  SEATS,
  startLoad,
  type TwoServers,
  tried,
  usable,
} from "../support/redis-load.ts";
import {
  accepted,
  holds,
  listen,
  load,
  newShowtimeId,
  refused,
  request,
  snapshotOf,
  statesOf,
  wants,
} from "../support/seatmap.ts";
import { createTestLedger, type TestLedger } from "../support/seatmap-ledger.ts";
import { openTcpProxy, type TcpProxy } from "../support/tcp-proxy.ts";

describe.skipIf(!hasRedis)("seat map over a Redis in trouble", { timeout: 900_000 }, () => {
  let redis: TestRedis;
  let opened: SeatMap[];
  let proxies: TcpProxy[];

  beforeEach(async () => {
    redis = await startRedis();
    opened = [];
    proxies = [];
  });
  afterEach(async () => {
    await Promise.all(opened.map((map) => map.close()));
    await Promise.all(proxies.map((proxy) => proxy.close()));
    redis.resume();
    await redis.stop();
  });

  async function open(port = redis.port): Promise<SeatMap> {
    const map = await openRedisSeatMap({ url: `redis://127.0.0.1:${port}`, storeId: "store" });
    opened.push(map);
    return map;
  }

  async function openTwo(): Promise<TwoServers> {
    const both = await openTwoServers(redis.url);
    opened.push(both.one.raw, both.two.raw);
    return both;
  }

  /** A server: a connection of its own, loading from the ledger. */
  async function openServer(ledger: TestLedger): Promise<MapServer> {
    const server = await openMapServer(redis.url, ledger);
    opened.push(server.raw);
    return server;
  }

  test("[H36] [D7] killed and restarted under load: new epoch, nothing acknowledged is lost, nothing sold twice", async () => {
    const { ledger, one, two } = await openTwo();
    for (let round = 0; round < times(2, 25, 250); round++) {
      // With `everysec` an answer may go out before its write, while the disk is busy with the second before.
      await redis.command("CONFIG", "SET", "appendfsync", "always");
      const id = newShowtimeId();
      const before = await snapshotOf(one.map, id);
      const work = startLoad([one, two], ledger, id);
      await pause(60);
      await redis.kill();
      const { held } = await work.stop();
      await eventually(() => !one.raw.healthy() && !two.raw.healthy(), 5_000, "noticing");
      await redis.restart();
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
    const { ledger, one, two } = await openTwo();
    for (let round = 0; round < times(3, 25, 250); round++) {
      const id = newShowtimeId();
      const before = await snapshotOf(one.map, id);
      const work = startLoad([one, two], ledger, id);
      await pause(40);
      await redis.command("FLUSHALL");
      await pause(40);
      await work.stop();
      await redis.command("FLUSHALL");
      expect(await one.raw.hold(wants(id, "early", [0]))).toEqual({ ok: false, why: "not_loaded" });
      const after = await snapshotOf(two.map, id);
      expect(after.epoch).not.toBe(before.epoch);
      expect(await differences(two, ledger, id)).toEqual([]);
    }
  });

  test("[H37] restarted with the end of its log cut off: rebuilt, what was sold is sold", async () => {
    const { ledger, one, two } = await openTwo();
    for (let round = 0; round < times(2, 25, 250); round++) {
      const id = newShowtimeId();
      const before = await snapshotOf(one.map, id);
      const work = startLoad([one, two], ledger, id);
      await pause(60);
      await redis.kill();
      await work.stop();
      await redis.cutLog(1_024 * (1 + Math.floor(Math.random() * 63)));
      await redis.restart();
      const after = await usable(one, id);
      expect(after.epoch).not.toBe(before.epoch);
      expect(await differences(one, ledger, id)).toEqual([]);
    }
  });

  test("[H37] half a step that its log brought back: nobody keeps a seat that is not in their hold", async () => {
    const ledger = createTestLedger();
    const one = await openServer(ledger);
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
    await redis.command("HDEL", data, "o:first");
    await redis.command("SETRANGE", states, "2", "A");
    await redis.command("SETRANGE", states, "9", "S");
    await redis.command("ZADD", holdsKey, "1", "hld_gone");
    await redis.kill();
    await redis.restart();
    await usable(one, id);
    expect((await statesOf(one.map, id)).slice(0, 10)).toBe("AAHHAAAAAA");
    accepted(await one.map.hold(wants(id, "fourth", [1])));
    expect(await differences(one, ledger, id)).toEqual([]);
  });

  test("[H35] [H14] stopped for longer than anyone waits: every call is answered, what was asked is done once", async () => {
    const ledger = createTestLedger();
    const server = await openServer(ledger);
    for (let round = 0; round < times(1, 5, 30); round++) {
      const id = newShowtimeId();
      await snapshotOf(server.map, id);
      await redis.pause();
      const until = performance.now() + 2_500;
      const commands = Array.from({ length: 20 }, (_, n) => wants(id, `session ${n}`, [n]));
      const first = await Promise.all(commands.map((command) => tried(() => server.map.hold(command))));
      expect(first).toEqual(commands.map(() => null));
      while (performance.now() < until) {
        await tried(() => server.map.hold(wants(id, "asks again and again", [50])));
        expect(server.raw.healthy()).toBe(false);
        await pause(20);
      }
      redis.resume();
      await usable(server, id);
      const again = await Promise.all(commands.map((command) => server.map.hold(command)));
      expect(again.map((answer) => accepted(answer).hold.seats)).toEqual(commands.map(({ seats }) => seats));
      expect((await statesOf(server.map, id)).slice(0, 20)).toBe("H".repeat(20));
    }
  });

  test("[H35] a link that swallows everything without closing: every call is answered in time", async () => {
    const proxy = await openTcpProxy(redis.port);
    proxies.push(proxy);
    const map = await open(proxy.port);
    const id = await load(map, { seatCount: SEATS });
    proxy.blackHole();
    await Promise.all(Array.from({ length: 10 }, (_, n) => tried(() => map.hold(wants(id, `session ${n}`, [n])))));
    expect(await tried(() => map.snapshot(id))).toBeNull();
    await expect(map.watch(newShowtimeId(), () => {})).rejects.toThrow(MapUnavailable);
    proxy.heal();
    await eventually(() => tried(() => map.snapshot(id)), BACK_WITHIN_MS);
    expect(await statesOf(map, id)).toBe("A".repeat(SEATS));
  });

  test("[S80] what the ledger could not tell the map is told before the map is used again", async () => {
    const proxy = await openTcpProxy(redis.port);
    proxies.push(proxy);
    const ledger = createTestLedger();
    const server = await openMapServer(`redis://127.0.0.1:${proxy.port}`, ledger);
    opened.push(server.raw);
    const id = newShowtimeId();
    const { seats } = await holds(server.map, id, "ann", [1]);
    const booking = ledger.sell(id, "ord_1", seats);
    if (booking === null) throw new Error("refused");
    proxy.blackHole();
    expect(await tried(() => server.map.settle({ showtimeId: id, booking }))).toBeNull();
    proxy.heal();
    await eventually(() => server.raw.healthy(), BACK_WITHIN_MS);
    expect(await statesOf(server.raw, id)).toMatch(/^AHA/);
    expect((await usable(server, id)).states).toMatch(/^ASA/);
  });

  test("[H14] [H35] the answer lost after the command was done: unavailable, then the first answer on repeating", async () => {
    const proxy = await openTcpProxy(redis.port);
    proxies.push(proxy);
    const [near, far] = [await open(), await open(proxy.port)];
    for (let round = 0; round < times(5, 50, 500); round++) {
      const id = await load(near, { seatCount: SEATS });
      const { version } = await snapshotOf(near, id);
      proxy.swallowAnswers();
      const command = wants(id, "ann", [1, 2]);
      const lost = tried(() => far.hold(command));
      await eventually(async () => (await statesOf(near, id))[1] === "H");
      proxy.heal();
      expect(await lost).toBeNull();
      await eventually(() => far.healthy(), BACK_WITHIN_MS);
      const again = accepted(await far.hold({ ...command, freshToken: "another" }));
      expect(again).toMatchObject({
        hold: { token: command.freshToken, seats: [1, 2] },
        position: { version: version + 1 },
      });
      expect((await snapshotOf(near, id)).version).toBe(version + 1);
    }
  });

  test("[H35] losing its scripts again and again is not noticed", async () => {
    const ledger = createTestLedger();
    const server = await openServer(ledger);
    const id = newShowtimeId();
    let isOn = true;
    let flushes = 0;
    const flushing = (async () => {
      while (isOn) {
        await redis.command("SCRIPT", "FLUSH");
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
    const map = await open();
    const id = await load(map, { seatCount: SEATS });
    await holds(map, id, "ann", [1]);
    const before = await snapshotOf(map, id);
    await redis.command("CONFIG", "SET", "maxmemory", "1");
    for (let n = 0; n < 10; n++)
      await expect(map.hold(wants(id, `session ${n}`, [n + 2]))).rejects.toThrow(MapUnavailable);
    expect(await snapshotOf(map, id)).toMatchObject({ states: before.states, version: before.version });
    accepted(await map.release({ showtimeId: id, sessionId: "ann", ...request() }));
    expect(await statesOf(map, id)).toBe("A".repeat(SEATS));
    await redis.command("CONFIG", "SET", "maxmemory", "0");
    await holds(map, id, "ben", [1, 2]);
  });

  test("[D9] only the feed's connection is cut: watchers are told, and hear again", async () => {
    const map = await open();
    const id = await load(map, { seatCount: SEATS });
    const told = await listen(map, id);
    for (let round = 0; round < times(5, 50, 500); round++) {
      await redis.command("CLIENT", "KILL", "TYPE", "pubsub");
      await eventually(() => told.only("resumed").length === round + 1, 2_000, "resumed");
      await holds(map, id, `session ${round}`, [round % SEATS], { ttlMs: 1 });
      await eventually(() => told.only("changed").some(({ delta }) => delta.version > 1), 2_000);
      told.messages.splice(0, told.messages.length, ...told.only("resumed"));
    }
  });

  test("[D9] watchers outlive a restart and hear of the rebuild", async () => {
    const ledger = createTestLedger();
    const server = await openServer(ledger);
    const id = newShowtimeId();
    await snapshotOf(server.map, id);
    const told = await listen(server.map, id);
    await redis.restart();
    await eventually(() => told.only("resumed").length > 0, BACK_WITHIN_MS, "resumed");
    await usable(server, id);
    await eventually(() => told.only("reset").length > 0, BACK_WITHIN_MS, "reset");
    await holds(server.map, id, "ann", [3]);
    await eventually(() => told.only("changed").length === 1);
  });

  test("[H38] a Redis of another store is refused, naming REDIS_URL; an emptied one belongs to who fills it", async () => {
    const map = await open();
    const stranger = () => openRedisSeatMap({ url: redis.url, storeId: "another store" });
    await expect(stranger()).rejects.toThrow(/REDIS_URL.*another store/);
    await redis.command("FLUSHALL");
    await load(map);
    await expect(stranger()).rejects.toThrow(/REDIS_URL/);
  });

  test("[H38] a Redis that is not there is refused at once, naming REDIS_URL", async () => {
    await redis.kill();
    await expect(open()).rejects.toThrow(/REDIS_URL/);
    await expect(openRedisSeatMap({ url: "nonsense", storeId: "store" })).rejects.toThrow(/REDIS_URL/);
  });

  test("[H35] a map that was closed is unavailable and leaves no connection behind", async () => {
    const map = await open();
    const id = await load(map);
    await listen(map, id);
    await map.close();
    await expect(map.snapshot(id)).rejects.toThrow(MapUnavailable);
    await eventually(async () => (await redis.command("CLIENT", "LIST")).split("\n").length <= 4);
    expect(refused(await (await open()).snapshot(newShowtimeId())).why).toBe("not_loaded");
  });
});
