/** What the command line says, handed in by `loadtest/run.mjs` (or by `k6 run -e`). */
import exec from "k6/execution";
import type { Options, Threshold } from "k6/options";

const URLS = (__ENV.BASE_URL ?? "http://127.0.0.1:3000").split(",").map((url) => url.trim().replace(/\/+$/, ""));

/** Where this user goes: with several servers and no balancer, each user has one of them. */
export function baseUrl(): string {
  return URLS[exec.vu.idInTest % URLS.length] ?? "";
}

const SECONDS = number("SECONDS");
const USERS = number("USERS");

/** What is under way when the time is over has this long to come to its end. */
export const FINISH_WITHIN_S = 60;

function number(name: string): number | undefined {
  const text = __ENV[name];
  return text === undefined || text === "" ? undefined : Number(text);
}

/** How long and with how many users, unless the command line says otherwise. */
export interface Size {
  seconds: number;
  users: number;
}

export function sized(usual: Size): Size {
  return { seconds: SECONDS ?? usual.seconds, users: USERS ?? usual.users };
}

/** Users who do the same again and again for a while. Bounded: `seconds` and a minute to finish. */
export function again(usual: Size, thresholds: Record<string, string[]>): Options {
  const { seconds, users } = sized(usual);
  const scenario = {
    executor: "constant-vus" as const,
    vus: users,
    duration: `${seconds}s`,
    gracefulStop: `${FINISH_WITHIN_S}s`,
  };
  return common({ scenarios: { all: scenario } }, thresholds);
}

/** Users who do one long thing each. */
export function once(usual: Size, thresholds: Record<string, string[]>): Options {
  const { seconds, users } = sized(usual);
  const maxDuration = `${seconds + FINISH_WITHIN_S}s`;
  const scenario = { executor: "per-vu-iterations" as const, vus: users, iterations: 1, maxDuration };
  return common({ scenarios: { all: scenario } }, thresholds);
}

/** Limits in milliseconds are about a machine and its load; `TIMES=off` leaves them to whoever reads the summary. */
export function within(percentile: number, ms: number): string[] {
  return __ENV.TIMES === "off" ? [] : [`p(${percentile})<${ms}`];
}

function common(options: Options, thresholds: Record<string, string[]>): Options {
  const set = Object.entries(thresholds).filter(([, limits]) => limits.length > 0);
  return {
    ...options,
    thresholds: Object.fromEntries(set) as Record<string, Threshold[]>,
    insecureSkipTLSVerify: __ENV.INSECURE === "1",
    setupTimeout: "60s",
    summaryTrendStats: ["avg", "med", "p(95)", "p(99)", "max"],
  };
}
