/** Guests buy on two servers while their Redis dies with what never reached its replica; then all books are compared. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { times } from "../support/counts.ts";
import { hasRedis } from "../support/redis.ts";
import { type House, openHouse } from "../support/redis-house.ts";
import { pause } from "../support/redis-load.ts";
import { startSentinels, type TestSentinels } from "../support/redis-sentinel.ts";

/** One house has seats for some 190 rounds. */
const HOUSES = times(1, 1, 2);
/** Minutes with two servers: not for a laptop, where the map alone is failed over. */
const ROUNDS = times(0, 30, 150);
const FOLLOWED_WITHIN_MS = 5_000;

describe.skipIf(!hasRedis || ROUNDS === 0)(
  "purchases on two servers whose Redis fails over",
  { timeout: 1_800_000 },
  () => {
    let group: TestSentinels;
    beforeAll(async () => {
      group = await startSentinels();
    }, 60_000);
    afterAll(() => group?.stop());

    test("[S78] [O42] [C22] promoted after losing 500 ms: holds are lost, nothing is sold twice, all books agree", async () => {
      for (let n = 0; n < HOUSES; n++) {
        const house = await openHouse(group.url);
        await buyAndFailOver(house).finally(house.close);
        await group.primary.command("FLUSHALL");
      }
    });

    async function buyAndFailOver(house: House): Promise<void> {
      let [sold, lost] = [0, 0];
      for (let round = 0; round < ROUNDS; round++) {
        await group.cutReplication();
        const { kept, epochs, ...done } = await house.round(async () => {
          await pause(500);
          await group.primary.kill();
          await group.promoted();
        }, FOLLOWED_WITHIN_MS);
        sold += done.sold;
        if (kept.after === null) lost++;
        expect(epochs[1]).not.toBe(epochs[0]);
        await group.rejoin();
      }
      expect(sold).toBeGreaterThan(0);
      // The keeper's hold was given after the replica had been cut off.
      expect(lost).toBe(ROUNDS);
      expect(await house.faults()).toEqual([]);
    }
  },
);
