/**
 * The composition root: opens the parts behind the ports (`parts.ts`), joins the rooms over them (`rooms.ts`), adds the
 * edges (`edges.ts`), returns the app. Tests hand in overrides.
 */
import type { AddressInfo } from "node:net";
import type { FastifyBaseLogger } from "fastify";
import type { Config } from "./config.ts";
import { addEdges } from "./edges.ts";
import { buildHttp, type HttpServer } from "./http/build.ts";
import { type Overrides, openParts } from "./parts.ts";
import { joinRooms } from "./rooms.ts";

export interface App {
  http: HttpServer;
  /** Starts listening. Answers where, as `http://HOST:PORT`. */
  listen(): Promise<string>;
  /** Stops accepting, tells clients, finishes what is in flight, lets go of everything. Safe to repeat. */
  close(): Promise<void>;
}

/** Builds a whole server that does not listen yet. */
export async function buildApp(config: Config, overrides: Overrides = {}): Promise<App> {
  let closing: Promise<void> | null = null;
  let log: FastifyBaseLogger | null = null;
  const parts = await openParts(config, overrides, {
    onLost() {
      log?.error("another process serves the store now: this one stops");
      void close();
    },
    warn: (details, message) => log?.warn(details, message),
  });
  const rooms = await joinRooms(config, parts, overrides);
  const http = await buildHttp(config, rooms);
  log = http.log;
  await addEdges(http, config, parts, rooms);
  async function closeAll(): Promise<void> {
    await http.close();
    await parts.close();
  }
  function close(): Promise<void> {
    closing ??= closeAll();
    return closing;
  }
  return {
    http,
    async listen() {
      await http.listen({ host: config.HOST, port: config.PORT });
      const { port } = http.server.address() as AddressInfo;
      const scheme = config.TLS_CERT === undefined ? "http" : "https";
      const host = config.HOST.includes(":") ? `[${config.HOST}]` : config.HOST;
      const url = `${scheme}://${host}:${port}`;
      rooms.post.listensAt(url);
      return url;
    },
    close,
  };
}
