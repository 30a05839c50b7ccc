/** A real Redis Cluster for tests: three primaries with their slots, and one replica of the first. */
import { SLOT_COUNT, slotOf } from "../../server/seatmap/redis/slots.ts";
import { eventually } from "./poll.ts";
import { startRedis, type TestRedis } from "./redis.ts";
import { freePort } from "./service.ts";

export interface TestCluster {
  /** Names two of its nodes. */
  url: string;
  primaries: TestRedis[];
  replica: TestRedis;
  /** The node that has a showtime's keys now, by what the nodes that live say. */
  ownerOf(showtimeId: string): Promise<TestRedis>;
  /** An id whose keys belong to this one of the primaries as they were at the start. */
  showtimeOn(primary: number): string;
  /** Moves the slot of a showtime with its keys to another primary, as resharding does; `slowly` waits in between. */
  moveSlot(showtimeId: string, to: TestRedis, slowly?: () => Promise<void>): Promise<void>;
  stop(): Promise<void>;
}

const PRIMARIES = 3;
/** Long enough that a busy machine does not look like a dead one. */
const NODE_TIMEOUT_MS = 1_500;
const FORMED_WITHIN_MS = 20_000;

interface Started {
  node: TestRedis;
  bus: number;
}

async function startNode(): Promise<Started> {
  const bus = await freePort();
  const node = await startRedis([
    ...["--cluster-enabled", "yes", "--cluster-port", String(bus), "--cluster-announce-ip", "127.0.0.1"],
    ...["--cluster-node-timeout", String(NODE_TIMEOUT_MS), "--cluster-require-full-coverage", "no"],
    ...["--cluster-replica-validity-factor", "0", "--repl-diskless-sync-delay", "0"],
  ]);
  return { node, bus };
}

export async function startCluster(): Promise<TestCluster> {
  const started = await Promise.all(Array.from({ length: PRIMARIES + 1 }, startNode));
  const nodes = started.map(({ node }) => node);
  try {
    return await form(started);
  } catch (error) {
    await Promise.all(nodes.map((node) => node.stop()));
    throw error;
  }
}

async function form(started: readonly Started[]): Promise<TestCluster> {
  const nodes = started.map(({ node }) => node);
  const [replica, ...primaries] = [nodes[PRIMARIES], ...nodes.slice(0, PRIMARIES)] as [TestRedis, ...TestRedis[]];
  for (const [place, node] of primaries.entries()) {
    const share = (part: number) => Math.floor((SLOT_COUNT * part) / PRIMARIES);
    await say(node, "CLUSTER", "SET-CONFIG-EPOCH", String(place + 1));
    await say(node, "CLUSTER", "ADDSLOTSRANGE", String(share(place)), String(share(place + 1) - 1));
  }
  for (const { node, bus } of started.slice(1))
    await say(primaries[0]!, "CLUSTER", "MEET", "127.0.0.1", String(node.port), String(bus));
  await everyone(nodes, async (node) => {
    const info = await node.command("CLUSTER", "INFO");
    return info.includes("cluster_state:ok") && info.includes(`cluster_known_nodes:${nodes.length}`);
  });
  const first = await idOf(primaries[0]!);
  await eventually(async () => (await replica.command("CLUSTER", "REPLICATE", first)).startsWith("+OK"));
  await everyone(nodes, async (node) => /[ ,]slave /.test(await node.command("CLUSTER", "NODES")));
  await eventually(
    async () => (await replica.command("INFO", "replication")).includes("master_link_status:up"),
    10_000,
  );

  const live = async () => {
    const answers = await Promise.all(
      nodes.map((node) =>
        node.command("CLUSTER", "NODES").then(
          (text) => ({ node, text }),
          () => null,
        ),
      ),
    );
    return answers.filter((answer) => answer !== null);
  };
  const ownerOf = (showtimeId: string): Promise<TestRedis> => {
    const slot = slotOf(`{${showtimeId}}`);
    return eventually(async () => {
      const owners = (await live()).filter(({ text }) => hasSlot(text, slot)).map(({ node }) => node);
      return owners.length === 1 ? owners[0] : null;
    }, FORMED_WITHIN_MS);
  };
  return {
    url: `redis://127.0.0.1:${primaries[0]!.port},127.0.0.1:${primaries[1]!.port}`,
    primaries,
    replica,
    ownerOf,
    showtimeOn(primary) {
      for (let n = 0; ; n++) {
        const id = `sht_${primary}_${Math.random().toString(36).slice(2)}${n}`;
        if (Math.floor((slotOf(`{${id}}`) * PRIMARIES) / SLOT_COUNT) === primary) return id;
      }
    },
    async moveSlot(showtimeId, to, slowly) {
      const slot = String(slotOf(`{${showtimeId}}`));
      const from = await ownerOf(showtimeId);
      const [fromId, toId] = [await idOf(from), await idOf(to)];
      await say(to, "CLUSTER", "SETSLOT", slot, "IMPORTING", fromId);
      await say(from, "CLUSTER", "SETSLOT", slot, "MIGRATING", toId);
      await slowly?.();
      for (;;) {
        const keys = (await from.command("CLUSTER", "GETKEYSINSLOT", slot, "1000")).split("\r\n").slice(1);
        const names = keys.filter((_, place) => place % 2 === 1);
        if (names.length === 0) break;
        await say(from, "MIGRATE", "127.0.0.1", String(to.port), "", "0", "5000", "KEYS", ...names);
      }
      await slowly?.();
      await say(to, "CLUSTER", "SETSLOT", slot, "NODE", toId);
      await say(from, "CLUSTER", "SETSLOT", slot, "NODE", toId);
    },
    async stop() {
      for (const node of nodes) node.resume();
      await Promise.all(nodes.map((node) => node.stop()));
    },
  };
}

async function everyone(nodes: readonly TestRedis[], isSo: (node: TestRedis) => Promise<boolean>): Promise<void> {
  await Promise.all(nodes.map((node) => eventually(() => isSo(node), FORMED_WITHIN_MS, "a cluster")));
}

async function say(node: TestRedis, ...words: string[]): Promise<void> {
  const reply = await node.command(...words);
  if (reply.startsWith("-")) throw new Error(`${words.join(" ")}: ${reply}`);
}

async function idOf(node: TestRedis): Promise<string> {
  return (await node.command("CLUSTER", "MYID")).split("\r\n")[1] ?? "";
}

/** Whether a node says of itself that it is a primary and has a slot. */
function hasSlot(nodes: string, slot: number): boolean {
  const own = nodes.split("\n").find((line) => line.includes("myself,master")) ?? "";
  return own
    .trim()
    .split(" ")
    .slice(8)
    .map((range) => range.split("-").map(Number))
    .some(([from = -1, to = from]) => from <= slot && slot <= to);
}
