/**
 * The composition root: chooses adapters, joins the rooms, returns the app. Nothing else knows who is
 * behind a port. Tests hand in overrides.
 */
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import type { Registry } from "prom-client";
import { type Clock, systemClock } from "./basics/clock.ts";
import type { Config } from "./config.ts";
import { buildHttp, type HttpServer } from "./http/build.ts";
import { addHealth } from "./http/plugins/health.ts";
import { addMetrics, createMetrics } from "./http/plugins/metrics.ts";
import { addWeb } from "./http/plugins/web.ts";

/** What tests may replace. */
export interface Overrides {
  clock?: Clock;
}

export interface App {
  http: HttpServer;
  /** Starts listening. Answers where, as `http://HOST:PORT`. */
  listen(): Promise<string>;
  /** Stops accepting, tells clients, finishes what is in flight, lets go of everything. Safe to repeat. */
  close(): Promise<void>;
}

/** The server can't start for a reason that its operator can mend; the message begins with the variable to look at. */
export class StartRefused extends Error {
  override name = "StartRefused";
}

/** The built apps, seen from `dist/server` and from `server` alike. */
const WEB_DIR = join(import.meta.dirname, import.meta.dirname.includes("dist") ? "../web" : "../dist/web");

/** What is behind the ports. */
interface Parts {
  clock: Clock;
  metrics: Registry;
}

/** Builds a whole server that does not listen yet. */
export async function buildApp(config: Config, overrides: Overrides = {}): Promise<App> {
  const parts = await openParts(config, overrides);
  const rooms = await joinRooms(config, parts);
  const http = await buildHttp(config, rooms);
  await addEdges(http, config, parts, rooms);
  return {
    http,
    async listen() {
      await http.listen({ host: config.HOST, port: config.PORT });
      const { port } = http.server.address() as AddressInfo;
      const scheme = config.TLS_CERT === undefined ? "http" : "https";
      return `${scheme}://${config.HOST}:${port}`;
    },
    close: () => http.close(),
  };
}

/** Opens what lies behind the ports: store, seat map, payment provider. */
async function openParts(_config: Config, overrides: Overrides): Promise<Parts> {
  return { clock: overrides.clock ?? systemClock, metrics: createMetrics() };
}

/** Makes the rooms, each from the parts and rooms it needs. */
async function joinRooms(_config: Config, _parts: Parts) {
  return {
    authenticate: () => Promise.reject(new Error("no identity yet")),
    onDenied: () => {},
  };
}

type Rooms = Awaited<ReturnType<typeof joinRooms>>;

/** Adds everything that faces outwards: routes, sockets, pages; and the loops. */
async function addEdges(http: HttpServer, _config: Config, parts: Parts, _rooms: Rooms): Promise<void> {
  addHealth(http, []);
  addMetrics(http, parts.metrics);
  await addWeb(http, WEB_DIR);
}
