/**
 * The rules of selling: holds, prices, checkout, what happens when money and seats disagree.
 *
 * Promises: no I/O of its own; everything outside is a port handed in. Expected refusals are values.
 * Must never import anything but `protocol`, `basics`, the ports and what the store's documents look like.
 */
import type { Channel, Price, Seat } from "../protocol/resources.ts";
import type { ShowtimeStatus } from "../protocol/states.ts";
import type { Seller } from "../store/collections.ts";

/** The seats of a showtime, in the order in which the map counts them. Never changes once made. */
export interface Layout {
  id: string;
  version: number;
  seats: readonly Seat[];
  /** Seat id to index. */
  indexOf: ReadonlyMap<string, number>;
}

/** What selling needs to know of a showtime. */
export interface SellableShowtime {
  id: string;
  status: ShowtimeStatus;
  startsAt: string;
  endsAt: string;
  film: { id: string; title: string };
  auditorium: { id: string; name: string };
  layout: Layout;
  prices: readonly Price[];
  currency: string;
  /** When each channel stops selling, in milliseconds since 1970 by the application's clock. */
  salesEndAt: Readonly<Record<Channel, number>>;
}

/** Where showtimes come from: as the ledger has them now; names of films, rooms and the house may be a second old. */
export interface ShowtimeSource {
  /** Null: no such showtime. */
  sellable(showtimeId: string): Promise<SellableShowtime | null>;
  /** The house as receipts name it. */
  seller(): Promise<Seller>;
  /** Names of active ticket types by id. */
  ticketTypes(): Promise<ReadonlyMap<string, string>>;
}

/** Whether a channel sells a showtime at `now` (application clock): on sale, and sales not over. */
export function sellsOn(showtime: SellableShowtime, channel: Channel, now: number): boolean {
  return showtime.status === "on-sale" && now < showtime.salesEndAt[channel];
}
