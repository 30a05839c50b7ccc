/** People who look: the programme, a film, a house or two, how full the evening is. Nobody holds anything. */
import { check } from "k6";
import type { Film, Page } from "../server/protocol/resources.ts";
import { type Answer, call, newGuest } from "./lib/http.ts";
import { openLink } from "./lib/link.ts";
import { again, within } from "./lib/options.ts";
import { type Offer, readOffers } from "./lib/programme.ts";
import { dice, pause, spread } from "./lib/time.ts";
import { watch } from "./lib/viewer.ts";

const SHOWTIMES = 20;
const HOUSES = 2;
/** How long one looks at a house before going on. */
const LOOK_MS = 1_000;

export const options = again(
  { seconds: 30, users: 50 },
  {
    checks: ["rate==1"],
    gaps: ["count==0"],
    maps_compared: ["count>0"],
    maps_diverged: ["count==0"],
    http_req_duration: within(99, 1_000),
  },
);

export function setup(): Promise<Offer[]> {
  return readOffers(SHOWTIMES);
}

export default async function visitor(offers: Offer[]): Promise<void> {
  const films = await call<Page<Film>>("GET", "/films?status=showing&include=showtimes");
  check(films, { "films of the day": answered });
  if (films.ok) {
    const film = films.body.items[dice(films.body.items.length)];
    if (film !== undefined) check(await call("GET", `/films/${film.id}`), { "one film": answered });
  }
  const link = await openLink(await newGuest());
  const evening = await link.ask("occupancy:watch", {});
  check(evening, { "how full the evening is": ({ ok }) => ok });
  for (let houses = 0; houses < HOUSES; houses++) {
    const offer = offers[dice(offers.length)];
    if (offer === undefined) continue;
    const viewer = await watch(link, offer.showtimeId);
    await pause(spread(LOOK_MS));
    await viewer.compare();
    await viewer.leave();
  }
  link.close();
}

function answered({ ok }: Answer<unknown>): boolean {
  return ok;
}
