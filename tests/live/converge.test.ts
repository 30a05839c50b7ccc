import { describe, expect, it } from "vitest";
import { createMemorySeatMap } from "../../server/seatmap/memory/map.ts";
import type { SeatMap } from "../../server/seatmap/port.ts";
import { openRedisSeatMap } from "../../server/seatmap/redis/map.ts";
import { times } from "../support/counts.ts";
import { type Dice, diceOf } from "../support/dice.ts";
import { madeUpCinema } from "../support/made-up-cinema.ts";
import { eventually } from "../support/poll.ts";
import { hasRedis, startRedis, type TestRedis } from "../support/redis.ts";
import {
  type Client,
  connect,
  connected,
  type Edge,
  follow,
  newClient,
  startEdge,
  type Viewer,
} from "../support/sockets.ts";

const SHOWTIME = "sht_a";
const SEATS = 120;
const VIEWERS = 100;
const ACTORS = 15;
const SEEDS = times(1, 10, 100);
const ACTS = times(60, 200, 200);

/** Every state that anybody saw, by position: no two may differ. */
function createWitness() {
  const seen = new Map<string, string>();
  const lies: string[] = [];
  return {
    lies,
    look(viewer: Viewer) {
      const map = viewer.map();
      if (map === null) return;
      const position = `${map.epoch}:${map.version}`;
      const before = seen.get(position);
      if (before !== undefined && before !== map.states) lies.push(position);
      seen.set(position, map.states);
    },
  };
}

/** A viewer that joins whenever it is connected, with what it knows, and comes back whenever it is not. */
async function steadyViewer(url: string, token: string, look: (viewer: Viewer) => void): Promise<Viewer> {
  const client = newClient(url, token, { reconnection: true });
  const viewer = follow(client, SHOWTIME);
  client.socket.on("connect", () => void viewer.join().catch(() => {}));
  client.socket.onAny(() => look(viewer));
  client.socket.connect();
  await connected(client);
  return viewer;
}

async function act(actor: Client, dice: Dice, requestId: string): Promise<void> {
  const seats = Array.from({ length: 1 + dice.below(3) }, () => `A${1 + dice.below(SEATS)}`);
  const request = { requestId, showtimeId: SHOWTIME };
  if (dice.chance(0.6)) await actor.ask("seats:hold", { ...request, seats });
  else if (dice.chance(0.3)) await actor.ask("hold:extend", request);
  else await actor.ask("seats:release", dice.chance(0.5) ? request : { ...request, seats });
}

/** The link goes, whatever the client was doing: opening, joining, waiting. */
function cutLink({ socket }: Client): void {
  const transport = socket.io.engine?.transport as unknown as { ws?: { terminate(): void } } | undefined;
  transport?.ws?.terminate();
}

async function converge(edges: readonly Edge[], seed: number): Promise<void> {
  const dice = diceOf(seed);
  const witness = createWitness();
  const urlOf = (i: number) => edges[i % edges.length]!.url;
  const viewers = await Promise.all(
    Array.from({ length: VIEWERS }, (_, i) => steadyViewer(urlOf(i), `ses_viewer_${i}`, witness.look)),
  );
  const actors = await Promise.all(
    Array.from({ length: ACTORS }, (_, i) => connect(urlOf(i), `ses_actor_${seed}_${i}`)),
  );
  for (let i = 0; i < ACTS; i++) {
    await Promise.all(Array.from({ length: 4 }, (_, k) => act(dice.pick(actors), dice, `${seed}-${i}-${k}`)));
    // The link goes, not the client: it comes back by itself.
    if (dice.chance(0.5)) for (let k = 0; k < 6; k++) cutLink(dice.pick(viewers).client);
  }
  const answer = await edges[0]!.map.snapshot(SHOWTIME);
  if (!answer.ok) throw new Error(answer.why);
  const { epoch, version, states } = answer.snapshot;
  await eventually(
    () => viewers.every((viewer) => viewer.map()?.version === version),
    2_000,
    `seed ${seed}: all at ${version}`,
  );
  for (const viewer of viewers) expect(viewer.map()).toMatchObject({ epoch, version, states });
  expect(witness.lies).toEqual([]);
  for (const { client } of [...viewers, ...actors.map((client) => ({ client }))]) client.close();
  // A gap would have healed itself; but a server that keeps its promise makes none.
  expect(viewers.reduce((sum, { gaps }) => sum + gaps, 0)).toBe(0);
}

/** A map whose feed tells of every tenth change that nothing changed. */
function forgetful(map: SeatMap): SeatMap {
  let told = 0;
  return {
    ...map,
    watch: (showtimeId, listener) =>
      map.watch(showtimeId, (message) => {
        const isLost = message.kind === "changed" && ++told % 10 === 0;
        listener(isLost ? { ...message, delta: { ...message.delta, changes: [] } } : message);
      }),
  };
}

function seeds(): number[] {
  const first = Date.now() % 1e6;
  console.log(`convergence seeds from ${first}`);
  return Array.from({ length: SEEDS }, (_, i) => first + i);
}

describe("viewers whose links come and go", () => {
  it(`[D59] all ${VIEWERS} show the same seats within 2 s of quiet, in memory`, { timeout: 600_000 }, async () => {
    const edge = await startEdge({ map: createMemorySeatMap(), cinema: madeUpCinema([SHOWTIME], SEATS) });
    for (const seed of seeds()) await converge([edge], seed);
    await edge.close();
  });

  it("[D59] control: a feed that keeps the versions but loses a change is found out", async () => {
    const map = forgetful(createMemorySeatMap());
    const edge = await startEdge({ map, cinema: madeUpCinema([SHOWTIME], SEATS) });
    await expect(converge([edge], 1)).rejects.toThrow();
    await edge.close();
  });

  it.skipIf(!hasRedis)(
    `[D59] all ${VIEWERS} show the same seats within 2 s of quiet, on two servers over Redis`,
    { timeout: 600_000 },
    async () => {
      const redis: TestRedis = await startRedis();
      const open = () => openRedisSeatMap({ url: redis.url, storeId: "store" });
      const maps: SeatMap[] = [await open(), await open()];
      const cinema = madeUpCinema([SHOWTIME], SEATS);
      const edges = await Promise.all(maps.map((map) => startEdge({ map, cinema })));
      for (const seed of seeds()) await converge(edges, seed);
      await Promise.all(edges.map((edge) => edge.close()));
      await Promise.all(maps.map((map) => map.close()));
      await redis.stop();
    },
  );
});
