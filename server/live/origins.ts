import type { IncomingMessage } from "node:http";
import { BlockList, isIP } from "node:net";
import type { Config } from "../config.ts";

/**
 * Whether a page of this origin may open a socket. Programs send no origin and may. Browsers send the
 * page's: it must be of this server (the host it was asked by), of `PUBLIC_URL`, or in
 * `ALLOWED_ORIGINS`, compared whole.
 */
export function createOriginJudge(
  config: Pick<Config, "ALLOWED_ORIGINS" | "PUBLIC_URL">,
): (request: IncomingMessage) => boolean {
  const allowed = new Set([...config.ALLOWED_ORIGINS, ...(config.PUBLIC_URL ? [config.PUBLIC_URL] : [])].map(originOf));
  allowed.delete(null);
  return ({ headers }) => {
    if (headers.origin === undefined) return true;
    const origin = originOf(headers.origin);
    // An origin is nothing but scheme, host and port: whatever says more is a trick.
    if (origin === null || origin !== headers.origin.toLowerCase()) return false;
    return allowed.has(origin) || isSameHost(origin, headers.host);
  };
}

function originOf(url: string): string | null {
  try {
    const { protocol, origin } = new URL(url);
    return protocol === "http:" || protocol === "https:" ? origin : null;
  } catch {
    return null;
  }
}

/** A proxy may have taken the TLS off, so the scheme says nothing: host and port decide. */
function isSameHost(origin: string, host: string | undefined): boolean {
  return host !== undefined && new URL(origin).host === host.toLowerCase();
}

/**
 * Where a request comes from: the connection's address, or, where that is a trusted proxy, the last
 * address in `X-Forwarded-For` that is none. `trusted`: addresses, networks (`10.0.0.0/8`) or `loopback`.
 */
export function createAddressReader(trusted: readonly string[]): (request: IncomingMessage) => string {
  const proxies = proxyList(trusted);
  const isProxy = (address: string) => proxies.check(address, isIP(address) === 6 ? "ipv6" : "ipv4");
  return (request) => {
    let address = plainAddress(request.socket.remoteAddress ?? "");
    const forwarded = String(request.headers["x-forwarded-for"] ?? "").split(",");
    while (isIP(address) !== 0 && isProxy(address)) {
      const before = plainAddress(forwarded.pop()?.trim() ?? "");
      if (isIP(before) === 0) break;
      address = before;
    }
    return address;
  };
}

function proxyList(trusted: readonly string[]): BlockList {
  const list = new BlockList();
  for (const entry of trusted.flatMap((name) => (name === "loopback" ? ["127.0.0.0/8", "::1"] : [name]))) {
    const [address = "", prefix] = entry.split("/");
    const family = isIP(address);
    if (family === 0) continue;
    const type = family === 6 ? "ipv6" : "ipv4";
    if (prefix === undefined) list.addAddress(address, type);
    else list.addSubnet(address, Number(prefix), type);
  }
  return list;
}

/** IPv4 that came over an IPv6 socket, without its prefix. */
function plainAddress(address: string): string {
  return address.startsWith("::ffff:") ? address.slice("::ffff:".length) : address;
}
