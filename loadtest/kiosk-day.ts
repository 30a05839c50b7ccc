/**
 * A day at the kiosks, without the quiet hours: one customer after the other looks, holds, pays and leaves with tickets.
 * Every purchase is real. Servers may come and go meanwhile; no customer may be sent away for that.
 */
import exec from "k6/execution";
import { buy } from "./lib/buying.ts";
import { figures } from "./lib/figures.ts";
import { newGuest } from "./lib/http.ts";
import { enrol, makeKiosks, nextVisit } from "./lib/kiosks.ts";
import { openLink } from "./lib/link.ts";
import { again, sized, within } from "./lib/options.ts";
import { type Offer, readOffers } from "./lib/programme.ts";
import { dice, pause, spread } from "./lib/time.ts";
import { watch } from "./lib/viewer.ts";

const USUAL = { seconds: 60, users: 20 };
/** A customer who knows what they want takes this long over it. */
const THINK_MS = 300;
/** Showtimes that customers choose between. */
const SHOWTIMES = 20;

export const options = again(USUAL, {
  purchases: ["count>0"],
  purchases_failed: ["count==0"],
  hold_time: within(99, 1_000),
  purchase_time: within(95, 5_000),
});

interface Prepared {
  offers: Offer[];
  codes: string[] | null;
}

export async function setup(): Promise<Prepared> {
  return { offers: await readOffers(SHOWTIMES), codes: await makeKiosks(sized(USUAL).users) };
}

/** Of this kiosk. */
let device: string | null = null;

export default async function customer({ offers, codes }: Prepared): Promise<void> {
  const code = codes?.[exec.vu.idInTest - 1];
  if (code !== undefined) device ??= await enrol(code);
  const token = device === null ? await newGuest() : await nextVisit(device);
  const link = await openLink(token);
  try {
    await pause(spread(THINK_MS));
    for (const offer of [...offers].sort(() => Math.random() - 0.5)) {
      const viewer = await watch(link, offer.showtimeId);
      figures.purchasesStarted.add(1);
      const bought = await buy({ link, token, offer, states: () => viewer.map().states, seats: 1 + dice(4) });
      if (bought.outcome === "bought") return figures.purchases.add(1);
      if (bought.outcome === "failed") return failed(bought.why);
      figures.soldOut.add(1);
      await viewer.leave();
    }
    await pause(spread(10 * THINK_MS));
  } catch (error) {
    failed(error instanceof Error ? error.message : String(error));
  } finally {
    link.close();
  }
}

function failed(why: string): void {
  figures.purchasesFailed.add(1);
  console.error(`a purchase failed: ${why}`);
}
