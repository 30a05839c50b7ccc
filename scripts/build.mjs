/**
 * Builds `dist/`: the server by tsc, files it reads beside it, the apps by vite.
 * `--if-needed`: only when a source is newer than the last build.
 */
import { spawnSync } from "node:child_process";
import {
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { extname, join, resolve } from "node:path";

const SOURCES = [
  "server",
  "ui",
  "kiosk",
  "admin",
  "vite.config.ts",
  "tsconfig.json",
  "tsconfig.build.json",
  "package-lock.json",
];
/** What the server reads at run time from beside its modules. */
const BESIDE = new Set([".lua", ".csv", ".css", ".txt"]);
/** As old as the beginning of the build: what changes while it runs is built again next time. */
const STAMP = "dist/.built";

function newest(path) {
  if (!existsSync(path)) return 0;
  const stat = statSync(path);
  if (!stat.isDirectory()) return stat.mtimeMs;
  return readdirSync(path).reduce((latest, name) => Math.max(latest, newest(join(path, name))), stat.mtimeMs);
}

function run(command, ...args) {
  const { status, error } = spawnSync(join("node_modules", ".bin", command), args, { stdio: "inherit" });
  if (status !== 0) throw new Error(`${command} failed${error ? `: ${error.message}` : ""}`);
}

function copyBeside(from, to) {
  for (const entry of readdirSync(from, { withFileTypes: true })) {
    if (entry.isDirectory()) copyBeside(join(from, entry.name), join(to, entry.name));
    else if (BESIDE.has(extname(entry.name))) {
      mkdirSync(to, { recursive: true });
      cpSync(join(from, entry.name), join(to, entry.name));
    }
  }
}

const needed = Math.max(...SOURCES.map(newest));
if (process.argv.includes("--if-needed") && existsSync(STAMP) && statSync(STAMP).mtimeMs > needed) process.exit(0);
// Built aside and put in place whole: a server that is starting never meets half a build.
const aside = `dist.${process.pid}`;
const startedAt = new Date();
try {
  console.log("building: the server, then the apps; half a minute at most");
  run("tsc", "-p", "tsconfig.build.json", "--outDir", aside);
  copyBeside("server", join(aside, "server"));
  run("vite", "build", "--logLevel", "warn", "--outDir", resolve(aside, "web"));
  writeFileSync(join(aside, ".built"), "");
  utimesSync(join(aside, ".built"), startedAt, startedAt);
  rmSync("dist", { recursive: true, force: true });
  renameSync(aside, "dist");
} catch (error) {
  // What is wrong stands above, in the compiler's own words
  console.error(`build: ${error.message}`);
  process.exitCode = 1;
} finally {
  rmSync(aside, { recursive: true, force: true });
}
