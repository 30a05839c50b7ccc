/**
 * A living demo: guests that browse, hold, change their minds and buy in a running cinema, through the same doors as
 * everybody else.
 *
 * Promises: one calm line of status every few seconds; on Ctrl-C its guests let go of their seats. Never asks more of
 * the server than the server allows a client. Must never import a room: it knows the wire alone.
 */
import { setMaxListeners } from "node:events";
import { setTimeout as sleep } from "node:timers/promises";
import { parseArgs } from "node:util";
import { createCrowdClient } from "./crowd-client.ts";
import { liveAsGuest, nextShowtimes, type Tally } from "./crowd-guest.ts";
import { seeded } from "./crowd-mind.ts";

const STATUS_EVERY_MS = 5_000;
/** Is anybody there? A server that does not say so within this time is not. */
const KNOCK_MS = 3_000;

interface Options {
  url: string;
  guests: number;
  /** For how long; until stopped when absent. */
  minutes?: number;
  seed: number;
  /** How many times faster than people they are. */
  haste: number;
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}

/** Reads the command line; a text says what is wrong with it. */
export function readOptions(args: string[]): Options | string {
  try {
    const { values } = parseArgs({
      args,
      options: {
        url: { type: "string", default: "http://127.0.0.1:3000" },
        guests: { type: "string", default: "30" },
        minutes: { type: "string" },
        seed: { type: "string" },
        haste: { type: "string", default: "1" },
      },
    });
    const guests = Number(values.guests);
    const minutes = values.minutes === undefined ? undefined : Number(values.minutes);
    const haste = Number(values.haste);
    const seed = values.seed === undefined ? Date.now() % 1_000_000 : Number(values.seed);
    if (!Number.isInteger(guests) || guests < 1 || guests > 500) return "--guests must be a number from 1 to 500";
    if (minutes !== undefined && !(minutes > 0)) return "--minutes must be a number above 0";
    if (!(haste > 0 && haste <= 100)) return "--haste must be a number above 0, up to 100";
    if (!Number.isInteger(seed)) return "--seed must be a whole number";
    return { url: values.url.replace(/\/+$/, ""), guests, minutes, seed, haste };
  } catch (error) {
    return (error as Error).message;
  }
}

/** Why the crowd can't come, in one line; null when it can. */
async function obstacle({ url }: Options, signal: AbortSignal): Promise<string | null> {
  try {
    const answer = await fetch(`${url}/health/live`, { signal: AbortSignal.timeout(KNOCK_MS) });
    if (!answer.ok) return `what answers at ${url} is not a Butaca server`;
  } catch {
    return `no server answers at ${url}: start one with npm start, or name it with --url`;
  }
  const programme = await nextShowtimes(createCrowdClient(url, signal));
  return programme.length === 0 ? `nothing is on sale at ${url} in the next hours` : null;
}

/** What the crowd did so far, in one line. */
export function statusLine(tally: Tally, at: Date): string {
  const held = [...tally.held.values()].reduce((sum, seats) => sum + seats, 0);
  return [
    `${at.toTimeString().slice(0, 8)}  held ${held} seats by ${tally.held.size} guests`,
    `sold ${tally.seatsSold} in ${tally.orders} orders`,
    `declined ${tally.declined}`,
    `too late ${tally.beaten}`,
    `walked away ${tally.walkedAway}`,
  ].join(" · ");
}

async function report(tally: Tally, signal: AbortSignal, tell: (line: string) => void): Promise<void> {
  while (!signal.aborted) {
    await sleep(STATUS_EVERY_MS, undefined, { signal }).catch(() => {});
    tell(statusLine(tally, new Date()));
  }
}

export function newTally(): Tally {
  return { held: new Map(), seatsSold: 0, orders: 0, declined: 0, beaten: 0, walkedAway: 0 };
}

/** Lets the crowd in until the signal says stop, and writes into the tally what it does. */
export async function runCrowd(
  options: Options,
  tally: Tally,
  signal: AbortSignal,
  tell: (line: string) => void = say,
): Promise<void> {
  // Every wait of every guest listens to it
  setMaxListeners(0, signal);
  const guests = Array.from({ length: options.guests }, (_, name) =>
    liveAsGuest({
      name,
      client: createCrowdClient(options.url, signal),
      random: seeded(options.seed + name),
      haste: options.haste,
      tally,
      signal,
    }),
  );
  await Promise.all([report(tally, signal, tell), ...guests]);
}

async function main(): Promise<number> {
  const options = readOptions(process.argv.slice(2));
  if (typeof options === "string") {
    say(`crowd: ${options}`);
    return 1;
  }
  const stop = new AbortController();
  process.once("SIGINT", () => stop.abort());
  process.once("SIGTERM", () => stop.abort());
  try {
    return await entertain(options, stop);
  } catch (error) {
    if (!stop.signal.aborted) say(`crowd: ${(error as Error).message}`);
    return stop.signal.aborted ? 0 : 1;
  } finally {
    stop.abort();
  }
}

async function entertain(options: Options, stop: AbortController): Promise<number> {
  const trouble = await obstacle(options, stop.signal);
  if (trouble !== null) {
    say(`crowd: ${trouble}`);
    return 1;
  }
  if (options.minutes !== undefined) setTimeout(() => stop.abort(), options.minutes * 60_000).unref();
  say(`${options.guests} guests are coming to ${options.url} (seed ${options.seed}); Ctrl-C sends them home`);
  await runCrowd(options, newTally(), stop.signal);
  say("Everybody who was still here has let go of their seats and gone home.");
  return 0;
}

if (process.argv[1] === import.meta.filename) process.exitCode = await main();
