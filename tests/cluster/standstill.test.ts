import { setTimeout as pause } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { PURCHASE_POINTS } from "../../server/booking/points.ts";
import { hasTime, times } from "../support/counts.ts";
import { eventually } from "../support/poll.ts";
import type { ServerProcess } from "../support/process.ts";
import { openShopper, type Shopper, type Stage, setStage } from "../support/purchase.ts";
import { CHILD, type Cluster, finalAnswer, hasCluster, openCluster, rest } from "../support/purchase-cluster.ts";
import { orderAgain, standstill, stopAmidPurchases } from "../support/purchase-deaths.ts";
import { follow, type Viewer } from "../support/sockets.ts";

/** Servers that stop, side by side; one more never does. */
const STOPPABLE = times(1, 10, 20);
/** Standstills in the middle of purchases, and how long each is. */
const STANDSTILLS = times(1, 30, 200);
const STILL_MS = times(6_000, 30_000, 30_000);
/** Standstills and deaths of the server through which seats were held. */
const SWEEPS = times(2, 50, 500);
const WINDOW_S = 3;
const HOLD_TTL_S = 4;
/** What an order may take to end, when whoever began it does not go on. */
const ENDED_WITHIN_MS = (WINDOW_S + 10) * 1000;

describe.skipIf(!hasCluster || !hasTime)(
  "a server that stands still",
  { timeout: times(60_000, 300_000, 3_000_000) },
  () => {
    let cluster: Cluster;
    let awake: ServerProcess;
    let stoppable: ServerProcess[];
    let stage: Stage;
    let nextSeat = 0;
    beforeAll(async () => {
      const env = { PAYMENT_WINDOW_S: `${WINDOW_S}`, HOLD_TTL_S: `${HOLD_TTL_S}` };
      cluster = await openCluster({ env, entry: CHILD });
      awake = cluster.servers[0] as ServerProcess;
      stoppable = [cluster.servers[1] as ServerProcess];
      // Two at a time: all at once would take longer than one may wait for a server.
      while (stoppable.length < STOPPABLE) stoppable.push(...(await Promise.all([cluster.start(), cluster.start()])));
      stage = await setStage(awake.url, { rowWidth: 95 });
    }, 200_000);
    afterAll(() => cluster?.close());

    const takeSeats = (count: number) => {
      nextSeat += count;
      return stage.seats.slice(nextSeat - count, nextSeat);
    };

    it("[C60] [C63] its purchases are ended by others meanwhile, and what it still wants to write is refused", async () => {
      for (let round = 0; round * STOPPABLE < STANDSTILLS; round++) {
        await Promise.all(stoppable.map((server, lane) => standStill(server, round * STOPPABLE + lane)));
        expect((await rest(awake.url, stage, cluster.provider, ENDED_WITHIN_MS)).faults).toEqual([]);
      }
    });

    /** One stops at a point of a purchase; the others end it and sell its seats again; it wakes up and goes on. */
    async function standStill(server: ServerProcess, turn: number): Promise<void> {
      const point = PURCHASE_POINTS[turn % PURCHASE_POINTS.length] as (typeof PURCHASE_POINTS)[number];
      const seats = takeSeats(2);
      const stopped = await stopAmidPurchases({
        server,
        stage,
        seats,
        point,
        count: 1,
        by: "SIGSTOP",
        holdAt: awake.url,
      });
      const rival = await openShopper(awake.url, stage);
      try {
        await pause(STILL_MS);
        for (const seat of seats) await take(rival, seat);
        server.child.kill("SIGCONT");
        const answers = stopped.buyers.map((buyer) =>
          finalAnswer(() => orderAgain(buyer, undefined, server.url), 20_000),
        );
        for (const { status, body } of await Promise.all(answers))
          expect([status, body.code]).toBeOneOf([
            [201, undefined],
            [410, "hold_expired"],
            [409, "seat_taken"],
          ]);
      } finally {
        server.child.kill("SIGCONT");
        for (const { shopper } of [...stopped.buyers, { shopper: rival }]) shopper.close();
      }
    }

    /** What was not sold by now is free: none of it waits for the one that stands still. */
    async function take(rival: Shopper, seat: string): Promise<void> {
      const isTaken = (error: Error) => (error.message.includes("seat_taken") ? { seats: [] } : null);
      const hold = await eventually(() => rival.hold([seat]).catch(isTaken), 10_000, `an answer to ${seat}`);
      if ("token" in hold) await finalAnswer(() => rival.order(hold, { key: `the rival's ${seat}` }), 20_000);
    }

    it("[O55] holds that were taken through it end all the same, within 2 s of their time", async () => {
      const rounds = Math.ceil(SWEEPS / STOPPABLE);
      const watcher = await openShopper(awake.url, stage);
      const map = follow(watcher.socket, stage.showtimeId);
      await map.join();
      const late: number[] = [];
      for (let round = 0; round < rounds; round++) {
        // In the last round they die.
        const by = round === rounds - 1 ? "SIGKILL" : "SIGSTOP";
        late.push(...(await Promise.all(stoppable.map((server) => outliveHolder(server, by, map)))));
      }
      watcher.close();
      console.log(`${late.length} holds ended at most ${Math.max(...late).toFixed(0)} ms after their time`);
      expect(Math.min(...late)).toBeGreaterThanOrEqual(0);
      expect(Math.max(...late)).toBeLessThan(2_000);
      expect((await rest(awake.url, stage, cluster.provider, ENDED_WITHIN_MS)).faults).toEqual([]);
    });

    /** How long after its time a hold was seen to end, in milliseconds. */
    async function outliveHolder(server: ServerProcess, by: "SIGSTOP" | "SIGKILL", map: Viewer): Promise<number> {
      const [seat = ""] = takeSeats(1);
      const holder: Shopper = await openShopper(server.url, stage);
      // Who has just woken up first finds out that its connections are gone.
      const { ttlMs, expiresAt } = await eventually(() => holder.hold([seat]).catch(() => null), 10_000, "a hold");
      const place = stage.seats.indexOf(seat);
      const stateOf = () => map.map()?.states[place];
      await eventually(() => stateOf() === "H", ttlMs, `the hold on ${seat}`);
      if (by === "SIGKILL") {
        await server.end(by);
      } else {
        server.child.kill(by);
        await standstill(server);
      }
      await eventually(() => stateOf() === "A", ttlMs + 10_000, `the end of the hold on ${seat}`);
      // Redis, which says when, is on this host.
      const late = Date.now() - Date.parse(expiresAt);
      server.child.kill("SIGCONT");
      holder.close();
      return late;
    }
  },
);
