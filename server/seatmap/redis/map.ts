/**
 * The seat map in Redis, shared by every server of a cinema.
 *
 * Promises: everything the port promises; each command is one Lua script, which also publishes what it
 * changed. No call takes longer than two seconds: an answer, or `MapUnavailable`. Redis may be
 * stopped, restarted, emptied, replaced, resharded or lose its scripts at any moment.
 * Must never import anything but `protocol`, `basics` and the port.
 */
import { randomText } from "../../basics/ids.ts";
import { MapUnavailable, type SeatMap } from "../port.ts";
import { createWatchers } from "../watchers.ts";
import { writeOrderNotice } from "./answers.ts";
import { ledgerCommands, type RunScript, readCommands, sessionCommands } from "./commands.ts";
import type { Connection } from "./connection.ts";
import { createDoubts } from "./doubts.ts";
import { type Feed, openFeed } from "./feed.ts";
import { privateChannel, publicChannel, recordedKey, stepKeys } from "./keys.ts";
import { type LinkLogger, textOf } from "./link.ts";
import { claimAgain, openBackend, openCommands, unusable } from "./opening.ts";
import { type Backend, type Ring, reach } from "./ring.ts";
import { loadScripts, type Script, type ScriptName } from "./scripts.ts";

export interface RedisSeatMapDeps {
  /** What `REDIS_URL` may say: one Redis, nodes of a cluster, or sentinels. */
  url: string;
  /** The store whose seats these are; a Redis that belongs to another one is refused. */
  storeId: string;
  logger?: LinkLogger;
}

/** What may be said to a map that is in doubt. */
const LOADS: ReadonlySet<ScriptName> = new Set(["begin-load", "finish-load"]);
/** What carries the ledger's word. */
const TELLS: ReadonlySet<ScriptName> = new Set(["settle", "end-payment", "finish-load"]);
/** As `_step.lua` numbers it. */
const STALE_RUN = -2;

/** Characters of an epoch: 60 random bits, so no two rebuilds of a showtime share one. */
const EPOCH_LENGTH = 12;

/**
 * Connects to Redis. Rejects with one clear line that names REDIS_URL when it cannot be reached or
 * belongs to another store; afterwards the map repairs its connections by itself until `close`.
 */
export async function openRedisSeatMap(deps: RedisSeatMapDeps): Promise<SeatMap> {
  const { storeId, logger } = deps;
  const backend = await openBackend(deps.url, logger).catch(unusable);
  const scripts = loadScripts(backend.channels.publish);
  const watchers = createWatchers((error) => logger?.warn({ error: textOf(error) }, "a seat map watcher threw"));
  try {
    const ring = await openCommands(backend, Object.values(scripts), deps);
    const feed = await openFeed({ backend, watchers, logger }).catch((error: unknown) => {
      ring.close();
      throw error;
    });
    return mapOver({ backend, scripts, ring, feed, storeId });
  } catch (error) {
    backend.close();
    return unusable(error);
  }
}

interface Opened {
  backend: Backend;
  scripts: Record<ScriptName, Script>;
  ring: Ring<Connection>;
  feed: Feed;
  storeId: string;
}

function mapOver({ backend, scripts, ring, feed, storeId }: Opened): SeatMap {
  const doubts = createDoubts();
  const run: RunScript = (name, showtimeId, args, ninth) => {
    const keys = stepKeys(showtimeId);
    if (ninth !== undefined) keys.push(ninth);
    const script = scripts[name];
    return reach(ring, publicChannel(showtimeId), async (connection) => {
      const { runId } = connection;
      if (doubts.has(showtimeId, runId) && !LOADS.has(name)) return [STALE_RUN];
      const reply = await connection.run(script, keys, [runId, ...args]);
      if (TELLS.has(name)) doubts.told(showtimeId, runId);
      return reply;
    });
  };

  return {
    ...sessionCommands(run),
    ...ledgerCommands(run),
    ...readCommands(run),

    async beginLoad({ showtimeId, seatCount, layoutVersion, keepMs, unlessOpen }) {
      // An emptied Redis has forgotten whose it is: whoever fills it again says so first.
      await claimAgain(ring, storeId);
      const epoch = randomText(EPOCH_LENGTH);
      const args = [epoch, String(seatCount), String(layoutVersion), String(keepMs), unlessOpen ? "1" : "0"];
      const found = String(await run("begin-load", showtimeId, args, recordedKey(showtimeId)));
      if (found === "") return { epoch, open: false };
      return { epoch: found, open: true, ...(doubts.clear(showtimeId) && { doubtful: true }) };
    },
    now: () => earliest(ring),
    async tellOrder(notice) {
      const channel = privateChannel(notice.showtimeId);
      const words = [backend.channels.publish, channel, writeOrderNotice(notice)];
      await reach(ring, channel, (connection) => connection.send(words)).catch(() => {});
    },
    watch: (showtimeId, listener) => feed.watch(showtimeId, listener),
    // Of a cluster, what is left goes on: a server that gave up for one shard would take all of them with it.
    healthy: () => ring.all().some((connection) => connection !== null),
    async close() {
      for (const connection of ring.all()) connection?.end();
      backend.close();
      ring.close();
      feed.close();
    },
  };
}

/** The time of the Redis that is behind the others: nothing ends by it too early, whoever has it. */
async function earliest(ring: Ring<Connection>): Promise<number> {
  const asked = ring.all().flatMap((connection) => (connection === null ? [] : [timeOf(connection)]));
  const times = (await Promise.allSettled(asked)).flatMap((time) => (time.status === "fulfilled" ? [time.value] : []));
  if (times.length === 0) throw new MapUnavailable("no Redis tells the time");
  return Math.min(...times);
}

async function timeOf(connection: Connection): Promise<number> {
  const [seconds, micros] = (await connection.send(["TIME"])) as [string, string];
  return Number(seconds) * 1000 + Math.floor(Number(micros) / 1000);
}
