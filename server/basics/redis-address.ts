/** What `REDIS_URL` says. Knows the text only: whether anybody listens there is found out by connecting. */

/** How all nodes are spoken to. */
export interface RedisAccess {
  scheme: "redis" | "rediss";
  /** As in a URL, `user:password@`; empty: none. */
  credentials: string;
}

/** `host:port`, an IPv6 host in brackets. */
export type RedisNode = string;

export type RedisAddress =
  | { kind: "single"; url: string }
  /** Some nodes of a Redis Cluster; they know the others. */
  | { kind: "cluster"; access: RedisAccess; nodes: RedisNode[] }
  /** Sentinels that know where the primary called `primary` is now. */
  | { kind: "sentinel"; access: RedisAccess; sentinels: RedisNode[]; primary: string };

const REDIS_PORT = 6_379;
const SENTINEL_PORT = 26_379;

const SHAPE = /^(rediss?)(\+sentinel)?:\/\/(?:(.*)@)?([^@/?#]*)(?:\/([^?#]*))?$/;
const HOST = /^(\[[0-9a-f:.]+\]|[a-z0-9_.-]+)(?::(\d{1,5}))?$/i;

type Read = { ok: true; address: RedisAddress } | { ok: false; why: string };

/** Reads an address. `why` is fit to stand behind `REDIS_URL: `, and never holds the password. */
export function readRedisAddress(text: string): Read {
  if (!/^rediss?(\+sentinel)?:\/\//.test(text))
    return wrong("must begin with redis://, rediss:// or redis+sentinel://");
  const shape = SHAPE.exec(withoutRepeats(text));
  const [, scheme, sentinel, credentials, hosts = "", path = ""] = shape ?? [];
  if (sentinel === undefined && !hosts.includes(",")) return readSingle(text);
  if (shape === null) return wrong("is not a list of nodes as in redis://HOST:PORT,HOST:PORT");
  const access: RedisAccess = {
    scheme: scheme === "rediss" ? "rediss" : "redis",
    credentials: credentials === undefined ? "" : `${credentials}@`,
  };
  const nodes = readNodes(hosts, sentinel === undefined ? REDIS_PORT : SENTINEL_PORT);
  if (nodes === null) return wrong("names a node that is not HOST:PORT");
  if (sentinel === undefined) {
    if (path !== "" && path !== "0") return wrong("a Redis Cluster has no numbered databases");
    return { ok: true, address: { kind: "cluster", access, nodes } };
  }
  if (!/^[\w.-]+$/.test(path))
    return wrong("must end with the name of the primary, as in redis+sentinel://HOST:26379,HOST:26379/NAME");
  return { ok: true, address: { kind: "sentinel", access, sentinels: nodes, primary: path } };
}

/** The URL of one node. */
export function urlOfNode({ scheme, credentials }: RedisAccess, node: RedisNode): string {
  return `${scheme}://${credentials}${node}`;
}

/** A node as Redis names it: host and port apart, IPv6 with or without brackets. */
export function nodeOf(host: string, port: number | string): RedisNode {
  return `${/^[^[].*:/.test(host) ? `[${host}]` : host}:${port}`;
}

function readSingle(text: string): Read {
  if (!URL.canParse(text) || new URL(text).hostname === "") return wrong("is not a URL with a host");
  return { ok: true, address: { kind: "single", url: text } };
}

/** Null: one of them is no node. */
function readNodes(hosts: string, defaultPort: number): RedisNode[] | null {
  const nodes: RedisNode[] = [];
  for (const host of hosts.split(",").map((part) => part.trim())) {
    const [, name, port = String(defaultPort)] = HOST.exec(host) ?? [];
    if (name === undefined || Number(port) < 1 || Number(port) > 65_535) return null;
    nodes.push(`${name}:${port}`);
  }
  return [...new Set(nodes)];
}

/** Many write whole URLs with commas between. The first one says how to speak to all. */
function withoutRepeats(text: string): string {
  return text.replace(/,\s*rediss?:\/\/(?:[^@,/]*@)?/g, ",");
}

function wrong(why: string): { ok: false; why: string } {
  return { ok: false, why };
}
