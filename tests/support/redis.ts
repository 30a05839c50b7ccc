/**
 * A real Redis for tests: its own process, random port, append-only file in a temporary directory.
 *
 * Where redis-server is missing, `hasRedis` is false and suites skip (counted); under CI they fail.
 */
import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readdir, rm, stat, truncate } from "node:fs/promises";
import { connect, createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";

const isInstalled = spawnSync("redis-server", ["--version"]).status === 0;
if (!isInstalled && process.env.CI) throw new Error("redis-server is not installed, and CI must not skip");

/** For `describe.skipIf(!hasRedis)`. */
export const hasRedis: boolean = isInstalled;

/** A restarted Redis must be ready within this long. */
const READY_WITHIN_MS = 5_000;

export interface TestRedis {
  url: string;
  port: number;
  dir: string;
  pid(): number;
  /** SIGKILL, and waits until it is gone. */
  kill(): Promise<void>;
  /** Starts it again on the same port and files; kills it first when it still runs. */
  restart(): Promise<void>;
  /** SIGSTOP and SIGCONT: up, but not answering. */
  pause(): void;
  resume(): void;
  /** Sends one command over a connection of its own and answers the raw reply. */
  command(...words: string[]): Promise<string>;
  /** Cuts bytes off the end of the append-only file. Only while it is killed. */
  cutLog(bytes: number): Promise<void>;
  /** Ends it and removes its files. */
  stop(): Promise<void>;
}

/** Starts a Redis and waits until it answers. `args` are added to its command line. */
export async function startRedis(args: readonly string[] = []): Promise<TestRedis> {
  const dir = await mkdtemp(join(tmpdir(), "butaca-redis-"));
  const port = await freePort();
  let child: ChildProcess | null = null;

  const start = async () => {
    child = spawn(
      "redis-server",
      [
        ...["--port", String(port), "--bind", "127.0.0.1", "--dir", dir, "--save", ""],
        ...["--appendonly", "yes", "--appendfsync", "everysec", "--aof-load-truncated", "yes", ...args],
      ],
      { stdio: "ignore" },
    );
    await untilReady(port);
  };
  const kill = async () => {
    const dying = child;
    child = null;
    if (dying === null || dying.exitCode !== null || dying.signalCode !== null) return;
    const gone = once(dying, "exit");
    dying.kill("SIGKILL");
    await gone;
  };

  const killNow = () => void child?.kill("SIGKILL");
  process.once("exit", killNow);
  await start();
  return {
    url: `redis://127.0.0.1:${port}`,
    port,
    dir,
    pid: () => child?.pid ?? 0,
    kill,
    restart: async () => {
      await kill();
      await start();
    },
    pause: () => void child?.kill("SIGSTOP"),
    resume: () => void child?.kill("SIGCONT"),
    command: (...words) => sendOnce(port, words),
    cutLog: (bytes) => cutLastLog(dir, bytes),
    stop: async () => {
      await kill();
      process.off("exit", killNow);
      await rm(dir, { recursive: true, force: true });
    },
  };
}

async function untilReady(port: number): Promise<void> {
  const deadline = Date.now() + READY_WITHIN_MS;
  for (;;) {
    const reply = await sendOnce(port, ["PING"]).catch(() => "");
    if (reply.startsWith("+PONG")) return;
    if (Date.now() > deadline) throw new Error(`redis-server on port ${port} is not ready`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

/** One command, one reply as far as it came in the first packet. */
async function sendOnce(port: number, words: readonly string[]): Promise<string> {
  const socket = connect(port, "127.0.0.1");
  socket.setTimeout(2_000, () => socket.destroy(new Error("Redis does not answer")));
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

async function freePort(): Promise<number> {
  const server = createServer();
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  server.close();
  await once(server, "close");
  if (address === null || typeof address === "string") throw new Error("no port");
  return address.port;
}
