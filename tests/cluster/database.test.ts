import { randomUUID } from "node:crypto";
import { setTimeout as pause } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import type { ApiAnswer } from "../support/api.ts";
import { hasTime, times } from "../support/counts.ts";
import type { TestMongo } from "../support/mongodb.ts";
import { type MongoProxy, openMongoProxy } from "../support/mongodb-proxy.ts";
import { eventually } from "../support/poll.ts";
import { openShopper, type Shopper, type Stage, setStage } from "../support/purchase.ts";
import { finalAnswer, hasCluster, openCluster, rest } from "../support/purchase-cluster.ts";

/** Outages of a second each; one of ten and one of sixty seconds, each of a cinema of its own, at the same time. */
const SHORT = times(1, 30, 200);
const LONG_MS = [10_000, 60_000].slice(0, times(0, 2, 2));
/** Batches of purchases among commands that fail. */
const FAILING = times(1, 10, 100);
const BUYERS = 5;
const ANSWERED_WITHIN_MS = 3_000;
const RECOVERED_WITHIN_MS = 5_000;
const WINDOW_S = 30;
/** A key whose first run died with the database is free again after 10 s. */
const KEY_FREE_WITHIN_MS = 15_000;
const ENDED_WITHIN_MS = (WINDOW_S + 10) * 1000;
/** What an order may be answered while there is no database. */
const REFUSALS = [
  [503, "unavailable"],
  [409, "idempotency_in_progress"],
];

