/** A TCP proxy that can be told to misbehave: stands between a client and a real service. */
import { once } from "node:events";
import { connect, createServer, type Socket } from "node:net";

export interface TcpProxy {
  port: number;
  /** Ends every connection now; new ones are taken. */
  cut(): void;
  /** From now on answers are thrown away: what was asked is still done. */
  swallowAnswers(): void;
  /** From now on nothing passes in either direction, on old and new connections, and none is closed. */
  blackHole(): void;
  /** Lets everything pass again on connections made from now on, and ends the others. */
  heal(): void;
  close(): Promise<void>;
}

type Mode = "passing" | "swallowing" | "black-hole";

/** Listens on a free port of 127.0.0.1 and forwards to `targetPort`. */
export async function openTcpProxy(targetPort: number): Promise<TcpProxy> {
  let mode: Mode = "passing";
  const pairs = new Set<[Socket, Socket]>();

  const server = createServer((client) => {
    const target = connect(targetPort, "127.0.0.1");
    const pair: [Socket, Socket] = [client, target];
    pairs.add(pair);
    const end = () => {
      pairs.delete(pair);
      client.destroy();
      target.destroy();
    };
    for (const socket of pair) socket.setNoDelay(true).on("error", end).on("close", end);
    client.on("data", (chunk) => {
      if (mode !== "black-hole") target.write(chunk);
    });
    target.on("data", (chunk) => {
      if (mode === "passing") client.write(chunk);
    });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("no port");

  const cut = () => {
    for (const [client, target] of [...pairs]) {
      client.destroy();
      target.destroy();
    }
    pairs.clear();
  };
  return {
    port: address.port,
    cut,
    swallowAnswers() {
      mode = "swallowing";
    },
    blackHole() {
      mode = "black-hole";
    },
    heal() {
      mode = "passing";
      cut();
    },
    async close() {
      server.close();
      cut();
      await once(server, "close");
    },
  };
}
