/** The minute in which a premiere goes on sale: everybody comes at once, over many showtimes, to buy. */
import { buy } from "./lib/buying.ts";
import { figures } from "./lib/figures.ts";
import { newGuest } from "./lib/http.ts";
import { openLink } from "./lib/link.ts";
import { again, within } from "./lib/options.ts";
import { type Offer, readOffers } from "./lib/programme.ts";
import { dice, pause } from "./lib/time.ts";
import { watch } from "./lib/viewer.ts";

const SHOWTIMES = 200;
/** Nobody finds room any more: the run goes on, the servers rest. */
const SOLD_OUT_MS = 1_000;

export const options = again(
  { seconds: 60, users: 100 },
  {
    purchases: ["count>0"],
    purchases_failed: ["count==0"],
    hold_time: within(99, 1_000),
    purchase_time: within(99, 10_000),
  },
);

export function setup(): Promise<Offer[]> {
  return readOffers(SHOWTIMES);
}

export default async function guest(offers: Offer[]): Promise<void> {
  const offer = offers[dice(offers.length)];
  if (offer === undefined) return;
  const token = await newGuest();
  const link = await openLink(token);
  try {
    const viewer = await watch(link, offer.showtimeId);
    figures.purchasesStarted.add(1);
    const bought = await buy({ link, token, offer, states: () => viewer.map().states, seats: 1 + dice(4) });
    if (bought.outcome === "bought") figures.purchases.add(1);
    else if (bought.outcome === "failed") throw new Error(bought.why);
    else {
      figures.soldOut.add(1);
      await pause(SOLD_OUT_MS);
    }
  } catch (error) {
    figures.purchasesFailed.add(1);
    console.error(`a purchase failed: ${error}`);
  } finally {
    link.close();
  }
}
