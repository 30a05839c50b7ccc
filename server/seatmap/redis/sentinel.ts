/**
 * One primary with replicas behind it, watched by sentinels: they say where the primary is now.
 *
 * Promises: every connection leads to whoever the sentinels name when it is made; one that leads to another
 * Redis is given up within little more than a second, also where that Redis still answers. A sentinel that names
 * a replica is behind: the next one is asked.
 */
import { nodeOf, type RedisAccess, type RedisNode, urlOfNode } from "../../basics/redis-address.ts";
import { MapUnavailable } from "../port.ts";
import { askOnce, firstAnswer } from "./asking.ts";
import type { LinkLogger } from "./link.ts";
import type { Backend } from "./ring.ts";
import { createSingle } from "./single.ts";

/** How often the sentinels are asked, so that servers do not stay with a primary that was replaced. */
const LOOK_EVERY_MS = 1_000;

/** `primary` is the name by which the sentinels know it. */
export function createSentinels(
  { access, sentinels, primary }: { access: RedisAccess; sentinels: readonly RedisNode[]; primary: string },
  logger?: LinkLogger,
): Backend {
  /** The one that answered last is asked first. */
  let order = [...sentinels];

  /** Passes on the URL of a primary; throws for a replica, and for whoever can't be asked. */
  async function proven(url: string): Promise<string> {
    const info = String(await askOnce(url, ["INFO", "replication"]));
    if (!info.includes("role:master")) throw new MapUnavailable("the sentinels name a replica");
    return url;
  }

  async function ask(url: string): Promise<string> {
    const found = await askOnce(url, ["SENTINEL", "GET-MASTER-ADDR-BY-NAME", primary]);
    if (!Array.isArray(found)) throw new MapUnavailable(`the sentinels know no primary called ${primary}`);
    return urlOfNode(access, nodeOf(String(found[0]), String(found[1])));
  }

  /** Sentinels often have no password of their own; one that wants one gets that of Redis. */
  async function askEitherWay(sentinel: RedisNode): Promise<string> {
    try {
      return await ask(urlOfNode({ ...access, credentials: "" }, sentinel));
    } catch (error) {
      if (access.credentials === "" || !(error instanceof Error) || !error.message.startsWith("NOAUTH")) throw error;
      return ask(urlOfNode(access, sentinel));
    }
  }

  /** Who asks meanwhile gets the same answer. */
  let finding: Promise<string> | null = null;

  function find(): Promise<string> {
    finding ??= firstAnswer(order, async (sentinel) => {
      const url = await proven(await askEitherWay(sentinel));
      order = [sentinel, ...order.filter((other) => other !== sentinel)];
      return url;
    }).finally(() => {
      finding = null;
    });
    return finding;
  }

  const single = createSingle(find, logger);
  // No answer: what is known counts.
  const timer = setInterval(() => void find().then(single.leadTo, () => {}), LOOK_EVERY_MS);
  timer.unref();
  return { ...single, close: () => clearInterval(timer) };
}
