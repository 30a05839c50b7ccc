import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ADMIN } from "./server.ts";

export interface ServerProcess {
  child: ChildProcess;
  url: string;
  dataDir: string;
  /** Everything that it wrote so far. */
  output(): string;
  /** Sends a signal and waits for the end. Answers the exit code, null when a signal ended it. */
  end(signal: NodeJS.Signals): Promise<number | null>;
  /** Ends it, whatever its state, and removes a store that was made for it. */
  close(): Promise<void>;
}

/** What a server process that did not start left behind. */
export interface FailedStart {
  code: number | null;
  output: string;
}

/** Of a machine that starts several at once, next to other tests. */
const READY_WITHIN_MS = 60_000;
const BUILT = "dist/server/main.js";

const children = new Set<ChildProcess>();
process.once("exit", () => {
  for (const child of children) child.kill("SIGKILL");
});
// A worker that hangs at its end is told so, and would go without a word to its children.
process.once("SIGTERM", () => process.exit(1));

/** A test file that is given up leaves no processes behind. */
export function endWithUs<C extends ChildProcess>(child: C): C {
  children.add(child);
  child.once("exit", () => children.delete(child));
  return child;
}

/**
 * The built server as a process of its own; another `entry` can be talked to by messages. Throws when it does not
 * become ready, and leaves nothing behind; see `startAndFail`.
 */
export async function spawnServer(env: Record<string, string> = {}, entry = BUILT): Promise<ServerProcess> {
  const made = env.DATA_DIR === undefined ? await mkdtemp(join(tmpdir(), "butaca-")) : undefined;
  const dataDir = env.DATA_DIR ?? (made as string);
  const { child, output } = launch({ ...env, DATA_DIR: dataDir }, entry);
  const end = async (signal: NodeJS.Signals) => {
    if (child.exitCode !== null || child.signalCode !== null) return child.exitCode;
    const ended = once(child, "exit");
    child.kill(signal);
    const [code] = (await ended) as [number | null];
    return code;
  };
  const close = async () => {
    await end("SIGKILL");
    if (made !== undefined) await rm(made, { recursive: true, force: true });
  };
  try {
    const url = await readyUrl(child, output);
    return { child, url, dataDir, output, end, close };
  } catch (error) {
    await close();
    throw error;
  }
}

/** Starts a server that is expected to refuse, and waits for its end. */
export async function startAndFail(env: Record<string, string>): Promise<FailedStart> {
  const { child, output } = launch(env, BUILT);
  // Not its exit: what it wrote last may still be in the pipe then.
  const [code] = (await once(child, "close")) as [number | null];
  return { code, output: output() };
}

function launch(env: Record<string, string>, entry: string) {
  const loader = entry.endsWith(".ts") ? ["--import", "tsx"] : [];
  const child = spawn(process.execPath, [...loader, entry], {
    env: {
      PATH: process.env.PATH ?? "",
      PORT: "0",
      DEMO: "0",
      RATE_LIMITS: "off",
      ADMIN_EMAIL: ADMIN.email,
      ADMIN_PASSWORD: ADMIN.password,
      ...env,
    },
    stdio: ["ignore", "pipe", "pipe", ...(entry === BUILT ? [] : (["ipc"] as const))],
  });
  endWithUs(child);
  let text = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream?.setEncoding("utf8").on("data", (chunk: string) => {
      text += chunk;
    });
  }
  return { child, output: () => text };
}

function readyUrl(child: ChildProcess, output: () => string): Promise<string> {
  return new Promise((resolve, reject) => {
    const fail = (why: string) => reject(new Error(`${why}\n${output()}`));
    const timer = setTimeout(() => fail("the server did not become ready"), READY_WITHIN_MS);
    const look = () => {
      const url = /"listening on (https?:\/\/[^"]+)"/.exec(output())?.[1];
      if (url === undefined) return;
      clearTimeout(timer);
      resolve(url);
    };
    child.stdout?.on("data", look);
    child.once("exit", (code) => {
      clearTimeout(timer);
      fail(`the server ended with ${code}`);
    });
  });
}
