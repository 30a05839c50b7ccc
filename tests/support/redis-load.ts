/** Servers' seat maps over a Redis in trouble, guests who hold and buy on them, and the check that map and ledger agree. */
import { expect } from "vitest";
import type { MapLoader } from "../../server/seatmap/loader.ts";
import { MapUnavailable, type SeatMap } from "../../server/seatmap/port.ts";
import { openRedisSeatMap } from "../../server/seatmap/redis/map.ts";
import { eventually } from "./poll.ts";
import { accepted, request, wants } from "./seatmap.ts";
import { createTestLedger, overLedger, type TestLedger } from "./seatmap-ledger.ts";

export const SEATS = 60;
/** Every call has answered by then, and some for a machine that is busy with other tests. */
export const ANSWERED_WITHIN_MS = 2_000 + 500;
export const BACK_WITHIN_MS = 3_000;

export const pause = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms));

/** Runs a call; null when the map was unavailable. Any other error is a failure, and so is waiting too long. */
export async function tried<T>(call: () => Promise<T>): Promise<T | null> {
  const began = performance.now();
  try {
    return await call();
  } catch (error) {
    if (!(error instanceof MapUnavailable)) throw error;
    return null;
  } finally {
    expect(performance.now() - began).toBeLessThan(ANSWERED_WITHIN_MS);
  }
}

/** What a server has of the map: as it is, and loading itself from the ledger. */
export interface MapServer {
  raw: SeatMap;
  map: SeatMap;
  loader: MapLoader;
}

export async function openMapServer(url: string, ledger: TestLedger): Promise<MapServer> {
  const raw = await openRedisSeatMap({ url, storeId: "store" });
  return { raw, ...overLedger(raw, ledger, SEATS) };
}

/** Two servers that sell from one ledger. */
export interface TwoServers {
  ledger: TestLedger;
  one: MapServer;
  two: MapServer;
  close(): Promise<unknown>;
}

export async function openTwoServers(url: string): Promise<TwoServers> {
  const ledger = createTestLedger();
  const [one, two] = [await openMapServer(url, ledger), await openMapServer(url, ledger)];
  return { ledger, one, two, close: () => Promise.all([one.raw.close(), two.raw.close()]) };
}

/** The map as it is when it can be asked again. */
export function usable(server: MapServer, id: string, within = BACK_WITHIN_MS) {
  return eventually(
    async () => {
      const answer = await tried(() => server.map.snapshot(id));
      return answer?.ok === true ? answer.snapshot : null;
    },
    within,
    "the map coming back",
  );
}

export interface Load {
  /** Ends it; answers what was acknowledged and never given back. */
  stop(): Promise<{ held: Map<string, number[]>; sales: number; refusedByLedger: number }>;
}

/** Sessions that hold, give back and buy until told to stop. They leave the last seat alone. */
export function startLoad(servers: readonly MapServer[], ledger: TestLedger, id: string): Load {
  let isOn = true;
  let next = 0;
  let sales = 0;
  let refusedByLedger = 0;
  const run = Math.random().toString(36).slice(2);
  const held = new Map<string, number[]>();

  async function buy({ map, loader }: MapServer, session: string, seats: number[]): Promise<void> {
    const booking = ledger.sell(id, `ord_${session}`, seats);
    if (booking !== null) {
      sales++;
      await tried(() => map.settle({ showtimeId: id, booking }));
      return;
    }
    // As checkout does: the ledger refused, so the map was wrong.
    refusedByLedger++;
    await tried(() => loader.reload(id));
  }

  async function guest(server: MapServer): Promise<void> {
    while (isOn) {
      const session = `session ${run} ${next++}`;
      const seats = [Math.floor(Math.random() * (SEATS - 1))];
      const answer = await tried(() => server.map.hold(wants(id, session, seats)));
      if (answer?.ok !== true) {
        await pause(10);
        continue;
      }
      held.set(session, seats);
      if (Math.random() < 0.5) continue;
      held.delete(session);
      if (Math.random() < 0.3) await buy(server, session, seats);
      else await tried(() => server.map.release({ showtimeId: id, sessionId: session, ...request() }));
    }
  }

  const working = Promise.all(servers.flatMap((server) => [guest(server), guest(server), guest(server)]));
  return {
    async stop() {
      isOn = false;
      await working;
      return { held, sales, refusedByLedger };
    },
  };
}

/** What differs between the map and the ledger, and seats that the ledger sold twice: nothing, when all is well. */
export async function differences(server: MapServer, ledger: TestLedger, id: string): Promise<string[]> {
  const { states } = await usable(server, id);
  const owner = new Map<number, string>();
  const faults: string[] = [];
  for (const booking of ledger.bookings(id)) {
    for (const seat of booking.seats) {
      if (owner.has(seat)) faults.push(`${seat}: sold to ${owner.get(seat)} and ${booking.id}`);
      owner.set(seat, booking.id);
    }
  }
  for (const [seat, state] of [...states].entries())
    if ((state === "S") !== owner.has(seat))
      faults.push(`${seat}: ${state}, but ${owner.get(seat) ?? "nobody"} has it`);
  return faults;
}

/** Which of the acknowledged holds the map no longer knows. */
export async function lostHolds({ map }: MapServer, id: string, held: Map<string, number[]>): Promise<string[]> {
  const { holders } = accepted(await map.holders(id));
  const owners = new Map(holders.map(({ index, by }) => [index, by.kind === "hold" ? by.sessionId : ""]));
  return [...held].flatMap(([session, seats]) =>
    seats.every((seat) => owners.get(seat) === session) ? [] : [session],
  );
}
