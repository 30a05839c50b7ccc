/**
 * The seat map in Redis, shared by every server of a cinema.
 *
 * Promises: everything the port promises; each command is one Lua script, which also publishes what it
 * changed. No call takes longer than two seconds: an answer, or `MapUnavailable`. Redis may be
 * stopped, restarted, emptied or lose its scripts at any moment.
 * Must never import anything but `protocol`, `basics` and the port.
 */
import { randomText } from "../../basics/ids.ts";
import { readRedisAddress } from "../../basics/redis-address.ts";
import { MapUnavailable, type SeatMap } from "../port.ts";
import { createWatchers } from "../watchers.ts";
import { writeOrderNotice } from "./answers.ts";
import { openCluster } from "./cluster.ts";
import { ledgerCommands, type RunScript, readCommands, sessionCommands } from "./commands.ts";
import { type Connection, createConnection } from "./connection.ts";
import { openFeed } from "./feed.ts";
import { privateChannel, publicChannel, recordedKey, STORE_KEY, stepKeys } from "./keys.ts";
import { type LinkLogger, type RedisClient, textOf } from "./link.ts";
import { type Backend, isElsewhere, type Ring, reach } from "./ring.ts";
import { loadScripts, type Script } from "./scripts.ts";
import { createSentinels } from "./sentinel.ts";
import { createSingle } from "./single.ts";

export interface RedisSeatMapDeps {
  /** What `REDIS_URL` may say: one Redis, nodes of a cluster, or sentinels. */
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
  const { storeId, logger } = deps;
  const backend = await openBackend(deps.url, logger).catch(unusable);
  const { channels } = backend;
  const scripts = loadScripts(channels.publish);
  const watchers = createWatchers((error) => logger?.warn({ error: textOf(error) }, "a seat map watcher threw"));
  const [ring, feed] = await openBoth().catch((error: unknown) => {
    backend.close();
    return unusable(error);
  });

  async function openBoth() {
    const commands = await openCommands(backend, Object.values(scripts), deps);
    const heard = openFeed({ backend, watchers, logger });
    heard.catch(() => commands.close());
    return [commands, await heard] as const;
  }

  const run: RunScript = (name, showtimeId, args, ninth) => {
    const keys = stepKeys(showtimeId);
    if (ninth !== undefined) keys.push(ninth);
    const script = scripts[name];
    return reach(ring, publicChannel(showtimeId), (connection) =>
      connection.run(script, keys, [connection.runId, ...args]),
    );
  };

  return {
    ...sessionCommands(run),
    ...ledgerCommands(run),
    ...readCommands(run),

    async beginLoad({ showtimeId, seatCount, layoutVersion, keepMs, unlessOpen }) {
      // An emptied Redis has forgotten whose it is: whoever fills it again says so first.
      await reach(ring, STORE_KEY, (connection) => claim(connection, storeId)).catch(onlyForeign);
      const epoch = randomText(EPOCH_LENGTH);
      const args = [epoch, String(seatCount), String(layoutVersion), String(keepMs), unlessOpen ? "1" : "0"];
      const found = String(await run("begin-load", showtimeId, args, recordedKey(showtimeId)));
      return found === "" ? { epoch, open: false } : { epoch: found, open: true };
    },
    now: () => earliest(ring),
    async tellOrder(notice) {
      const channel = privateChannel(notice.showtimeId);
      const words = [channels.publish, channel, writeOrderNotice(notice)];
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
  const times = await Promise.all(
    ring.all().flatMap((connection) => (connection === null ? [] : [timeOf(connection)])),
  );
  if (times.length === 0) throw new MapUnavailable("not connected to Redis");
  return Math.min(...times);
}

async function timeOf(connection: Connection): Promise<number> {
  const [seconds, micros] = (await connection.send(["TIME"])) as [string, string];
  return Number(seconds) * 1000 + Math.floor(Number(micros) / 1000);
}

async function openBackend(url: string, logger: LinkLogger | undefined): Promise<Backend> {
  const read = readRedisAddress(url);
  if (!read.ok) throw new Misnamed(`REDIS_URL: ${read.why}`);
  const { address } = read;
  switch (address.kind) {
    case "single":
      return createSingle(async () => address.url, logger);
    case "cluster":
      return openCluster(address, logger);
    case "sentinel":
      return createSentinels(address, logger);
  }
}

/** Connections for commands. Each Redis is asked once per connection which run it is, and whose. */
function openCommands(
  backend: Backend,
  scripts: readonly Script[],
  { storeId, logger }: RedisSeatMapDeps,
): Promise<Ring<Connection>> {
  const prepare = async (client: RedisClient) => {
    const info = String(await client.sendCommand(["INFO"]));
    if (field(info, "cluster_enabled") === "1" && !backend.isCluster)
      throw new Misnamed("REDIS_URL: this Redis is a node of a cluster; name two of its nodes or more");
    if (field(info, "role") !== "master") throw new MapUnavailable("this Redis is a replica");
    const connection = createConnection(client, field(info, "run_id"));
    await claim(connection, storeId).catch((error: unknown) => {
      // A cluster says whose it is on one node.
      if (!isElsewhere(error)) throw error;
    });
    await Promise.all(scripts.map(({ source }) => connection.send(["SCRIPT", "LOAD", source])));
    const policy = field(info, "maxmemory_policy");
    if (policy !== "noeviction") logger?.warn({ policy }, "Redis may evict seat maps: set maxmemory-policy noeviction");
    return connection;
  };
  return backend.open({ prepare });
}

/** What is wrong with `REDIS_URL` stands in the message. */
class Misnamed extends MapUnavailable {
  override name = "Misnamed";
}

/** Writes our store's id into an unclaimed Redis; throws where another store's stands. */
async function claim(connection: Connection, storeId: string): Promise<void> {
  const owner = await connection.send(["SET", STORE_KEY, storeId, "NX", "GET"]);
  if (owner === null || owner === storeId) return;
  throw new Misnamed("REDIS_URL: this Redis belongs to another store");
}

/** A Redis that can't say whose it is at this moment is no other store's; a shard's load does not fail with another. */
function onlyForeign(error: unknown): void {
  if (error instanceof Misnamed) throw error;
}

function unusable(error: unknown): never {
  if (error instanceof Misnamed) throw error;
  throw new Error(`REDIS_URL: Redis cannot be used: ${textOf(error)}`, { cause: error });
}

function field(info: string, name: string): string {
  const line = info.split("\r\n").find((text) => text.startsWith(`${name}:`));
  return line?.slice(name.length + 1) ?? "";
}
