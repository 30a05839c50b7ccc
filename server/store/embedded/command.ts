/** What the command lines of backup and restore share: their arguments and their one line on failure. */
import { parseArgs } from "node:util";
import { StoreIsNewer } from "../migrations/migrate.ts";
import { StoreUnavailable } from "../port.ts";
import { ArchiveRefused } from "./archive.ts";

export interface Command {
  /** How it is called, for whoever calls it wrongly. */
  usage: string;
  /** Does it, and answers what to say. */
  run(file: string, dataDir: string): Promise<string>;
}

/** Runs a command with `[--data DIR] FILE`; DIR is `DATA_DIR` or `./data` when not given. Exit code 1 and one line on failure. */
export async function runCommand({ usage, run }: Command): Promise<void> {
  try {
    const { file, dataDir } = readArguments(usage);
    process.stdout.write(`${await run(file, dataDir)}\n`);
  } catch (error) {
    process.stderr.write(`butaca: ${problem(error)}\n`);
    process.exitCode = 1;
  }
}

function readArguments(usage: string): { file: string; dataDir: string } {
  const [file, ...rest] = parsed(usage).positionals;
  if (file === undefined || rest.length > 0) throw new ArchiveRefused(usage);
  return { file, dataDir: parsed(usage).values.data ?? process.env.DATA_DIR ?? "./data" };
}

function parsed(usage: string) {
  try {
    return parseArgs({ options: { data: { type: "string" } }, allowPositionals: true });
  } catch {
    throw new ArchiveRefused(usage);
  }
}

/** What to tell the operator about a failure: one line, unless it is a bug. */
export function problem(error: unknown): string {
  if (error instanceof ArchiveRefused || error instanceof StoreIsNewer || error instanceof StoreUnavailable) {
    return error.message;
  }
  const { code, message, stack } = error as NodeJS.ErrnoException;
  // Errors of the file system say what and where in their message; anything else is a bug and shows its place.
  return code === undefined ? (stack ?? message) : message;
}
