/** The seat map on a Redis Cluster whose primaries die, stand still and hand slots over. */
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { openRedisSeatMap } from "../../server/seatmap/redis/map.ts";
import { slotOf } from "../../server/seatmap/redis/slots.ts";
import { hasTime, times } from "../support/counts.ts";
import { eventually } from "../support/poll.ts";
import { hasRedis } from "../support/redis.ts";
import { startCluster, type TestCluster } from "../support/redis-cluster.ts";
import {
  BACK_WITHIN_MS,
  differences,
  lostHolds,
  openMapServer,
  openTwoServers,
  pause,
  SEATS,
  startLoad,
  type TwoServers,
  tried,
  usable,
} from "../support/redis-load.ts";
import { holds, listen, newShowtimeId, snapshotOf, wants } from "../support/seatmap.ts";

/** The cluster's own time to notice a death and elect, on a busy machine. */
const PROMOTED_WITHIN_MS = 20_000;

describe.skipIf(!hasRedis || !hasTime)("seat map over a Redis Cluster", { timeout: 300_000 }, () => {
  let cluster: TestCluster;
  let { ledger, one, two, close } = {} as TwoServers;

  beforeAll(async () => {
    cluster = await startCluster();
  }, 60_000);
  afterAll(() => cluster.stop());
  beforeEach(async () => {
    ({ ledger, one, two, close } = await openTwoServers(cluster.url));
  });
  afterEach(() => close());

  test("[S73] [S74] every key of a showtime is in its slot, and showtimes are spread over all primaries", async () => {
    for (let n = 0; n < 30; n++) {
      const id = newShowtimeId();
      const hold = await holds(one.map, id, "ann", [n]);
      await two.map.beginPayment({
        showtimeId: id,
        sessionId: "ann",
        hold: hold.token,
        seats: [n],
        bookingId: "ord_1",
        windowMs: 1_000,
      });
    }
    for (const node of cluster.primaries) {
      const keys = (await node.command("KEYS", "*")).split("\r\n").filter((line) => line.startsWith("butaca:"));
      expect(keys.filter((key) => key.startsWith("butaca:{")).length).toBeGreaterThan(10);
      for (const key of keys) expect(key).toMatch(/^butaca:(store$|\{sht_\w+\}:)/);
      const slot = Number((await node.command("CLUSTER", "KEYSLOT", keys[0] ?? "")).slice(1));
      expect(slotOf(keys[0] ?? "")).toBe(slot);
    }
  });

  test("[S74] changes travel on the shard of their showtime alone", async () => {
    const id = cluster.showtimeOn(2);
    const [here, there] = [await listen(one.map, id), await listen(two.map, id)];
    await holds(one.map, id, "ann", [1]);
    for (const { only } of [here, there]) await eventually(() => only("changed").length === 1);
    const channels = await Promise.all(cluster.primaries.map((node) => node.command("PUBSUB", "SHARDCHANNELS")));
    expect(channels.map((text) => text.includes(id))).toEqual([false, false, true]);
    for (const node of cluster.primaries) expect(await node.command("PUBSUB", "CHANNELS")).not.toContain(id);
    here.unwatch();
    there.unwatch();
    const owner = cluster.primaries[2]!;
    await eventually(async () => !(await owner.command("PUBSUB", "SHARDCHANNELS")).includes(id));
  });

  test("[S76] a slot that moves under load is followed: answered in time, nothing lost, nothing sold twice", async () => {
    for (let round = 0; round < times(2, 12, 100); round++) {
      const id = cluster.showtimeOn(1);
      const before = await snapshotOf(one.map, id);
      const told = await listen(two.map, id);
      const work = startLoad([one, two], ledger, id);
      await pause(60);
      const owner = await cluster.ownerOf(id);
      const target = cluster.primaries.filter((node) => node !== owner)[round % 2]!;
      await cluster.moveSlot(id, target, () => pause(50));
      await pause(60);
      const { held } = await work.stop();
      expect((await cluster.ownerOf(id)).port).toBe(target.port);
      expect((await snapshotOf(two.map, id)).epoch).not.toBe(before.epoch);
      expect(await differences(one, ledger, id)).toEqual([]);
      expect(await lostHolds(two, id, held)).toEqual([]);
      // Whoever watches hears on the new node, too.
      await eventually(() => told.only("resumed").length > 0, BACK_WITHIN_MS, "resumed");
      await eventually(async () => (await target.command("PUBSUB", "SHARDCHANNELS")).includes(id), BACK_WITHIN_MS);
      const heard = told.only("changed").length;
      await one.map.settle({
        showtimeId: id,
        booking: { id: "blk_1", version: 1, seats: [SEATS - 1], state: "blocked" },
      });
      await eventually(() => told.only("changed").length > heard, BACK_WITHIN_MS, "a change heard on the new node");
      told.unwatch();
    }
  });

  test("[H35] [S75] a primary that stands still: every call is answered in time, other showtimes go on", async () => {
    const [stuck, lively] = [cluster.showtimeOn(1), cluster.showtimeOn(2)];
    await Promise.all([stuck, lively].map((id) => snapshotOf(one.map, id)));
    await cluster.primaries[1]!.pause();
    expect(await tried(() => one.map.hold(wants(stuck, "ann", [1])))).toBeNull();
    await holds(one.map, lively, "ann", [1]);
    expect(one.raw.healthy()).toBe(true);
    cluster.primaries[1]!.resume();
    expect((await usable(one, stuck, PROMOTED_WITHIN_MS)).states[2]).toBe("A");
    await eventually(
      async () => /cluster_state:ok/.test(await cluster.primaries[1]!.command("CLUSTER", "INFO")),
      10_000,
    );
  });

  test("[S75] a primary dies: its replica goes on in a new epoch, nothing is sold twice, other showtimes do not stop", async () => {
    const [id, other] = [cluster.showtimeOn(0), cluster.showtimeOn(1)];
    const before = await snapshotOf(one.map, id);
    await snapshotOf(two.map, other);
    const told = await listen(two.map, id);
    const work = startLoad([one, two], ledger, id);
    const otherWork = startLoad([one, two], ledger, other);
    await pause(200);
    await cluster.primaries[0]!.kill();
    await eventually(() => cluster.replica.command("ROLE").then((role) => role.includes("master")), PROMOTED_WITHIN_MS);
    const after = await usable(one, id);
    expect(after.epoch).not.toBe(before.epoch);
    await pause(200);
    const { sales } = await work.stop();
    const { held: otherHeld } = await otherWork.stop();
    expect(sales).toBeGreaterThan(0);
    for (const server of [one, two]) expect(await differences(server, ledger, id)).toEqual([]);
    expect(await differences(one, ledger, other)).toEqual([]);
    expect(await lostHolds(one, other, otherHeld)).toEqual([]);
    await eventually(() => told.only("resumed").length > 0, BACK_WITHIN_MS, "resumed");
    const heard = told.only("changed").length;
    await one.map.settle({
      showtimeId: id,
      booking: { id: "blk_1", version: 1, seats: [SEATS - 1], state: "blocked" },
    });
    await eventually(() => told.only("changed").length > heard, BACK_WITHIN_MS, "a change heard from the promoted one");
    // The old one comes back as a replica; servers that start now find the cluster through whoever is named.
    await cluster.primaries[0]!.restart();
    const late = await openMapServer(cluster.url, ledger);
    expect(await differences(late, ledger, id)).toEqual([]);
    await late.raw.close();
  });

  test("[O41] [H38] a node named alone, nodes that are not there, another store's cluster: refused, naming REDIS_URL", async () => {
    const open = (url: string, storeId = "store") => openRedisSeatMap({ url, storeId });
    const [, alone = 0] = cluster.primaries.map(({ port }) => port);
    await expect(open(`redis://127.0.0.1:${alone}`)).rejects.toThrow(/REDIS_URL: .*node of a cluster/);
    await expect(open(cluster.url, "another store")).rejects.toThrow(/REDIS_URL: .*another store/);
    await expect(open("redis://127.0.0.1:1,127.0.0.1:2")).rejects.toThrow(/^REDIS_URL: /);
  });
});
