/**
 * A Redis Cluster: which primary has which slot, and connections to all of them.
 *
 * Promises: a failover, a moved slot or another node is known in little more than a second, at once where a
 * command runs into it. Each connection leads to one process and is given up with it, so what was learnt over it
 * (its run id above all) is never sent to another.
 */
import { nodeOf, type RedisAccess, type RedisNode, urlOfNode } from "../../basics/redis-address.ts";
import { MapUnavailable } from "../port.ts";
import { askOnce, firstAnswer } from "./asking.ts";
import { shardedChannels } from "./channels.ts";
import { createLink, FIRST_ATTEMPTS, type Link, type LinkLogger, persist, textOf } from "./link.ts";
import type { Backend, Ring, RingDeps } from "./ring.ts";
import { slotOf } from "./slots.ts";

/** What nobody has run into yet is known this soon; one short command. */
const LOOK_EVERY_MS = 1_000;
/** Reads the cluster's map by asking these nodes. Rejects when none of them answers as a node of a cluster. */
export async function openCluster(
  { access, nodes: seeds }: { access: RedisAccess; nodes: readonly RedisNode[] },
  logger?: LinkLogger,
): Promise<Backend> {
  let owners = await persist(FIRST_ATTEMPTS, () => firstAnswer(seeds, ask));
  let looking: Promise<void> | null = null;
  const listeners = new Set<() => void>();

  async function ask(node: RedisNode): Promise<Owners> {
    const found = readSlots(await askOnce(urlOfNode(access, node), ["CLUSTER", "SLOTS"]), node);
    if (found.length === 0) throw new MapUnavailable(`${node} knows of no slots`);
    return found;
  }

  function take(found: Owners): void {
    if (found.length === owners.length && found.every((node, slot) => owners[slot] === node)) return;
    owners = found;
    for (const listener of listeners) listener();
  }

  /** One node says that a slot is at another. It leaves the host out where that is its own. */
  function takeSlot(slot: number, where: string): void {
    const [host, port] = splitNode(where);
    const node = nodeOf(host || splitNode(owners[slot] ?? "")[0], port);
    if (owners[slot] === node) return;
    owners[slot] = node;
    for (const listener of listeners) listener();
  }

  function look(): Promise<void> {
    const known = [...new Set([...primariesOf(owners), ...seeds])];
    // Another one first each time, so that a node with an old view does not stay the only witness.
    const start = Math.floor(Math.random() * known.length);
    looking ??= firstAnswer([...known.slice(start), ...known.slice(0, start)], ask)
      .then(take, (error: unknown) => logger?.warn({ error: textOf(error) }, "cannot read the map of the cluster"))
      .finally(() => {
        looking = null;
      });
    return looking;
  }

  const timer = setInterval(() => void look(), LOOK_EVERY_MS);
  timer.unref();

  return {
    channels: shardedChannels,
    isCluster: true,
    async open<S>(deps: RingDeps<S>): Promise<Ring<S>> {
      const links = new Map<RedisNode, Link<S>>();
      const follow = () => {
        const wanted = primariesOf(owners);
        for (const [node, link] of links) {
          if (wanted.has(node)) continue;
          links.delete(node);
          link.close();
        }
        for (const node of wanted) {
          if (links.has(node)) continue;
          const find = async () => urlOfNode(access, node);
          const link = createLink<S>({ find, prepare: deps.prepare, onUp: deps.onUp, logger });
          link.first.catch(() => {});
          links.set(node, link);
        }
        deps.onMoved?.();
      };
      const close = () => {
        listeners.delete(follow);
        for (const link of links.values()) link.close();
      };
      follow();
      await Promise.all([...links.values()].map(({ first }) => first)).catch((error: unknown) => {
        close();
        throw error;
      });
      listeners.add(follow);
      return {
        at: (key) => links.get(owners[slotOf(key)] ?? "")?.current() ?? null,
        all: () => [...links.values()].map((link) => link.current()),
        async lookAgain(key, node) {
          if (node === undefined) return look();
          takeSlot(slotOf(key), node);
        },
        close,
      };
    },
    close: () => clearInterval(timer),
  };
}

/** By slot; empty where a slot has nobody. */
type Owners = RedisNode[];

type SlotRange = [from: number, to: number, primary: [host: string | null, port: number, ...unknown[]], ...unknown[]];

/** A node that does not know its own address is where it was asked. */
function readSlots(answer: unknown, asked: RedisNode): Owners {
  const owners: Owners = [];
  for (const [from, to, [host, port]] of answer as SlotRange[]) {
    const node = nodeOf(host || splitNode(asked)[0], port);
    for (let slot = from; slot <= to; slot++) owners[slot] = node;
  }
  return owners;
}

function primariesOf(owners: Owners): Set<RedisNode> {
  const primaries = new Set<RedisNode>();
  // Unlike a spread, this leaves out slots that have nobody.
  owners.forEach((node) => void primaries.add(node));
  return primaries;
}

function splitNode(node: string): [host: string, port: string] {
  const at = node.lastIndexOf(":");
  return [node.slice(0, at), node.slice(at + 1)];
}
