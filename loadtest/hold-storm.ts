/** Everybody wants the same seats of one showtime, takes what they get and gives it back. Nobody buys. */
import exec from "k6/execution";
import { chooseSeats, holdSeats } from "./lib/buying.ts";
import { newGuest } from "./lib/http.ts";
import { openLink } from "./lib/link.ts";
import { once, sized, within } from "./lib/options.ts";
import { type Offer, readOffers } from "./lib/programme.ts";
import { dice, pause, spread } from "./lib/time.ts";
import { watch } from "./lib/viewer.ts";

const USUAL = { seconds: 30, users: 100 };
const BETWEEN_MS = 200;
/** All at once, after everybody is in. */
const GATHER_MS = 3_000;

export const options = once(USUAL, {
  holds: ["count>0"],
  gaps: ["count==0"],
  maps_compared: ["count>0"],
  maps_diverged: ["count==0"],
  hold_time: within(99, 1_000),
});

export function setup(): Promise<Offer[]> {
  return readOffers(1);
}

export default async function rival([offer]: Offer[]): Promise<void> {
  if (offer === undefined) return;
  const { showtimeId, seats } = offer;
  const link = await openLink(await newGuest());
  const viewer = await watch(link, showtimeId);
  const begun = exec.scenario.startTime + GATHER_MS;
  await pause(begun - Date.now());
  for (const until = begun + sized(USUAL).seconds * 1_000; Date.now() < until; ) {
    const chosen = chooseSeats(seats, viewer.map().states, 1 + dice(3));
    if (chosen !== null) await holdSeats(link, showtimeId, chosen);
    await pause(spread(BETWEEN_MS));
    await link.ask("seats:release", { requestId: crypto.randomUUID(), showtimeId });
  }
  await viewer.compare();
  link.close();
}
