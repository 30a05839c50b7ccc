/** When it is shown, and what it costs; the settings of the house. */
import type { Price, PriceRule, SalesEndMinutes } from "../../protocol/resources.ts";
import type { ShowtimeStatus } from "../../protocol/states.ts";
import { collection, type Dated } from "./declare.ts";

export interface PriceListDoc extends Dated {
  name: string;
  nameKey: string;
  /** Of those that fit, the first counts. */
  rules: PriceRule[];
  /** Added to every price where the showtime has the attribute. */
  surcharges: { attribute: string; amount: number }[];
  /** Days of the cinema, as in `2027-03-14`, the last one included. */
  validFrom?: string;
  validUntil?: string;
  /** Every ticket type that its rules name. */
  ticketTypeIds: string[];
}
export const priceLists = collection<PriceListDoc>("priceLists", {
  name: { fields: ["nameKey"], unique: true },
  ticketType: { fields: ["ticketTypeIds"] },
});

export interface ShowtimeDoc extends Dated {
  filmId: string;
  auditoriumId: string;
  layoutId: string;
  startsAt: string;
  endsAt: string;
  /** End of the cleaning after the film: until then the auditorium is taken. */
  freeAt: string;
  /**
   * The blocks of five minutes that it takes in its auditorium, counted from 1970: no two showtimes may
   * have the same one. Absent when it takes none, as when cancelled.
   */
  blocks?: number[];
  attributes: string[];
  prices: Price[];
  /** The price list that `prices` were made by; they do not follow when it changes. */
  priceListId?: string;
  /** Every ticket type that it has had a price for since it left the draft. Absent when there is none. */
  ticketTypeIds?: string[];
  status: ShowtimeStatus;
  orphanRule?: "off" | "warn" | "enforce";
  accessReleaseMinutes?: number;
}
export const showtimes = collection<ShowtimeDoc>("showtimes", {
  start: { fields: ["startsAt"] },
  film: { fields: ["filmId", "startsAt"] },
  auditorium: { fields: ["auditoriumId", "startsAt"] },
  place: { fields: ["auditoriumId", "blocks"], unique: true },
  status: { fields: ["status", "startsAt"] },
  ticketType: { fields: ["ticketTypeIds"] },
  priceList: { fields: ["priceListId"] },
});

/** One document, id `house`: the settings of the cinema. */
export interface SettingsDoc extends Dated {
  cinemaName: string;
  legalName: string;
  taxId: string;
  address: string;
  /** Percent, e.g. 10 for 10 %. Prices include it. */
  vatRate: number;
  guestCancelMinutes: number;
  salesEndMinutes: SalesEndMinutes;
}
export const settings = collection<SettingsDoc>("settings");
