import type { SeatBuyer } from "../protocol/events.ts";
import { type BlockedSeat, bookings, type OrderDoc, showtimes } from "../store/collections.ts";
import type { Store } from "../store/port.ts";
import { type BuyerId, createBuyers } from "./buyers.ts";
import type { BookingNote, DetailsDeps } from "./details.ts";
import type { ListedShowtime } from "./occupancy.ts";

/** What the socket edge reads of the books by itself. */
export interface LiveLedger extends Pick<DetailsDeps, "notesOf" | "buyersOf"> {
  /** The showtimes that start from `from` until before `to`, soonest first; at most 1,000. */
  list(from: string, to: string): Promise<ListedShowtime[]>;
}

/** More than any cinema shows in the spans that screens ask for. */
const LISTED_MAX = 1_000;

export function createLiveLedger(store: Store): LiveLedger {
  const programme = store.collection(showtimes);
  const books = store.collection(bookings);
  const buyers = createBuyers(store);
  return {
    list: (from, to) => programme.find({ startsAt: { gte: from, lt: to } }, { limit: LISTED_MAX }),
    buyersOf: buyers.ofSessions,
    async notesOf(bookingIds) {
      if (bookingIds.length === 0) return new Map();
      const found = await books.getMany(bookingIds);
      const who = await buyers.named(new Map(found.flatMap(buyersOf)));
      return new Map(found.map((booking) => [booking.id, noteOf(booking, who)]));
    },
  };
}

type Noted = "number" | "channel" | "sessionId" | "customerId" | "deviceId" | "clerkId";
type Booking = Partial<Pick<OrderDoc, Noted>> & { id: string; seats?: BlockedSeat[] };

/** Orders by their id, who blocked seats by theirs. */
function buyersOf({ id, seats, channel, customerId, deviceId, clerkId }: Booking): [string, BuyerId][] {
  if (seats !== undefined) return seats.map(({ by }) => [by, { kind: "staff", id: by }]);
  switch (channel) {
    case "box-office":
      return [[id, { kind: "staff", id: clerkId }]];
    case "kiosk":
      return [[id, { kind: "device", id: deviceId }]];
    default:
      return [[id, { kind: customerId === undefined ? "guest" : "customer" }]];
  }
}

function noteOf(booking: Booking, buyers: ReadonlyMap<string, SeatBuyer>): BookingNote {
  const { id, number, customerId, deviceId, sessionId, seats } = booking;
  if (seats === undefined) return { orderNumber: number, by: customerId ?? deviceId ?? sessionId, who: buyers.get(id) };
  return {
    seats: new Map(
      seats.map(({ seatId, by, reason, name, until }) => [seatId, { by, who: buyers.get(by), reason, name, until }]),
    ),
  };
}
