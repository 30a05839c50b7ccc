import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { eventually } from "./poll.ts";

export interface StoreProcess {
  child: ChildProcess;
  /** What it said so far, whole lines. */
  lines(): string[];
  /** Waits until it has said so many lines, and answers the last of them. */
  says(count: number): Promise<string>;
  tell(line: string): void;
  /** Waits until it has ended by itself. */
  ended(): Promise<void>;
  /** Sends a signal and waits for the end. */
  end(signal: NodeJS.Signals): Promise<void>;
}

/** Starts `store-child.ts` in a role. `shell` runs before it in the same shell, for limits of the system. */
export function storeProcess(role: string, dataDir: string, shell = ":"): StoreProcess {
  const script = new URL("./store-child.ts", import.meta.url).pathname;
  const command = `${shell}; exec "$0" --import tsx "$@"`;
  const child = spawn("/bin/sh", ["-c", command, process.execPath, script, role, dataDir], {
    stdio: ["pipe", "pipe", "inherit"],
  });
  // Not its exit: what it wrote last may still be in the pipe then.
  let isOver = false;
  const over = once(child, "close").then(() => {
    isOver = true;
  });
  let text = "";
  child.stdout.setEncoding("utf8").on("data", (chunk: string) => {
    text += chunk;
  });
  const lines = () => text.split("\n").slice(0, -1);
  return {
    child,
    lines,
    says: async (count) => {
      await eventually(() => lines().length >= count || isOver, 15_000, `${count} lines of ${role}`);
      return lines()[count - 1] ?? `ended with ${child.exitCode}`;
    },
    tell: (line) => void child.stdin.write(`${line}\n`),
    ended: () => over,
    end: async (signal) => {
      child.kill(signal);
      await over;
    },
  };
}
