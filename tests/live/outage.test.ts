import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { SeatMap } from "../../server/seatmap/port.ts";
import { openRedisSeatMap } from "../../server/seatmap/redis/map.ts";
import { times } from "../support/counts.ts";
import { madeUpCinema } from "../support/made-up-cinema.ts";
import { eventually } from "../support/poll.ts";
import { hasRedis, startRedis, type TestRedis } from "../support/redis.ts";
import { type Client, connect, type Edge, follow, startEdge, type Viewer } from "../support/sockets.ts";

const SHOWTIME = "sht_a";
const VIEWERS = 20;
const TIMES = times(1, 10, 50);

/** Redis goes away under two servers with viewers; everyone must be told the truth again, by themselves. */
describe.skipIf(!hasRedis)("an outage of Redis", () => {
  let redis: TestRedis;
  const maps: SeatMap[] = [];
  const edges: Edge[] = [];
  const clients: Client[] = [];
  const cinema = madeUpCinema([SHOWTIME], 40);

  beforeEach(async () => {
    redis = await startRedis();
    for (let i = 0; i < 2; i++) {
      const map = await openRedisSeatMap({ url: redis.url, storeId: "store" });
      maps.push(map);
      edges.push(await startEdge({ map, cinema }));
    }
  });
  afterEach(async () => {
    for (const client of clients.splice(0)) client.close();
    await Promise.all(edges.splice(0).map((edge) => edge.close()));
    await Promise.all(maps.splice(0).map((map) => map.close()));
    await redis.stop();
  });

  async function someone(i: number, token: string): Promise<Client> {
    const client = await connect(edges[i % edges.length]!.url, token);
    clients.push(client);
    return client;
  }

  async function audience(): Promise<Viewer[]> {
    const viewers = await Promise.all(
      Array.from({ length: VIEWERS }, async (_, i) => follow(await someone(i, `ses_viewer_${i}`), SHOWTIME)),
    );
    await Promise.all(viewers.map((viewer) => viewer.join()));
    // Both servers may have loaded the map: the later epoch counts.
    await eventually(() => new Set(viewers.map((viewer) => viewer.map()?.epoch)).size === 1);
    return viewers;
  }

  /** Holds a seat as soon as that is possible again; every refusal on the way must be `unavailable`. */
  async function holdSoon(client: Client, seats: string[]) {
    return eventually(
      async () => {
        const answer = await client.ask("seats:hold", { requestId: `${Math.random()}`, showtimeId: SHOWTIME, seats });
        if (!answer.ok) expect(answer.error.code).toBe("unavailable");
        return answer.ok ? answer : null;
      },
      8_000,
      "a hold after the outage",
    );
  }

  async function expectEveryoneAt(viewers: readonly Viewer[], epochBefore: string | undefined) {
    const buyer = await someone(1, `ses_buyer_${Math.random()}`);
    const { epoch, version } = await holdSoon(buyer, ["A2"]);
    expect(epoch).not.toBe(epochBefore);
    await eventually(
      () => viewers.every((viewer) => viewer.map()?.epoch === epoch && (viewer.map()?.version ?? 0) >= version),
      5_000,
      "everyone in the new epoch",
    );
    const states = new Set(viewers.map((viewer) => viewer.map()?.states));
    expect(states.size).toBe(1);
    expect([...states][0]?.[1]).toBe("H");
    // Nobody lost the link, nobody had to ask.
    for (const { client } of viewers) expect(client.socket.connected).toBe(true);
    await buyer.do("seats:release", { requestId: "back", showtimeId: SHOWTIME });
    return epoch;
  }

  it(`[D29] SIGKILL and restart, ${TIMES} times: servers stay up, a new epoch, every viewer resynced`, {
    timeout: 600_000,
  }, async () => {
    const viewers = await audience();
    const owner = await someone(0, "ses_owner");
    await owner.do("seats:hold", { requestId: "keep", showtimeId: SHOWTIME, seats: ["A1"] });
    let epoch = viewers[0]?.map()?.epoch;
    for (let round = 0; round < TIMES; round++) {
      await redis.kill();
      const answer = await owner.ask("hold:extend", { requestId: `down-${round}`, showtimeId: SHOWTIME });
      expect(answer).toMatchObject({ ok: false, error: { code: "unavailable" } });
      // Who joins now is shown what is known.
      const late = await (await someone(0, "ses_late")).do("showtime:join", { showtimeId: SHOWTIME });
      expect(late).toHaveProperty("snapshot.epoch", epoch);
      await redis.restart();
      epoch = await expectEveryoneAt(viewers, epoch);
    }
  });

  it(`[D29] FLUSHALL, ${TIMES} times: a new epoch, every viewer resynced, no hold survives unseen`, {
    timeout: 600_000,
  }, async () => {
    const viewers = await audience();
    let epoch = viewers[0]?.map()?.epoch;
    for (let round = 0; round < TIMES; round++) {
      const owner = await someone(round, `ses_owner_${round}`);
      await owner.do("seats:hold", { requestId: "gone", showtimeId: SHOWTIME, seats: ["A1"] });
      await redis.command("FLUSHALL");
      epoch = await expectEveryoneAt(viewers, epoch);
      expect((await owner.do("hold:resume", { showtimeId: SHOWTIME })).hold).toBeNull();
      await eventually(() => viewers.every((viewer) => viewer.map()?.states[0] === "A"));
    }
  });

  it("[D48] a Redis that does not answer: every event is answered within 2 s, and all goes on when it does", async () => {
    const viewers = await audience();
    const buyer = await someone(0, "ses_buyer");
    await redis.pause();
    const since = Date.now();
    const answers = await Promise.all([
      buyer.ask("seats:hold", { requestId: "stuck", showtimeId: SHOWTIME, seats: ["A1"] }),
      buyer.ask("showtime:join", { showtimeId: SHOWTIME }),
      buyer.ask("hold:resume", { showtimeId: SHOWTIME }),
    ]);
    expect(Date.now() - since).toBeLessThan(2_500);
    expect(answers[0]).toMatchObject({ ok: false, error: { code: "unavailable" } });
    redis.resume();
    const { version } = await holdSoon(await someone(1, "ses_next"), ["A9"]);
    await eventually(() => viewers.every((viewer) => (viewer.map()?.version ?? 0) >= version), 5_000);
    expect(new Set(viewers.map((viewer) => viewer.map()?.states)).size).toBe(1);
  });
});
