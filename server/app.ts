/**
 * The composition root: chooses adapters, joins the rooms, returns the app. Nothing else knows who is
 * behind a port. Tests hand in overrides.
 */
import type { AddressInfo } from "node:net";
import { type Clock, systemClock } from "./basics/clock.ts";
import type { Config } from "./config.ts";
import { buildHttp, type HttpServer } from "./http/build.ts";

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

/** Builds a whole server that does not listen yet. */
export async function buildApp(config: Config, overrides: Overrides = {}): Promise<App> {
  const _clock = overrides.clock ?? systemClock;
  const http = await buildHttp(config, {
    authenticate: () => Promise.reject(new Error("no identity yet")),
    onDenied: () => {},
  });
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
