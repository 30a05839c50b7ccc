/**
 * The seat map in Redis, shared by every server of a cinema.
 *
 * Promises: everything the port promises; each command is one Lua script, which also publishes what it
 * changed. No call takes longer than two seconds: an answer, or `MapUnavailable`. Redis may be
 * stopped, restarted, emptied or lose its scripts at any moment.
 * Must never import anything but `protocol`, `basics` and the port.
 */
import { randomText } from "../../basics/ids.ts";
import { MapUnavailable, type SeatMap } from "../port.ts";
import { createWatchers } from "../watchers.ts";
import { writeOrderNotice } from "./answers.ts";
import { ledgerCommands, type RunScript, readCommands, sessionCommands } from "./commands.ts";
import { type Connection, createConnection } from "./connection.ts";
import { openFeed } from "./feed.ts";
import { privateChannel, recordedKey, STORE_KEY, stepKeys } from "./keys.ts";
import { type Link, type LinkLogger, openLink, type RedisClient, textOf } from "./link.ts";
import { loadScripts, type Script } from "./scripts.ts";

export interface RedisSeatMapDeps {
  /** `redis://` or `rediss://`. */
  url: string;
  /** The store whose seats these are; a Redis that belongs to another one is refused. */
  storeId: string;
  logger?: LinkLogger;
}

/** Characters of an epoch: 60 random bits, so no two rebuilds of a showtime share one. */
const EPOCH_LENGTH = 12;

/**
 * Connects to Redis. Rejects with one clear line that names REDIS_URL when it cannot be reached or
 * belongs to another store; afterwards the map repairs its connections by itself until `close`.
 */
export async function openRedisSeatMap(deps: RedisSeatMapDeps): Promise<SeatMap> {
  const { url, storeId, logger } = deps;
  const scripts = loadScripts();
  const watchers = createWatchers((error) => logger?.warn({ error: textOf(error) }, "a seat map watcher threw"));
  const link = await openCommandLink(deps, Object.values(scripts));
  const feed = await openFeed({ url, watchers, logger }).catch((error: unknown) => {
    link.close();
    throw unusable(error);
  });

  const run: RunScript = async (name, showtimeId, args, ninth) => {
    const connection = connected(link);
    const keys = stepKeys(showtimeId);
    if (ninth !== undefined) keys.push(ninth);
    return connection.run(scripts[name], keys, [connection.runId, ...args]);
  };

  return {
    ...sessionCommands(run),
    ...ledgerCommands(run),
    ...readCommands(run),

    async beginLoad({ showtimeId, seatCount, layoutVersion, keepMs, unlessOpen }) {
      // An emptied Redis has forgotten whose it is: whoever fills it again says so first.
      await claim(connected(link), storeId);
      const epoch = randomText(EPOCH_LENGTH);
      const args = [epoch, String(seatCount), String(layoutVersion), String(keepMs), unlessOpen ? "1" : "0"];
      const found = String(await run("begin-load", showtimeId, args, recordedKey(showtimeId)));
      return found === "" ? { epoch, open: false } : { epoch: found, open: true };
    },
    async now() {
      const [seconds, micros] = (await connected(link).send(["TIME"])) as [string, string];
      return Number(seconds) * 1000 + Math.floor(Number(micros) / 1000);
    },
    async tellOrder(notice) {
      const message = writeOrderNotice(notice);
      await link
        .current()
        ?.send(["PUBLISH", privateChannel(notice.showtimeId), message])
        .catch(() => {});
    },
    watch: (showtimeId, listener) => feed.watch(showtimeId, listener),
    healthy: () => link.current() !== null,
    async close() {
      link.current()?.end();
      link.close();
      feed.close();
    },
  };
}

function connected(link: Link<Connection>): Connection {
  const connection = link.current();
  if (connection === null) throw new MapUnavailable("not connected to Redis");
  return connection;
}

/** The connection for commands. Redis is asked once per connection which run it is, and whose. */
async function openCommandLink(
  { url, storeId, logger }: RedisSeatMapDeps,
  scripts: readonly Script[],
): Promise<Link<Connection>> {
  if (url.includes(",")) throw new Error("REDIS_URL: several nodes (Redis Cluster) are not supported yet");
  const prepare = async (client: RedisClient) => {
    const info = String(await client.sendCommand(["INFO"]));
    const connection = createConnection(client, field(info, "run_id"));
    await claim(connection, storeId);
    await Promise.all(scripts.map(({ source }) => connection.send(["SCRIPT", "LOAD", source])));
    const policy = field(info, "maxmemory_policy");
    if (policy !== "noeviction") logger?.warn({ policy }, "Redis may evict seat maps: set maxmemory-policy noeviction");
    return connection;
  };
  return openLink({ url, prepare, logger }).catch((error: unknown) => {
    throw unusable(error);
  });
}

class ForeignRedis extends MapUnavailable {
  override name = "ForeignRedis";
}

/** Writes our store's id into an unclaimed Redis; throws where another store's stands. */
async function claim(connection: Connection, storeId: string): Promise<void> {
  const owner = await connection.send(["SET", STORE_KEY, storeId, "NX", "GET"]);
  if (owner === null || owner === storeId) return;
  throw new ForeignRedis("REDIS_URL: this Redis belongs to another store");
}

function unusable(error: unknown): Error {
  if (error instanceof ForeignRedis) return error;
  return new Error(`REDIS_URL: Redis cannot be used: ${textOf(error)}`, { cause: error });
}

function field(info: string, name: string): string {
  const line = info.split("\r\n").find((text) => text.startsWith(`${name}:`));
  return line?.slice(name.length + 1) ?? "";
}
