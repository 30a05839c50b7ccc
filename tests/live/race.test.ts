import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createMemorySeatMap } from "../../server/seatmap/memory/map.ts";
import type { HoldRecord, SeatMap } from "../../server/seatmap/port.ts";
import { openRedisSeatMap } from "../../server/seatmap/redis/map.ts";
import { times } from "../support/counts.ts";
import { madeUpCinema } from "../support/made-up-cinema.ts";
import { type ServerProcess, spawnServer } from "../support/process.ts";
import { hasRedis, startRedis, type TestRedis } from "../support/redis.ts";
import { type Client, connect, type Edge, startEdge } from "../support/sockets.ts";

const RACERS = 200;
const ROUNDS = times(10, 200, 1_000);
const PROCESS_ROUNDS = times(5, 200, 1_000);
const CONTROL_ROUNDS = times(5, 20, 20);
const SHOWTIME = "sht_a";
const SEAT = "A1";

interface Prize {
  showtimeId: string;
  seat: string;
}

/** Everyone asks for one seat at the same moment, again and again; the winner of a round gives it back. */
async function race(edges: readonly Edge[], rounds: number) {
  const racers = await Promise.all(
    Array.from({ length: RACERS }, (_, i) => connect(edges[i % edges.length]!.url, `ses_racer_${i}`)),
  );
  return raceOf(racers, rounds, { showtimeId: SHOWTIME, seat: SEAT });
}

async function raceOf(racers: readonly Client[], rounds: number, prize: Prize) {
  const results = { doubles: 0, nobody: 0, others: [] as unknown[] };
  for (let round = 0; round < rounds; round++) {
    const winners = await oneRound(racers, `${round}`, prize, results.others);
    if (winners.length > 1) results.doubles++;
    if (winners.length === 0) results.nobody++;
    await Promise.all(
      winners.map((winner) =>
        winner.ask("seats:release", { requestId: `back-${round}`, showtimeId: prize.showtimeId }),
      ),
    );
  }
  for (const racer of racers) racer.close();
  return results;
}

async function oneRound(
  racers: readonly Client[],
  requestId: string,
  { showtimeId, seat }: Prize,
  others: unknown[],
): Promise<Client[]> {
  const answers = await Promise.all(
    racers.map((racer) => racer.ask("seats:hold", { requestId, showtimeId, seats: [seat] })),
  );
  for (const answer of answers)
    if (!answer.ok && !(answer.error.code === "seat_taken" && answer.error.seats?.join() === seat)) others.push(answer);
  return racers.filter((_, i) => answers[i]?.ok);
}

const FAIR = { doubles: 0, nobody: 0, others: [] };

describe("200 sockets want one seat", () => {
  it(`[H49] in memory: exactly one gets it, the rest are told who not, ${ROUNDS} times`, {
    timeout: 600_000,
  }, async () => {
    const edge = await startEdge();
    expect(await race([edge], ROUNDS)).toEqual(FAIR);
    await edge.close();
  });

  it("[H49] control: a map that reads, waits and writes gives it away twice", async () => {
    const edge = await startEdge({ map: careless(createMemorySeatMap()) });
    const { doubles } = await race([edge], CONTROL_ROUNDS);
    expect(doubles).toBe(CONTROL_ROUNDS);
    await edge.close();
  });
});

describe.skipIf(!hasRedis)("200 sockets on two servers want one seat", () => {
  let redis: TestRedis;
  const maps: SeatMap[] = [];
  beforeAll(async () => {
    redis = await startRedis();
    for (let i = 0; i < 2; i++) maps.push(await openRedisSeatMap({ url: redis.url, storeId: "store" }));
  });
  afterAll(async () => {
    await Promise.all(maps.map((map) => map.close()));
    await redis.stop();
  });

  it(`[H49] in Redis: exactly one gets it, whichever server it asked, ${ROUNDS} times`, {
    timeout: 600_000,
  }, async () => {
    const cinema = madeUpCinema([SHOWTIME]);
    const edges = await Promise.all(maps.map((map) => startEdge({ map, cinema })));
    expect(await race(edges, ROUNDS)).toEqual(FAIR);
    await Promise.all(edges.map((edge) => edge.close()));
  });
});

describe.skipIf(!hasRedis)("200 guests of two whole servers, processes over one store, want one seat", () => {
  let redis: TestRedis;
  const servers: ServerProcess[] = [];
  beforeAll(async () => {
    redis = await startRedis();
    const env = { REDIS_URL: redis.url, DEMO: "1" };
    const first = await spawnServer(env);
    servers.push(first, await spawnServer({ ...env, DATA_DIR: first.dataDir }));
  });
  afterAll(async () => {
    for (const server of servers.reverse()) await server.close();
    await redis.stop();
  });

  it(`[H49] exactly one gets it, whichever server it asked, ${PROCESS_ROUNDS} times`, {
    timeout: 600_000,
  }, async () => {
    const from = new Date(Date.now() + 3_600_000).toISOString();
    const listed = await fetch(`${servers[0]!.url}/api/v1/showtimes?status=on-sale&from=${from}&limit=1`);
    const { items } = (await listed.json()) as { items: { id: string }[] };
    const showtimeId = items[0]?.id ?? "";
    const racers = await Promise.all(
      Array.from({ length: RACERS }, async (_, i) => {
        const { url } = servers[i % servers.length]!;
        const answer = await fetch(`${url}/api/v1/auth/guest`, { method: "POST" });
        const { token } = (await answer.json()) as { token: string };
        return connect(url, token);
      }),
    );
    expect(await raceOf(racers, PROCESS_ROUNDS, { showtimeId, seat: "C5" })).toEqual(FAIR);
    for (const racer of racers) racer.close();
  });
});

/** A map whose hold looks, waits a moment and then writes, as if nobody else could come between. */
function careless(map: SeatMap): SeatMap {
  const taken = new Map<number, string>();
  return {
    ...map,
    async hold(command) {
      const free = command.seats.every((index) => !taken.has(index));
      await new Promise((resolve) => setTimeout(resolve, 1));
      const position = { epoch: "careless", version: 1 };
      const step = { position, delta: null, at: Date.now() };
      if (!free) return { ok: false, why: "seat_taken", seats: command.seats, ...step };
      for (const index of command.seats) taken.set(index, command.sessionId);
      const { freshToken: token, sessionId, seats } = command;
      const hold: HoldRecord = { token, sessionId, seats, expiresAt: Date.now(), capAt: Date.now(), graces: 0 };
      return { ok: true, hold, ...step };
    },
    async release() {
      taken.clear();
      return { ok: true, hold: null, position: { epoch: "careless", version: 1 }, delta: null, at: Date.now() };
    },
  };
}
