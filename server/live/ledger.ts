import { bookings, showtimes } from "../store/collections.ts";
import type { Store } from "../store/port.ts";
import type { BookingNote } from "./details.ts";
import type { ListedShowtime } from "./occupancy.ts";

/** What the socket edge reads of the books by itself. */
export interface LiveLedger {
  /** The showtimes that start from `from` until before `to`, soonest first; at most 1,000. */
  list(from: string, to: string): Promise<ListedShowtime[]>;
  /** What staff see of bookings, by id; those that are not in the books are left out. */
  notesOf(bookingIds: readonly string[]): Promise<ReadonlyMap<string, BookingNote>>;
}

/** More than any cinema shows in the spans that screens ask for. */
const LISTED_MAX = 1_000;

export function createLiveLedger(store: Store): LiveLedger {
  const programme = store.collection(showtimes);
  const books = store.collection(bookings);
  return {
    list: (from, to) => programme.find({ startsAt: { gte: from, lt: to } }, { limit: LISTED_MAX }),
    async notesOf(bookingIds) {
      if (bookingIds.length === 0) return new Map();
      const found = await books.getMany(bookingIds);
      return new Map(
        found.map(({ id, number, customerId, deviceId, sessionId, seats }) => [
          id,
          seats === undefined
            ? { orderNumber: number, by: customerId ?? deviceId ?? sessionId }
            : {
                seats: new Map(
                  seats.map(({ seatId, by, reason, name, until }) => [seatId, { by, reason, name, until }]),
                ),
              },
        ]),
      );
    },
  };
}
