/**
 * `npm run loadtest -- SCENARIO [--url URL[,URL]] [--users N] [--seconds N] [--insecure] [--no-times] [--summary FILE]`:
 * runs one k6 scenario against a running cinema. Refuses in one line, exit 1, when there is no k6, no such scenario or
 * nobody at the URL; exit 99 when a threshold was crossed. Ends by itself: the scenario's time and two minutes at most.
 */
import { spawn, spawnSync } from "node:child_process";
import { existsSync, readdirSync } from "node:fs";
import { request as plain } from "node:http";
import { request as secure } from "node:https";
import { join } from "node:path";
import { parseArgs } from "node:util";

const HERE = import.meta.dirname;
const FROM_CI = join(HERE, "../.cache/k6/k6");
const INSTALL = "GOBIN=$PWD/.cache/k6 go install go.k6.io/k6@v1.8.1";
const scenarios = readdirSync(HERE)
  .filter((name) => name.endsWith(".ts"))
  .map((name) => name.slice(0, -3));
/** Is anybody there? A server that does not say so within this time is not. */
const KNOCK_MS = 5_000;
/** Longest that one may be asked for, and what setting up and finishing may take on top, in seconds. */
const SECONDS_MAX = 3_600;
const AROUND_S = 120;

try {
  const { scenario, options } = readCommand(process.argv.slice(2));
  const k6 = findK6();
  for (const url of options.urls) await knock(url, options.insecure);
  process.exitCode = await run(k6, scenario, options);
} catch (error) {
  console.error(`loadtest: ${error.message}`);
  process.exitCode = 1;
}

function readCommand(args) {
  const { values, positionals } = parseArgs({
    args,
    allowPositionals: true,
    options: {
      url: { type: "string", default: process.env.BASE_URL ?? "http://127.0.0.1:3000" },
      users: { type: "string" },
      seconds: { type: "string" },
      insecure: { type: "boolean", default: false },
      "no-times": { type: "boolean", default: false },
      summary: { type: "string" },
    },
  });
  const [scenario] = positionals;
  if (scenario === undefined || positionals.length > 1 || !scenarios.includes(scenario))
    throw new Error(`use: npm run loadtest -- SCENARIO, one of ${scenarios.join(", ")}`);
  const urls = values.url.split(",").map((url) => url.trim().replace(/\/+$/, ""));
  for (const url of urls)
    if (!/^https?:/.test(url) || !URL.canParse(url)) throw new Error(`--url: ${url} is not a URL`);
  wholeNumber("--users", values.users, 20_000);
  wholeNumber("--seconds", values.seconds, SECONDS_MAX);
  return { scenario, options: { ...values, urls } };
}

function wholeNumber(name, text, most) {
  if (text !== undefined && !(/^\d+$/.test(text) && Number(text) >= 1 && Number(text) <= most))
    throw new Error(`${name} must be a whole number from 1 to ${most}`);
}

function findK6() {
  for (const program of [process.env.K6, FROM_CI, "k6"])
    if (program && (existsSync(program) || spawnSync(program, ["version"]).status === 0)) return program;
  throw new Error(`there is no k6: put it on the PATH, or ${INSTALL}`);
}

function knock(url, insecure) {
  return new Promise((resolve, reject) => {
    const ask = url.startsWith("https:") ? secure : plain;
    const asked = ask(`${url}/health/ready`, { rejectUnauthorized: !insecure, timeout: KNOCK_MS });
    asked.on("response", (response) => {
      response.resume();
      if (response.statusCode === 200) resolve();
      else reject(new Error(`the server at ${url} is not ready: ${response.statusCode}`));
    });
    asked.on("timeout", () => asked.destroy(new Error("no answer")));
    asked.on("error", ({ message, code }) => {
      const hint = code === "DEPTH_ZERO_SELF_SIGNED_CERT" ? ", use --insecure for a certificate of your own" : "";
      reject(new Error(`no server answers at ${url} (${code ?? message})${hint}`));
    });
    asked.end();
  });
}

/** Runs k6 and answers its exit code. */
function run(k6, scenario, options) {
  const env = { ...process.env, BASE_URL: options.urls.join() };
  if (options.users !== undefined) env.USERS = options.users;
  if (options.seconds !== undefined) env.SECONDS = options.seconds;
  if (options.insecure) env.INSECURE = "1";
  if (options["no-times"]) env.TIMES = "off";
  const summary = options.summary === undefined ? [] : ["--summary-export", options.summary];
  const args = ["run", "--quiet", "--no-usage-report", ...summary, join(HERE, `${scenario}.ts`)];
  const child = spawn(k6, args, { stdio: "inherit", env });
  const longest = Number(options.seconds ?? SECONDS_MAX) + AROUND_S;
  const timer = setTimeout(() => child.kill("SIGKILL"), longest * 1_000).unref();
  for (const signal of ["SIGINT", "SIGTERM"]) process.on(signal, () => child.kill(signal));
  return new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("exit", (code) => {
      clearTimeout(timer);
      resolve(code ?? 1);
    });
  });
}
