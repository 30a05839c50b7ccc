/** A primary, a replica and three real sentinels that watch them. */
import { once } from "node:events";
import { existsSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { eventually } from "./poll.ts";
import { sendRedis, startRedis, type TestRedis } from "./redis.ts";
import { type Service, startService } from "./service.ts";

export interface TestSentinels {
  url: string;
  sentinels: Service[];
  /** Who is primary and who is replica now, as far as this helper has made it so. */
  primary: TestRedis;
  replica: TestRedis;
  /** From now on nothing reaches the replica any more; ends with the primary's next start. */
  cutReplication(): Promise<void>;
  /** Asks for a failover while all is well. */
  failOver(): Promise<void>;
  /** Waits until the sentinels name the replica as primary; from then on it is. */
  promoted(): Promise<void>;
  /** Makes the former primary a replica of the present one, starting it where it is dead, until it has everything. */
  rejoin(): Promise<void>;
  stop(): Promise<void>;
}

const NAME = "cinema";
const SENTINELS = 3;
/** Long enough that a busy machine does not look like a dead one. */
const DOWN_AFTER_MS = 1_000;
const FAILED_OVER_WITHIN_MS = 30_000;

/** Replication has a user of its own, so that it alone can be cut. */
const REPLICATION = [
  ...["--user", "replicator", "on", ">secret", "+psync", "+replconf", "+ping"],
  ...["--masteruser", "replicator", "--masterauth", "secret"],
  ...["--repl-diskless-sync-delay", "0", "--repl-diskless-load", "disabled"],
];

export async function startSentinels(): Promise<TestSentinels> {
  const first = await startRedis(REPLICATION);
  const second = await startRedis([...REPLICATION, "--replicaof", `127.0.0.1 ${first.port}`]);
  const sentinels = await Promise.all(Array.from({ length: SENTINELS }, () => startSentinel(first.port)));
  const ask = (...words: string[]) => sendRedis(sentinels[0]?.port ?? 0, "SENTINEL", ...words);
  const ports = sentinels.map(({ port }) => port);
  const isWhole = async () => (await ask("CKQUORUM", NAME)).startsWith(`+OK ${SENTINELS} usable`);

  const group: TestSentinels = {
    url: `redis+sentinel://${ports.map((port) => `127.0.0.1:${port}`).join(",")}/${NAME}`,
    sentinels,
    primary: first,
    replica: second,
    async cutReplication() {
      await group.primary.command("ACL", "SETUSER", "replicator", "off");
      await group.primary.command("CLIENT", "KILL", "TYPE", "replica");
    },
    async failOver() {
      const { port } = group.replica;
      const isBegun = async () => {
        if ((await ask("GET-MASTER-ADDR-BY-NAME", NAME)).includes(String(port))) return true;
        // One that runs already is not disturbed; one that came to nothing is begun again.
        await ask("FAILOVER", NAME);
        await new Promise((resolve) => setTimeout(resolve, 500));
        return false;
      };
      await eventually(isBegun, FAILED_OVER_WITHIN_MS, "a failover while all is well");
    },
    async promoted() {
      const next = group.replica;
      const isNamed = async (port: number) =>
        (await sendRedis(port, "SENTINEL", "GET-MASTER-ADDR-BY-NAME", NAME)).includes(String(next.port));
      const all = async () => (await Promise.all(ports.map(isNamed))).every(Boolean);
      await eventually(all, FAILED_OVER_WITHIN_MS, "the replica's promotion");
      group.replica = group.primary;
      group.primary = next;
    },
    async rejoin() {
      if (group.replica.pid() === 0) await group.replica.restart();
      await untilReplica(group, ask);
    },
    async stop() {
      await Promise.all(sentinels.map((sentinel) => sentinel.stop()));
      for (const redis of [first, second]) redis.resume();
      await Promise.all([first.stop(), second.stop()]);
    },
  };
  try {
    await eventually(isWhole, FAILED_OVER_WITHIN_MS, "sentinels that know each other");
    await untilReplica(group, ask);
  } catch (error) {
    await group.stop();
    throw error;
  }
  return group;
}

/** A sentinel that slept through a failover: to every question it names the Redis at this port. */
export async function startBackwardSentinel(port: number): Promise<{ port: number; stop(): Promise<void> }> {
  const answer = `*2\r\n$9\r\n127.0.0.1\r\n$${String(port).length}\r\n${port}\r\n`;
  const server = createServer((socket) => {
    socket.on("error", () => {});
    socket.on("data", () => void socket.write(answer));
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("no port");
  return {
    port: address.port,
    async stop() {
      server.close();
      await once(server, "close");
    },
  };
}

async function startSentinel(primaryPort: number): Promise<Service> {
  const sentinel = await startService({
    name: "sentinel",
    program: "redis-server",
    args({ port, dir }) {
      const file = join(dir, "sentinel.conf");
      const lines = [
        `port ${port}`,
        "bind 127.0.0.1",
        `dir ${dir}`,
        `sentinel monitor ${NAME} 127.0.0.1 ${primaryPort} 2`,
        `sentinel down-after-milliseconds ${NAME} ${DOWN_AFTER_MS}`,
        `sentinel failover-timeout ${NAME} 6000`,
      ];
      // A sentinel keeps what it learns in this file, for its next start.
      if (!existsSync(file)) writeFileSync(file, `${lines.join("\n")}\n`);
      return [file, "--sentinel"];
    },
    isReady: async (port) => (await sendRedis(port, "PING")).startsWith("+PONG"),
    readyWithinMs: 5_000,
  });
  // Its own pace is that of a data centre: seconds between two looks. A replica that was not looked at for five
  // pings is not promoted, and during a failover it is looked at every second.
  const pace = ["info-period", "100", "ask-period", "100", "publish-period", "200", "ping-period", "500"];
  await sendRedis(sentinel.port, "SENTINEL", "DEBUG", ...pace);
  return sentinel;
}

/** Until the replica, whichever that is, has everything and the sentinels, who see to it, would promote it. */
async function untilReplica(group: TestSentinels, ask: (...words: string[]) => Promise<string>): Promise<void> {
  const isReady = async () => {
    const named = await ask("GET-MASTER-ADDR-BY-NAME", NAME);
    // On a machine that stands still for a second the sentinels may have changed their minds meanwhile.
    if (named.includes(String(group.replica.port))) [group.primary, group.replica] = [group.replica, group.primary];
    // Sentinels that make a Redis a replica hang up on all its clients: whoever asks just then asks again.
    const info = await group.replica.command("INFO", "replication").catch(() => "");
    if (!info.includes(`master_port:${group.primary.port}`)) return false;
    const known = await ask("REPLICAS", NAME);
    const isKnown = known.includes(String(group.replica.port)) && /\nslave\r/.test(known) && /\nok\r/.test(known);
    return isKnown && info.includes("master_link_status:up");
  };
  await eventually(isReady, FAILED_OVER_WITHIN_MS, "a replica that could be promoted");
}
