import type { IncomingMessage } from "node:http";
import type { Socket } from "node:net";
import type { FastifyInstance } from "fastify";

/** What is in flight when the server closes has this long: half of what a service manager waits before it kills. */
const FINISH_WITHIN_MS = 5_000;

/**
 * Lets the server close in bounded time. Connections that never asked for anything (browsers open some ahead of
 * need) count as busy to Node for a minute: they end at once, whatever else is open after the time to finish.
 */
export function addHangUp(app: FastifyInstance): void {
  const open = new Set<Socket>();
  const silent = new Set<Socket>();
  let isClosing = false;
  const track = (sockets: Set<Socket>) => (socket: Socket) => {
    sockets.add(socket);
    socket.once("close", () => sockets.delete(socket));
    if (isClosing) socket.destroy();
  };
  const spoke = ({ socket }: IncomingMessage) => silent.delete(socket);
  const hangUp = (sockets: Set<Socket>) => {
    for (const socket of sockets) socket.destroy();
  };
  const isTls = "setSecureContext" in app.server;
  app.server.on("connection", track(open));
  app.server.on(isTls ? "secureConnection" : "connection", track(silent));
  app.server.on("request", spoke);
  app.server.on("upgrade", spoke);
  // Kept alive, a connection whose last request finishes while we close would stay until it is idle for long enough
  app.addHook("onSend", async (_request, reply) => {
    if (isClosing) reply.header("connection", "close");
  });
  app.addHook("preClose", async () => {
    isClosing = true;
    hangUp(silent);
    setTimeout(() => hangUp(open), FINISH_WITHIN_MS).unref();
  });
}
