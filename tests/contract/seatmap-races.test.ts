import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { times } from "../support/counts.ts";
import { eventually } from "../support/poll.ts";
import {
  ADAPTERS,
  type Adapter,
  accepted,
  holds,
  listen,
  load,
  redisAdapter,
  refused,
  request,
  statesOf,
  wants,
} from "../support/seatmap.ts";

const CLIENTS = 200;

/** Starts one attempt per client at once and counts the winners. */
async function race(attempt: (client: number) => Promise<boolean>): Promise<number> {
  const outcomes = await Promise.all(Array.from({ length: CLIENTS }, (_, client) => attempt(client)));
  return outcomes.filter(Boolean).length;
}

describe.each(ADAPTERS)("seat map races: $name", (kind) => {
  describe.skipIf(!kind.isHere)("races", () => {
    let adapter: Adapter;
    beforeAll(async () => {
      adapter = await kind.open();
    });
    afterAll(() => adapter?.close());
    const server = (client: number) => (client % 2 === 0 ? adapter.map : adapter.other);

    test("[H2] of 200 who want one seat at once exactly one gets it", { timeout: 600_000 }, async () => {
      const id = await load(adapter.map, { seatCount: 2 });
      for (let round = 0; round < times(20, 1_000, 20_000); round++) {
        let winner = "";
        const winners = await race(async (client) => {
          const answer = await server(client).hold(wants(id, `session ${client}`, [1]));
          if (!answer.ok) expect(answer).toMatchObject({ why: "seat_taken", seats: [1] });
          else winner = `session ${client}`;
          return answer.ok;
        });
        expect(winners).toBe(1);
        accepted(await adapter.map.release({ showtimeId: id, sessionId: winner, ...request() }));
      }
    });

    test("[H2] control: a hold that reads, waits and writes gives the seat away twice, every time", async () => {
      for (let round = 0; round < 20; round++) {
        const id = await load(adapter.map, { seatCount: 2 });
        const winners = await race(async (client) => {
          if ((await statesOf(server(client), id))[1] !== "A") return false;
          await new Promise((resolve) => setTimeout(resolve, 20));
          // Writes without looking, as the second half of a hold that is not atomic would.
          const booking = { id: `ord_${client}`, version: 1, seats: [1], state: "paying" as const };
          return (await server(client).settle({ showtimeId: id, booking })).ok;
        });
        expect(winners).toBeGreaterThan(1);
      }
    });

    test("[H1] [H2] overlapping holds of several seats: each is whole or nothing", { timeout: 600_000 }, async () => {
      const seed = Number(process.env.SEED ?? Math.floor(Math.random() * 2 ** 31));
      console.info(`overlapping holds on ${kind.name}: SEED=${seed}`);
      const seatCount = 40;
      const groups = fc.array(fc.uniqueArray(fc.nat(seatCount - 1), { minLength: 2, maxLength: 6 }), {
        minLength: 20,
        maxLength: 20,
      });
      const property = fc.asyncProperty(groups, async (wanted) => {
        const id = await load(adapter.map, { seatCount });
        const won = await Promise.all(
          wanted.map(async (seats, client) => {
            const answer = await server(client).hold(wants(id, `session ${client}`, seats));
            if (!answer.ok) refused(answer);
            return answer.ok ? { client, seats } : null;
          }),
        );
        const expected = won
          .flatMap((hold) => (hold === null ? [] : hold.seats.map((index) => [index, `session ${hold.client}`])))
          .sort(([a], [b]) => Number(a) - Number(b));
        const { holders } = accepted(await adapter.map.holders(id));
        expect(holders.map(({ index, by }) => [index, by.kind === "hold" ? by.sessionId : by.bookingId])).toEqual(
          expected,
        );
      });
      await fc.assert(property, { seed, numRuns: times(10, 100, 2_500) });
    });
  });
});

describe.skipIf(!redisAdapter.isHere)("seat map feed of two servers", () => {
  test("[D3] [D8] two servers at full rate: each watcher gets every version, none out of order", {
    timeout: 300_000,
  }, async () => {
    const adapter = await redisAdapter.open();
    try {
      const seatCount = 200;
      const id = await load(adapter.map, { seatCount });
      const [here, there] = [await listen(adapter.map, id), await listen(adapter.other, id)];
      const changes = times(2_000, 60_000, 600_000);
      const work = async (worker: number) => {
        const server = worker % 2 === 0 ? adapter.map : adapter.other;
        for (let n = worker; n < changes / 2; n += 50) {
          await holds(server, id, `session ${worker}`, [worker]);
          accepted(await server.release({ showtimeId: id, sessionId: `session ${worker}`, ...request() }));
        }
      };
      await Promise.all(Array.from({ length: 50 }, (_, worker) => work(worker)));
      for (const { only } of [here, there]) {
        await eventually(() => only("changed").length === changes, 10_000);
        const inversions = only("changed").filter(({ delta }, place) => delta.from !== place + 1);
        expect(inversions).toEqual([]);
      }
    } finally {
      await adapter.close();
    }
  });
});
