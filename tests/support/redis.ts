/**
 * A real Redis for tests: its own process, random port, append-only file in a temporary directory.
 *
 * Where redis-server is missing, `hasRedis` is false and suites skip (counted); under CI they fail.
 */
import { spawnSync } from "node:child_process";
import { once } from "node:events";
import { readdir, stat, truncate } from "node:fs/promises";
import { connect } from "node:net";
import { join } from "node:path";
import { type Service, startService } from "./service.ts";

const isInstalled = spawnSync("redis-server", ["--version"]).status === 0;
if (!isInstalled && process.env.CI) throw new Error("redis-server is not installed, and CI must not skip");

/** For `describe.skipIf(!hasRedis)`. */
export const hasRedis: boolean = isInstalled;

/** A restarted Redis must be ready within this long. */
const READY_WITHIN_MS = 5_000;

export interface TestRedis extends Service {
  url: string;
  /** Sends one command over a connection of its own and answers the raw reply. */
  command(...words: string[]): Promise<string>;
  /** Cuts bytes off the end of the append-only file. Only while it is killed. */
  cutLog(bytes: number): Promise<void>;
}

/** Starts a Redis and waits until it answers. `args` are added to its command line. */
export async function startRedis(args: readonly string[] = []): Promise<TestRedis> {
  const service = await startService({
    name: "redis",
    program: "redis-server",
    args: ({ port, dir }) => [
      ...["--port", String(port), "--bind", "127.0.0.1", "--dir", dir, "--save", ""],
      ...["--appendonly", "yes", "--appendfsync", "everysec", "--aof-load-truncated", "yes", ...args],
    ],
    isReady: async (port) => (await sendRedis(port, "PING")).startsWith("+PONG"),
    readyWithinMs: READY_WITHIN_MS,
  });
  const { port, dir } = service;
  return {
    ...service,
    url: `redis://127.0.0.1:${port}`,
    command: (...words) => sendRedis(port, ...words),
    cutLog: (bytes) => cutLastLog(dir, bytes),
  };
}

/** One command, one reply as far as it came in the first packet. Rejects when Redis dies over it or is silent for 2 s. */
export async function sendRedis(port: number, ...words: string[]): Promise<string> {
  const socket = connect(port, "127.0.0.1");
  socket.setTimeout(2_000, () => socket.destroy(new Error("Redis does not answer")));
  // A hang-up is no error to a socket, and would be waited for in vain.
  socket.once("end", () => socket.destroy(new Error("Redis hung up"))).on("error", () => {});
  try {
    const encoded = words.map((word) => `$${Buffer.byteLength(word)}\r\n${word}\r\n`).join("");
    socket.write(`*${words.length}\r\n${encoded}`);
    const [reply] = (await once(socket, "data")) as [Buffer];
    return reply.toString();
  } finally {
    socket.destroy();
  }
}

async function cutLastLog(dir: string, bytes: number): Promise<void> {
  const folder = join(dir, "appendonlydir");
  const logs = (await readdir(folder)).filter((name) => name.endsWith(".incr.aof")).sort();
  const last = logs.at(-1);
  if (last === undefined) throw new Error("no append-only file");
  const path = join(folder, last);
  const { size } = await stat(path);
  await truncate(path, Math.max(0, size - bytes));
}
