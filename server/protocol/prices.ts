import type { Zone } from "./catalogue.ts";
import type { Document } from "./document.ts";

export interface Price {
  zone: Zone;
  ticketTypeId: string;
  amount: number;
}

export type Weekday = "mon" | "tue" | "wed" | "thu" | "fri" | "sat" | "sun";

/** A price that counts on some days, or for what starts before some time, by the cinema's clocks. */
export interface PriceRule extends Price {
  days?: Weekday[];
  /** As in `17:00`. */
  before?: string;
}

export interface PriceList extends Document {
  name: string;
  /** Of those that fit, the first counts. */
  rules: PriceRule[];
  surcharges: { attribute: string; amount: number }[];
  /** Days of the cinema, as in `2027-03-14`, the last one included. */
  validFrom?: string;
  validUntil?: string;
}

/** Answer of `POST /price-lists/:id/quote`. */
export interface PriceQuote {
  currency: string;
  prices: Price[];
}
