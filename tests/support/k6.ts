/**
 * The load test as its users start it. Where k6 is missing, `hasK6` is false and suites skip (counted); under CI
 * they fail. It is looked for where `npm run loadtest` looks.
 */
import { spawn, spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";

const ROOT = join(import.meta.dirname, "../..");
const isThere = existsSync(join(ROOT, ".cache/k6/k6")) || spawnSync("k6", ["version"]).status === 0;
if (!isThere && process.env.CI) throw new Error("there is no k6, and CI must not skip");

/** For `describe.skipIf(!hasK6)`. */
export const hasK6: boolean = isThere;

export interface LoadtestRun {
  code: number | null;
  output: string;
  /** The count of a counter of the scenario; 0 when nothing was counted. */
  count(name: string): number;
}

/** Runs one scenario to its end. `env` is added to the environment. Limits of time are left to the bench. */
export async function loadtest(
  scenario: string,
  args: readonly string[],
  env: Record<string, string> = {},
): Promise<LoadtestRun> {
  const dir = await mkdtemp(join(tmpdir(), "butaca-k6-"));
  const summary = join(dir, "summary.json");
  const child = spawn(
    process.execPath,
    [join(ROOT, "loadtest/run.mjs"), scenario, "--no-times", "--summary", summary, ...args],
    { env: { PATH: process.env.PATH ?? "", HOME: dir, ...env }, stdio: ["ignore", "pipe", "pipe"] },
  );
  const ended = new Promise<number | null>((resolve) => child.once("close", resolve));
  const [out, err, code] = await Promise.all([text(child.stdout), text(child.stderr), ended]);
  const metrics = await readFile(summary, "utf8").then(
    (json) => JSON.parse(json).metrics as Record<string, { count?: number }>,
    () => ({}) as Record<string, { count?: number }>,
  );
  await rm(dir, { recursive: true, force: true });
  return { code, output: `${out}${err}`, count: (name) => metrics[name]?.count ?? 0 };
}
