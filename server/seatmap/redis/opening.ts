/** What stands behind the map, as `REDIS_URL` names it, and whose it is. */
import { readRedisAddress } from "../../basics/redis-address.ts";
import { MapUnavailable } from "../port.ts";
import type { RedisClient } from "./client.ts";
import { openCluster } from "./cluster.ts";
import { type Connection, createConnection } from "./connection.ts";
import { STORE_KEY } from "./keys.ts";
import { type LinkLogger, textOf } from "./link.ts";
import { type Backend, isElsewhere, type Ring, reach } from "./ring.ts";
import type { Script } from "./scripts.ts";
import { createSentinels } from "./sentinel.ts";
import { createSingle } from "./single.ts";

/** The store whose seats these are. */
export interface Owner {
  storeId: string;
  logger?: LinkLogger | undefined;
}

/** Rejects, naming REDIS_URL, when the text is wrong or a cluster can't be reached. */
export async function openBackend(url: string, logger: LinkLogger | undefined): Promise<Backend> {
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
export function openCommands(
  backend: Backend,
  scripts: readonly Script[],
  { storeId, logger }: Owner,
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

/**
 * Says again whose Redis this is, for one that may have been emptied. Throws where another store was faster; one
 * that can't be asked at this moment is no other store's, and a shard's load does not fail with another shard.
 */
export async function claimAgain(ring: Ring<Connection>, storeId: string): Promise<void> {
  await reach(ring, STORE_KEY, (connection) => claim(connection, storeId)).catch((error: unknown) => {
    if (error instanceof Misnamed) throw error;
  });
}

/** Rethrows as one line that names REDIS_URL. */
export function unusable(error: unknown): never {
  if (error instanceof Misnamed) throw error;
  throw new Error(`REDIS_URL: Redis cannot be used: ${textOf(error)}`, { cause: error });
}

function field(info: string, name: string): string {
  const line = info.split("\r\n").find((text) => text.startsWith(`${name}:`));
  return line?.slice(name.length + 1) ?? "";
}
