/** Only the connection on which servers hear of changes is cut; viewers must not stay behind. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { SeatMap } from "../../server/seatmap/port.ts";
import { openRedisSeatMap } from "../../server/seatmap/redis/map.ts";
import { times } from "../support/counts.ts";
import { madeUpCinema } from "../support/made-up-cinema.ts";
import { eventually } from "../support/poll.ts";
import { hasRedis, startRedis, type TestRedis } from "../support/redis.ts";
import { type Client, connect, type Edge, follow, startEdge, type Viewer } from "../support/sockets.ts";

const SHOWTIME = "sht_a";
const SEATS = 40;
const VIEWERS = 10;
const CUTS = times(5, 100, 1_000);
const RESYNCED_WITHIN_MS = 2_000;

describe.skipIf(!hasRedis)("viewers of two servers whose feed is cut", { timeout: 600_000 }, () => {
  let redis: TestRedis;
  const maps: SeatMap[] = [];
  const edges: Edge[] = [];
  const clients: Client[] = [];

  beforeAll(async () => {
    redis = await startRedis();
    const cinema = madeUpCinema([SHOWTIME], SEATS);
    for (let i = 0; i < 2; i++) {
      const map = await openRedisSeatMap({ url: redis.url, storeId: "store" });
      maps.push(map);
      edges.push(await startEdge({ map, cinema }));
    }
  });
  afterAll(async () => {
    for (const client of clients) client.close();
    await Promise.all(edges.map((edge) => edge.close()));
    await Promise.all(maps.map((map) => map.close()));
    await redis.stop();
  });

  async function someone(i: number, token: string): Promise<Client> {
    const client = await connect(edges[i % edges.length]!.url, token);
    clients.push(client);
    return client;
  }

  it("[D9] [D59] whatever was missed is seen within 2 s, without a lost link", async () => {
    const viewers: Viewer[] = [];
    for (let i = 0; i < VIEWERS; i++) viewers.push(follow(await someone(i, `ses_viewer_${i}`), SHOWTIME));
    await Promise.all(viewers.map((viewer) => viewer.join()));
    const [buyer, other] = [await someone(0, "ses_buyer"), await someone(1, "ses_other")];
    for (let cut = 0; cut < CUTS; cut++) {
      const request = { showtimeId: SHOWTIME, requestId: `hold ${cut}` };
      await Promise.all([
        redis.command("CLIENT", "KILL", "TYPE", "pubsub"),
        buyer.do("seats:hold", { ...request, seats: [`A${1 + (cut % SEATS)}`] }),
        other.do("seats:release", { ...request, requestId: `release ${cut}` }),
      ]);
      const { version } = await other.do("seats:hold", { ...request, seats: [`A${1 + ((cut + 7) % SEATS)}`] });
      const seen = () => viewers.every((viewer) => (viewer.map()?.version ?? 0) >= version);
      await eventually(seen, RESYNCED_WITHIN_MS, `cut ${cut}: everyone at ${version}`);
      expect(new Set(viewers.map((viewer) => viewer.map()?.states)).size).toBe(1);
      await buyer.do("seats:release", { ...request, requestId: `back ${cut}` });
    }
    for (const { client } of viewers) expect(client.socket.connected).toBe(true);
  });
});
