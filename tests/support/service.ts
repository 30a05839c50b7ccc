/** A service for tests: a real process of its own, a random port, files in a temporary directory. */
import { type ChildProcess, spawn } from "node:child_process";
import { randomInt } from "node:crypto";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { eventually } from "./poll.ts";

export interface ServiceDeps {
  /** Of its directory, and of what is said when it does not start. */
  name: string;
  program: string;
  args(at: { port: number; dir: string }): string[];
  /** Whether it answers; throwing counts as no. */
  isReady(port: number): Promise<boolean>;
  readyWithinMs: number;
}

export interface Service {
  port: number;
  dir: string;
  pid(): number;
  /** SIGKILL, and waits until it is gone. */
  kill(): Promise<void>;
  /** Starts it again on the same port and files; kills it first when it still runs. */
  restart(): Promise<void>;
  /** SIGSTOP and SIGCONT: up, but not answering. Resolves when all its threads stand still. */
  pause(): Promise<void>;
  resume(): void;
  /** Ends it and removes its files. */
  stop(): Promise<void>;
}

/** Starts a service and waits until it answers. */
export async function startService(deps: ServiceDeps): Promise<Service> {
  const dir = await mkdtemp(join(tmpdir(), `butaca-${deps.name}-`));
  const port = await freePort();
  let child: ChildProcess | null = null;

  const start = async () => {
    child = spawn(deps.program, deps.args({ port, dir }), { stdio: "ignore", cwd: dir });
    const isReady = () => deps.isReady(port).catch(() => false);
    await eventually(isReady, deps.readyWithinMs, `${deps.name} on port ${port}`);
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
  const stop = async () => {
    await kill();
    process.off("exit", killNow);
    await rm(dir, { recursive: true, force: true });
  };
  try {
    await start();
  } catch (error) {
    await stop();
    throw error;
  }
  return {
    port,
    dir,
    pid: () => child?.pid ?? 0,
    kill,
    restart: async () => {
      await kill();
      await start();
    },
    pause: async () => {
      child?.kill("SIGSTOP");
      // Its threads stop one after the other.
      const isStopped = () => readFileSync(`/proc/${child?.pid}/stat`, "utf8").includes(") T ");
      await eventually(isStopped, 10_000, `the standstill of ${deps.name}`);
    },
    resume: () => void child?.kill("SIGCONT"),
    stop,
  };
}

/** Below those that the system gives away by itself, to whoever connects or listens while a service is down. */
const PORTS = { from: 12_000, to: 32_000 };

/** A port of 127.0.0.1 that nobody listens on at this moment, and that nobody is given who does not name it. */
export async function freePort(): Promise<number> {
  for (;;) {
    const port = randomInt(PORTS.from, PORTS.to);
    const server = createServer();
    const isFree = new Promise<boolean>((resolve) => {
      server.once("listening", () => resolve(true)).once("error", () => resolve(false));
    });
    server.listen(port, "127.0.0.1");
    if (!(await isFree)) continue;
    server.close();
    await once(server, "close");
    return port;
  }
}
