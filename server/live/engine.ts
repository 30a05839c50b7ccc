import type { Server as HttpServer, IncomingMessage } from "node:http";
import { Server } from "socket.io";
import { SOCKET_PAYLOAD_BYTES } from "../protocol/limits.ts";
import type { Websocket, Wire } from "./wire.ts";

/** A dead link is noticed within 15 s: a kiosk must not show an old map for longer. */
const PING_INTERVAL_MS = 10_000;
const PING_TIMEOUT_MS = 5_000;
/** Sockets that have not proved anything live this long. */
const HANDSHAKE_WITHIN_MS = 5_000;
/** What a client may take to answer the closing handshake: a silent one would keep its connection for 30 s. */
export const CLOSING_HANDSHAKE_MS = 1_000;

/** Websockets alone, so that a client needs no way back to the same server; `isAllowed` judges each before it opens. */
export function openServer(server: HttpServer, isAllowed: (request: IncomingMessage) => boolean): Server {
  return new Server(server, {
    path: "/socket.io",
    addTrailingSlash: false,
    transports: ["websocket"],
    allowUpgrades: false,
    serveClient: false,
    perMessageDeflate: false,
    maxHttpBufferSize: SOCKET_PAYLOAD_BYTES,
    pingInterval: PING_INTERVAL_MS,
    pingTimeout: PING_TIMEOUT_MS,
    connectTimeout: HANDSHAKE_WITHIN_MS,
    allowRequest: (request, decide) => decide(null, isAllowed(request)),
  });
}

/** The websockets that are open or closing. One whose client does not answer the closing handshake is ended. */
export function trackWebsockets(io: Server): ReadonlySet<Websocket> {
  const sockets = new Set<Websocket>();
  io.engine.on("connection", (conn) => {
    const socket = (conn as unknown as Wire).transport.socket;
    if (socket === undefined) return;
    sockets.add(socket);
    socket.once("close", () => sockets.delete(socket));
    conn.on("close", () => setTimeout(() => socket.terminate(), CLOSING_HANDSHAKE_MS).unref());
  });
  return sockets;
}
