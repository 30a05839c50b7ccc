/** The seat map on a primary with a replica: the primary dies, stands still or is replaced, and the address changes. */
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { openRedisSeatMap } from "../../server/seatmap/redis/map.ts";
import { hasTime, times } from "../support/counts.ts";
import { eventually } from "../support/poll.ts";
import { hasRedis } from "../support/redis.ts";
import {
  BACK_WITHIN_MS,
  differences,
  lostHolds,
  openTwoServers,
  pause,
  startLoad,
  type TwoServers,
  tried,
  usable,
} from "../support/redis-load.ts";
import { startBackwardSentinel, startSentinels, type TestSentinels } from "../support/redis-sentinel.ts";
import { holds, listen, newShowtimeId } from "../support/seatmap.ts";

const FOLLOWED_WITHIN_MS = 5_000;

describe.skipIf(!hasRedis || !hasTime)("seat map over a primary that sentinels replace", { timeout: 900_000 }, () => {
  let group: TestSentinels;
  let { ledger, one, two, close } = {} as TwoServers;

  beforeAll(async () => {
    group = await startSentinels();
  }, 60_000);
  afterAll(() => group.stop());
  beforeEach(async () => {
    ({ ledger, one, two, close } = await openTwoServers(group.url));
  });
  afterEach(() => close());

  /** Both servers on the present primary. */
  async function followed(id: string) {
    for (const server of [one, two]) await usable(server, id, FOLLOWED_WITHIN_MS);
    await eventually(() => one.raw.healthy() && two.raw.healthy(), FOLLOWED_WITHIN_MS, "health");
  }

  test("[S78] [D7] killed with 500 ms that never reached its replica: holds may be lost, nothing is sold twice", async () => {
    let lost = 0;
    for (let round = 0; round < times(1, 10, 100); round++) {
      const id = newShowtimeId();
      const before = await usable(one, id);
      const told = await listen(two.map, id);
      const work = startLoad([one, two], ledger, id);
      await pause(100);
      await group.cutReplication();
      await pause(500);
      await group.primary.kill();
      await group.promoted();
      await followed(id);
      await pause(50);
      const { held, sales } = await work.stop();
      expect(sales).toBeGreaterThan(0);
      expect((await usable(one, id)).epoch).not.toBe(before.epoch);
      for (const server of [one, two]) expect(await differences(server, ledger, id)).toEqual([]);
      lost += (await lostHolds(one, id, held)).length;
      await eventually(() => told.only("resumed").length > 0, BACK_WITHIN_MS);
      told.unwatch();
      await group.rejoin();
    }
    // Else the replica had everything, and the test proves nothing.
    expect(lost).toBeGreaterThan(0);
  });

  test("[S79] [S80] replaced while it still answers: servers leave it, and what they sold is sold", async () => {
    for (let round = 0; round < times(1, 5, 50); round++) {
      const id = newShowtimeId();
      await usable(one, id);
      const work = startLoad([one, two], ledger, id);
      await pause(100);
      await group.failOver();
      await group.promoted();
      await followed(id);
      await pause(100);
      await work.stop();
      for (const server of [one, two]) expect(await differences(server, ledger, id)).toEqual([]);
      // The sentinels hang up on everybody once when they make it a replica.
      const listeners = () => group.replica.command("CLIENT", "LIST", "TYPE", "pubsub").catch(() => "butaca?");
      const isLeft = async () => !(await listeners()).includes("butaca");
      await eventually(isLeft, FOLLOWED_WITHIN_MS, "the end of listening there");
      await group.rejoin();
    }
  });

  test("[S79] [H35] stands still, is replaced and wakes up: it is not believed any more", async () => {
    const id = newShowtimeId();
    const hold = await holds(one.map, id, "ann", [1]);
    await group.primary.pause();
    await group.promoted();
    await followed(id);
    const booking = ledger.sell(id, "ord_1", hold.seats);
    if (booking === null) throw new Error("refused");
    await one.map.settle({ showtimeId: id, booking });
    group.replica.resume();
    const role = () => group.replica.command("ROLE").catch(() => "hung up on, as all clients are then");
    await eventually(async () => (await role()).includes("slave"), 20_000, "the demotion");
    for (const server of [one, two]) expect(await differences(server, ledger, id)).toEqual([]);
    const told = await listen(two.map, id);
    await holds(one.map, id, "ben", [5]);
    await eventually(() => told.only("changed").length === 1);
    await group.rejoin();
  });

  test("[S79] a sentinel that is gone is not missed", async () => {
    const [gone] = group.sentinels;
    await gone?.kill();
    const late = await openRedisSeatMap({ url: group.url, storeId: "store" });
    expect(await eventually(() => tried(() => late.now()), BACK_WITHIN_MS)).toBeGreaterThan(0);
    await late.close();
    await gone?.restart();
  });

  test("[S79] a sentinel that is behind, and names a replica, is not believed", async () => {
    const behind = await startBackwardSentinel(group.replica.port);
    const url = group.url.replace("redis+sentinel://", `redis+sentinel://127.0.0.1:${behind.port},`);
    const late = await openRedisSeatMap({ url, storeId: "store" });
    expect(await late.now()).toBeGreaterThan(0);
    await late.close();
    await behind.stop();
  });

  test("[O41] [H38] sentinels that are not there, or know no primary of that name: refused, naming REDIS_URL", async () => {
    const open = (url: string) => openRedisSeatMap({ url, storeId: "store" });
    await expect(open(group.url.replace("/cinema", "/theatre"))).rejects.toThrow(/REDIS_URL: .*theatre/);
    await expect(open("redis+sentinel://127.0.0.1:1/cinema")).rejects.toThrow(/REDIS_URL: /);
    await expect(open(`redis://127.0.0.1:${group.replica.port}`)).rejects.toThrow(/REDIS_URL: .*replica/);
  });
});
