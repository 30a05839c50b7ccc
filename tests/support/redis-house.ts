/** A cinema on two built servers whose Redis is in trouble, and its guests, who never stop buying. */
import { randomUUID } from "node:crypto";
import { expect } from "vitest";
import type { Hold } from "../../server/protocol/events.ts";
import { api } from "./api.ts";
import { eventually } from "./poll.ts";
import { openShopper, type Shopper, type Stage, setStage } from "./purchase.ts";
import { type Cluster, finalAnswer, openCluster, rest } from "./purchase-cluster.ts";
import { ANSWERED_WITHIN_MS, BACK_WITHIN_MS, pause } from "./redis-load.ts";

export interface House {
  cluster: Cluster;
  stage: Stage;
  /**
   * Lets guests buy while a fault happens, waits until every server gives seats again and every guest knows what
   * became of the purchase. `fault` resolves when Redis answers again, or would; servers are back so soon after.
   */
  round(fault: () => Promise<void>, backWithinMs?: number): Promise<Round>;
  /** Whether there are no seats left for another round. */
  isSoldOut(): boolean;
  /** What differs between orders, map and the provider's captures once all has come to rest, or after so long. */
  faults(withinMs?: number): Promise<string[]>;
  close(): Promise<void>;
}

export interface Round {
  sold: number;
  /** The hold of a guest who only waited: as it was before, and what was left of it. */
  kept: { before: Hold; after: Hold | null };
  /** Epochs of the map before and after. */
  epochs: [string, string];
}

/** Guests per server. They want fewer seats than they are. */
const GUESTS = 3;
const SEATS_A_ROUND = 2;
/** A purchase that fell into the fault is known to have happened or not by then. */
const KNOWN_WITHIN_MS = 20_000;
const PAYMENT_WINDOW_S = 5;

/** `redisUrl`: another Redis than the cluster's own. */
export async function openHouse(redisUrl?: string): Promise<House> {
  const env = { PAYMENT_WINDOW_S: String(PAYMENT_WINDOW_S), ...(redisUrl !== undefined && { REDIS_URL: redisUrl }) };
  const cluster = await openCluster({ mongo: false, env });
  return furnish(cluster).catch(async (error: unknown) => {
    await cluster.close();
    throw error;
  });
}

async function furnish(cluster: Cluster): Promise<House> {
  const urls = cluster.servers.map(({ url }) => url);
  const stage = await setStage(urls[0]!);
  const all = await Promise.all(
    Array.from({ length: urls.length * GUESTS + 1 }, (_, n) => openShopper(urls[n % urls.length]!, stage)),
  );
  const [keeper, ...guests] = all as [Shopper, ...Shopper[]];
  const { showtimeId } = stage;
  /** Row V is the keeper's. */
  const forSale = stage.seats.filter((seat) => !seat.startsWith("V"));
  let round = 0;

  const epochAt = async (url: string): Promise<string | null> => {
    const { status, body } = await api(url)("GET", `/showtimes/${showtimeId}/seats`);
    return status === 200 ? body.epoch : null;
  };

  /** The hold, null when the seat is somebody else's. Every answer comes in time; an unknown outcome is asked again. */
  async function hold(guest: Shopper, seat: string): Promise<Hold | null> {
    const request = { requestId: randomUUID(), showtimeId, seats: [seat] };
    return eventually(
      async () => {
        const began = performance.now();
        const answer = await guest.socket.ask("seats:hold", request);
        expect(performance.now() - began).toBeLessThan(ANSWERED_WITHIN_MS);
        if (answer.ok) return { hold: answer.hold };
        if (answer.error.code === "seat_taken") return { hold: null };
        expect(answer.error.code).toBe("unavailable");
        return null;
      },
      KNOWN_WITHIN_MS,
      `a hold of ${seat}`,
    ).then((answer) => answer.hold);
  }

  async function release(guest: Shopper): Promise<void> {
    const isDone = async () =>
      (await guest.socket.ask("seats:release", { requestId: randomUUID(), showtimeId })).ok === true;
    await eventually(isDone, KNOWN_WITHIN_MS, "a release");
  }

  /** One guest buys one of the seats, unless others were faster. Answers whether it was sold. */
  async function buy(guest: Shopper, seats: readonly string[]): Promise<boolean> {
    await pause(Math.random() * 80);
    const held = await hold(guest, seats[Math.floor(Math.random() * seats.length)]!);
    if (held === null) return false;
    const key = randomUUID();
    const { status, body } = await finalAnswer(() => guest.order(held, { key }), KNOWN_WITHIN_MS);
    if (status === 201) return true;
    // The hold was lost with Redis, and the seats may have gone to another since.
    expect(["hold_expired", "seat_taken"]).toContain(body.code);
    await release(guest);
    return false;
  }

  return {
    cluster,
    stage,
    async round(fault, backWithinMs = BACK_WITHIN_MS) {
      const seats = forSale.slice(round * SEATS_A_ROUND, (round + 1) * SEATS_A_ROUND);
      const before = await hold(keeper, `V${1 + (round % 20)}`);
      if (before === null) throw new Error("the keeper's seat is taken");
      round++;
      const epoch = await eventually(() => epochAt(urls[0]!));
      const buying = Promise.all(guests.map((guest) => buy(guest, seats)));
      await pause(Math.random() * 80);
      await fault();
      const back = Date.now() + backWithinMs;
      const epochs = urls.map((url) => eventually(() => epochAt(url), back - Date.now(), "seats at every server"));
      await Promise.all(epochs);
      const sold = (await buying).filter(Boolean).length;
      const resumed = await keeper.socket.do("hold:resume", { showtimeId });
      await release(keeper);
      return {
        sold,
        kept: { before, after: resumed.hold },
        epochs: [epoch, await eventually(() => epochAt(urls[1]!))],
      };
    },
    isSoldOut: () => (round + 1) * SEATS_A_ROUND > forSale.length,
    async faults(withinMs = (PAYMENT_WINDOW_S + 10) * 1_000) {
      // Whoever had no luck does not keep a seat.
      await Promise.all(guests.map(release));
      for (const { child } of cluster.servers) expect([child.exitCode, child.signalCode]).toEqual([null, null]);
      return (await rest(urls[0]!, stage, cluster.provider, withinMs)).faults;
    },
    async close() {
      for (const guest of all) guest.close();
      await cluster.close();
    },
  };
}

/** A cinema with seats for another round; the books of one that is sold out are compared before it closes. */
export async function withSeats(house: House): Promise<House> {
  if (!house.isSoldOut()) return house;
  expect(await house.faults()).toEqual([]);
  await house.close();
  return openHouse();
}
