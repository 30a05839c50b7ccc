/** One part of the cluster: a process with a log, waited for at the beginning and at the end. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { closeSync, openSync, readFileSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";

export interface PartDeps {
  name: string;
  program: string;
  args: string[];
  env?: Record<string, string>;
  /** Where its log goes. */
  dir: string;
  /** Whether it does its work; throwing counts as no. Given what it wrote so far. */
  isReady(log: string): boolean | Promise<boolean>;
  /** Told once when it ends and nobody asked it to. */
  onLost?(how: string): void;
}

export interface Part {
  name: string;
  child: ChildProcess;
  log(): string;
  isAlive(): boolean;
  /** Sends a signal, SIGKILL when that is not enough, and answers the exit code: null when a signal ended it. */
  end(signal: NodeJS.Signals): Promise<number | null>;
}

/** Of a busy machine; a part that takes longer will not come. */
const READY_WITHIN_MS = 60_000;
const LOOK_EVERY_MS = 50;
/** Servers promise to be gone after 10 s. */
const END_WITHIN_MS = 12_000;
/** What is shown of the log of a part that did not start. */
const LAST_WORDS = 600;

/** Starts a part and waits until it is ready. Throws with the end of its log when it does not get there. */
export async function startPart(deps: PartDeps): Promise<Part> {
  const { name, program, args, env, dir, isReady, onLost = () => {} } = deps;
  const logFile = join(dir, `${name}.log`);
  const file = openSync(logFile, "a");
  // A group of its own: Ctrl-C is for the cluster, which stops its parts in their order
  const child = spawn(program, args, {
    ...{ cwd: dir, env: env ?? process.env, detached: true },
    stdio: ["ignore", file, file],
  });
  closeSync(file);
  const failed = once(child, "error").then(([error]) => error as Error);
  const killNow = () => void child.kill("SIGKILL");
  process.once("exit", killNow);
  child.once("exit", () => process.off("exit", killNow));
  const log = () => readFileSync(logFile, "utf8");
  const isAlive = () => child.pid !== undefined && child.exitCode === null && child.signalCode === null;
  let isAsked = false;
  const part: Part = {
    ...{ name, child, log, isAlive },
    async end(signal) {
      isAsked = true;
      if (!isAlive()) return child.exitCode;
      const gone = once(child, "exit") as Promise<[number | null]>;
      child.kill(signal);
      const last = setTimeout(() => child.kill("SIGKILL"), END_WITHIN_MS);
      const [code] = await gone;
      clearTimeout(last);
      return code;
    },
  };
  for (const deadline = Date.now() + READY_WITHIN_MS; ; await Promise.race([pause(LOOK_EVERY_MS), failed])) {
    if (isAlive() && (await ready(isReady, log))) {
      child.once("exit", (code, signal) => isAsked || onLost(signal ?? `exit code ${code}`));
      return part;
    }
    if (isAlive() && Date.now() < deadline) continue;
    const how = isAlive()
      ? `was not ready after ${READY_WITHIN_MS} ms`
      : `ended with ${child.exitCode ?? child.signalCode}`;
    await part.end("SIGKILL");
    throw new Error(`${name} ${how}: ${log().slice(-LAST_WORDS).trim() || program}`);
  }
}

async function ready(isReady: PartDeps["isReady"], log: () => string): Promise<boolean> {
  try {
    return await isReady(log());
  } catch {
    return false;
  }
}

/** Ports of 127.0.0.1 that nobody listens on at this moment. */
export async function freePorts(count: number): Promise<number[]> {
  const servers = Array.from({ length: count }, () => createServer().listen(0, "127.0.0.1"));
  const ports: number[] = [];
  for (const server of servers) {
    if (!server.listening) await once(server, "listening");
    ports.push((server.address() as { port: number }).port);
  }
  for (const server of servers) {
    server.close();
    await once(server, "close");
  }
  return ports;
}
