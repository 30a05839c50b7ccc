import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import Fastify, { type FastifyInstance } from "fastify";
import { afterAll, describe, expect, it } from "vitest";
import { addHangUp } from "../../server/http/plugins/hang-up.ts";
import { eventually } from "../support/poll.ts";

const sockets: Socket[] = [];
afterAll(() => {
  for (const socket of sockets) socket.destroy();
});

interface Listening {
  app: FastifyInstance;
  url: string;
  dial(): Promise<Socket>;
  /** Waits until a request has come in. */
  asked(): Promise<unknown>;
}

async function listening(): Promise<Listening> {
  const app = Fastify();
  let requests = 0;
  app.addHook("onRequest", async () => void requests++);
  addHangUp(app);
  app.get("/slow", async () => {
    await sleep(1_000);
    return "done";
  });
  app.get("/never", () => new Promise(() => {}));
  const url = await app.listen({ port: 0, host: "127.0.0.1" });
  const dial = async () => {
    const socket = connect(Number(new URL(url).port), "127.0.0.1").on("error", () => {});
    sockets.push(socket);
    await once(socket, "connect");
    await sleep(50);
    return socket;
  };
  return { app, dial, url, asked: () => eventually(() => requests > 0) };
}

describe.concurrent("closing the server", () => {
  it("does not wait for connections that never asked for anything", async () => {
    const { app, dial } = await listening();
    await dial();
    const began = performance.now();
    await app.close();
    expect(performance.now() - began).toBeLessThan(2_000);
  });

  it("lets a request in flight finish", async () => {
    const { app, url, asked } = await listening();
    const answer = fetch(`${url}/slow`);
    await asked();
    const began = performance.now();
    await app.close();
    expect(await (await answer).text()).toBe("done");
    expect(performance.now() - began).toBeLessThan(3_000);
  });

  it("does not wait for ever for a request that never ends", async () => {
    const { app, dial, asked } = await listening();
    const socket = await dial();
    socket.write("GET /never HTTP/1.1\r\nhost: x\r\n\r\n");
    await asked();
    const began = performance.now();
    await app.close();
    expect(performance.now() - began).toBeLessThan(8_000);
  });
});