describe
  .skipIf(!hasCluster || !hasTime)
  .concurrent("the database of two servers", { timeout: times(60_000, 400_000, 4e6) }, () => {
    /** A cinema with seats that nobody had yet, and buyers who each hold one. */
    async function open(env?: Record<string, string>) {
      const cluster = await openCluster({ env: { PAYMENT_WINDOW_S: `${WINDOW_S}`, ...env } });
      const stage = await setStage(cluster.servers[0]?.url ?? "", { rowWidth: 60 });
      let next = 0;
      const enter = async () => {
        const server = cluster.servers[next % cluster.servers.length];
        const shopper = await openShopper(server?.url ?? "", stage);
        const seat = stage.seats[next++] as string;
        return {
          shopper,
          key: randomUUID(),
          hold: await eventually(() => shopper.hold([seat]).catch(() => null), 10_000),
        };
      };
      return { cluster, mongo: cluster.mongo as TestMongo, stage, enter };
    }
    type Cinema = Awaited<ReturnType<typeof open>>;
    type Buyer = Awaited<ReturnType<Cinema["enter"]>>;

    const order = ({ shopper, hold, key }: Buyer) => shopper.order(hold, { key });
    const captured = async ({ cluster }: Cinema) => {
      const ledger = await cluster.provider.ledger();
      return ledger.reduce((sum, entry) => sum + entry.captured, 0);
    };
    const isReady = (cinema: Cinema) =>
      Promise.all(cinema.cluster.servers.map(({ url }) => fetch(`${url}/health/ready`))).then((all) =>
        all.every(({ ok }) => ok),
      );

    /** Asks again and again while the database is away: nobody may wait longer than this for one that is not there. */
    async function keepAsking(buyer: Buyer, backAt: number): Promise<void> {
      while (performance.now() < backAt) {
        const asked = performance.now();
        const { status, body }: ApiAnswer = await order(buyer);
        expect(Math.min(performance.now(), backAt) - asked).toBeLessThan(ANSWERED_WITHIN_MS);
        if (performance.now() < backAt) expect([status, body.code]).toBeOneOf(REFUSALS);
        await pause(Math.random() * 300);
      }
    }

    /** The database is away for a while, and buyers keep asking. Answers how long recovery took, in milliseconds. */
    async function outage(cinema: Cinema, by: "SIGKILL" | "SIGSTOP", ms: number): Promise<number> {
      const { mongo } = cinema;
      const buyers = await Promise.all(Array.from({ length: BUYERS }, cinema.enter));
      await (by === "SIGKILL" ? mongo.kill() : mongo.pause());
      const before = await captured(cinema);
      const backAt = performance.now() + ms;
      const away = async () => {
        await pause(ms);
        expect(await captured(cinema)).toBe(before);
        if (by === "SIGKILL") await mongo.restart();
        else mongo.resume();
        return recovery(cinema);
      };
      const [took] = await Promise.all([away(), ...buyers.map((buyer) => keepAsking(buyer, backAt))]);
      for (const buyer of buyers) {
        const { status, body } = await finalAnswer(() => order(buyer), KEY_FREE_WITHIN_MS);
        expect([status, body.code]).toEqual([201, undefined]);
        buyer.shopper.close();
      }
      return took;
    }

    /** The database is back: how long until both servers say so and a newcomer has bought, in milliseconds. */
    async function recovery(cinema: Cinema): Promise<number> {
      const back = performance.now();
      await eventually(() => isReady(cinema).catch(() => false), RECOVERED_WITHIN_MS, "readiness");
      const newcomer = await cinema.enter();
      const bought = async () => (await order(newcomer)).status === 201;
      await eventually(bought, RECOVERED_WITHIN_MS, "a purchase");
      newcomer.shopper.close();
      return performance.now() - back;
    }

    async function endWell({ cluster, stage }: Cinema, orders: number): Promise<void> {
      const url = cluster.servers[1]?.url ?? "";
      const ended = await rest(url, stage, cluster.provider, ENDED_WITHIN_MS);
      expect(ended.faults).toEqual([]);
      expect(ended.orders.filter(({ status }) => status === "confirmed")).toHaveLength(orders);
    }

    it("[C65] is away for a second, again and again: no money moves meanwhile, and everybody gets their seats", async () => {
      const cinema = await open();
      try {
        const took: number[] = [];
        for (let round = 0; round < SHORT; round++)
          took.push(await outage(cinema, round % 2 === 0 ? "SIGSTOP" : "SIGKILL", 1_000));
        console.log(`after ${SHORT} outages all was well within ${Math.max(...took).toFixed(0)} ms`);
        await endWell(cinema, SHORT * (BUYERS + 1));
      } finally {
        await cinema.cluster.close();
      }
    });

    it("[C65] is away for long: the same", async () => {
      await Promise.all(
        LONG_MS.map(async (ms, turn) => {
          const cinema = await open();
          try {
            const took = await outage(cinema, turn % 2 === 0 ? "SIGKILL" : "SIGSTOP", ms);
            console.log(`after ${ms / 1000} s all was well within ${took.toFixed(0)} ms`);
            await endWell(cinema, BUYERS + 1);
          } finally {
            await cinema.cluster.close();
          }
        }),
      );
    });

    /** What the database does to some commands of a batch; each is met by whoever comes first. */
    const TROUBLES: readonly ((mongo: TestMongo, proxy: MongoProxy) => unknown)[] = [
      (mongo) => mongo.failCommands(["insert"], { closeConnection: true }, 4),
      (_, proxy) => proxy.loseAnswerOf("insert"),
      (mongo) => mongo.failCommands(["update", "find"], { closeConnection: true }, 6),
      (mongo) => mongo.failCommands(["update"], { errorCode: 91 }, 4),
      (_, proxy) => proxy.loseAnswerOf("update"),
      (mongo) => mongo.failCommands(["insert", "update"], { errorCode: 189 }, 6),
      (mongo) => mongo.failCommands(["find", "insert"], { blockConnection: true, blockTimeMS: 700 }, 8),
      (mongo) => mongo.failCommands([], { errorCode: 11600 }, 5),
      (mongo) => mongo.failCommands(["update", "findAndModify"], { blockConnection: true, blockTimeMS: 1_200 }, 4),
      (mongo) => mongo.failCommands(["insert", "update", "find", "findAndModify"], { errorCode: 50 }, 7),
    ];

    it("[C66] is slow, refuses commands or loses its answers: one order for each key, and all books agree", async () => {
      const cluster = await openCluster({ servers: 0 });
      const mongo = cluster.mongo as TestMongo;
      const proxy = await openMongoProxy(mongo.port, new URL(cluster.env.MONGODB_URL as string).pathname.slice(1));
      try {
        const { url } = await cluster.start({ MONGODB_URL: proxy.url, PAYMENT_WINDOW_S: `${WINDOW_S}` });
        const stage = await setStage(url, { rowWidth: 60 });
        const first = Math.floor(Math.random() * TROUBLES.length);
        for (let batch = 0; batch < FAILING; batch++) {
          const seats = stage.seats.slice(batch * BUYERS, (batch + 1) * BUYERS);
          const trouble = TROUBLES[(first + batch) % TROUBLES.length];
          await Promise.all(await amidTrouble(url, stage, seats, () => trouble?.(mongo, proxy)));
        }
        const { orders, faults } = await rest(url, stage, cluster.provider, ENDED_WITHIN_MS);
        expect(faults).toEqual([]);
        expect(orders.map(({ status }) => status)).toEqual(Array(FAILING * BUYERS).fill("confirmed"));
      } finally {
        await proxy.close();
        await cluster.close();
      }
    });

    /** Buyers with seats, then the trouble, then their orders: each asks until an answer is final. */
    async function amidTrouble(url: string, stage: Stage, seats: string[], trouble: () => unknown) {
      const shoppers: Shopper[] = await Promise.all(seats.map(() => openShopper(url, stage)));
      const holds = await Promise.all(shoppers.map((shopper, place) => shopper.hold([seats[place] as string])));
      await trouble();
      return shoppers.map(async (shopper, place) => {
        const hold = holds[place] as (typeof holds)[0];
        const answer = await finalAnswer(
          () => shopper.order(hold, { key: `the key for ${seats[place]}` }),
          KEY_FREE_WITHIN_MS,
        );
        expect([answer.status, answer.body.code]).toEqual([201, undefined]);
        shopper.close();
      });
    }
  });
