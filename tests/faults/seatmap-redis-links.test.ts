/** What the seat map does while its Redis stands still, or a connection to it is cut, silent or half deaf. */
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { MapUnavailable } from "../../server/seatmap/port.ts";
import { times } from "../support/counts.ts";
import { eventually } from "../support/poll.ts";
import { hasRedis } from "../support/redis.ts";
import { BACK_WITHIN_MS, pause, SEATS, tried, usable } from "../support/redis-load.ts";
import { openTroubledRedis, type TroubledRedis } from "../support/redis-trouble.ts";
import {
  accepted,
  holds,
  listen,
  load,
  newShowtimeId,
  refused,
  snapshotOf,
  statesOf,
  wants,
} from "../support/seatmap.ts";
import { createTestLedger } from "../support/seatmap-ledger.ts";

describe.skipIf(!hasRedis)("seat map over a Redis that cannot be reached", { timeout: 900_000 }, () => {
  let at: TroubledRedis;
  beforeEach(async () => {
    at = await openTroubledRedis();
  });
  afterEach(() => at.close());

  test("[H35] [H14] stopped for longer than anyone waits: every call is answered, what was asked is done once", async () => {
    const ledger = createTestLedger();
    const server = await at.openServer(ledger);
    for (let round = 0; round < times(1, 5, 30); round++) {
      const id = newShowtimeId();
      await snapshotOf(server.map, id);
      await at.redis.pause();
      const until = performance.now() + 2_500;
      const commands = Array.from({ length: 20 }, (_, n) => wants(id, `session ${n}`, [n]));
      const first = await Promise.all(commands.map((command) => tried(() => server.map.hold(command))));
      expect(first).toEqual(commands.map(() => null));
      while (performance.now() < until) {
        await tried(() => server.map.hold(wants(id, "asks again and again", [50])));
        expect(server.raw.healthy()).toBe(false);
        await pause(20);
      }
      at.redis.resume();
      await usable(server, id);
      const again = await Promise.all(commands.map((command) => server.map.hold(command)));
      expect(again.map((answer) => accepted(answer).hold.seats)).toEqual(commands.map(({ seats }) => seats));
      expect((await statesOf(server.map, id)).slice(0, 20)).toBe("H".repeat(20));
    }
  });

  test("[H35] a link that swallows everything without closing: every call is answered in time", async () => {
    const proxy = await at.openProxy();
    const map = await at.open(proxy.port);
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
    const proxy = await at.openProxy();
    const ledger = createTestLedger();
    const server = await at.openServer(ledger, proxy.port);
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
    const proxy = await at.openProxy();
    const [near, far] = [await at.open(), await at.open(proxy.port)];
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

  test("[D9] only the feed's connection is cut: watchers are told, and hear again", async () => {
    const map = await at.open();
    const id = await load(map, { seatCount: SEATS });
    const told = await listen(map, id);
    for (let round = 0; round < times(5, 50, 500); round++) {
      await at.redis.command("CLIENT", "KILL", "TYPE", "pubsub");
      await eventually(() => told.only("resumed").length === round + 1, 2_000, "resumed");
      await holds(map, id, `session ${round}`, [round % SEATS], { ttlMs: 1 });
      await eventually(() => told.only("changed").some(({ delta }) => delta.version > 1), 2_000);
      told.messages.splice(0, told.messages.length, ...told.only("resumed"));
    }
  });

  test("[H35] a map that was closed is unavailable and leaves no connection behind", async () => {
    const map = await at.open();
    const id = await load(map);
    await listen(map, id);
    await map.close();
    await expect(map.snapshot(id)).rejects.toThrow(MapUnavailable);
    await eventually(async () => (await at.redis.command("CLIENT", "LIST")).split("\n").length <= 4);
    expect(refused(await (await at.open()).snapshot(newShowtimeId())).why).toBe("not_loaded");
  });
});
