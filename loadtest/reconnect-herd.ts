/** A switch in the lobby restarts: everybody who watches is cut off in the same moment and comes back at once. */
import exec from "k6/execution";
import { figures } from "./lib/figures.ts";
import { newGuest } from "./lib/http.ts";
import { type Link, openLink } from "./lib/link.ts";
import { once, sized } from "./lib/options.ts";
import { type Offer, readOffers } from "./lib/programme.ts";
import { dice, pause } from "./lib/time.ts";
import { type Viewer, watch } from "./lib/viewer.ts";

const USUAL = { seconds: 30, users: 500 };
/** Everybody is in by then. */
const GATHER_MS = 8_000;
/** A herd every so often. */
const ROUND_MS = 7_000;
const SHOWTIMES = 20;

export const options = once(USUAL, {
  reconnects: ["count>0"],
  maps_compared: ["count>0"],
  maps_diverged: ["count==0"],
  // Of a design, not of a machine: whoever was cut off sees the seats as they are within this time
  current_time: ["max<5000"],
});

export function setup(): Promise<Offer[]> {
  return readOffers(SHOWTIMES);
}

export default async function watcher(offers: Offer[]): Promise<void> {
  const offer = offers[dice(offers.length)];
  if (offer === undefined) return;
  const link = await openLink(await newGuest());
  const viewer = await watch(link, offer.showtimeId);
  const begun = exec.scenario.startTime + GATHER_MS;
  const rounds = Math.max(1, Math.floor((sized(USUAL).seconds * 1_000 - GATHER_MS) / ROUND_MS));
  for (let round = 0; round < rounds; round++) {
    await pause(begun + round * ROUND_MS - Date.now());
    await comeBack(link, viewer);
  }
  await viewer.compare();
  link.close();
}

async function comeBack(link: Link, viewer: Viewer): Promise<void> {
  const startedAt = Date.now();
  await link.bounce();
  await viewer.join();
  figures.currentTime.add(Date.now() - startedAt);
}
