/** A ledger reduced to what the seat map needs of one: bookings with unique claims, and a map that loads from it. */
import { createMapLoader, loadedMap, type MapLoader } from "../../server/seatmap/loader.ts";
import type { BookingSeats, SeatMap } from "../../server/seatmap/port.ts";

export interface TestLedger {
  /** Sells seats; false when another booking owns one of them, as a unique index would say. */
  sell(showtimeId: string, bookingId: string, seats: number[]): BookingSeats | null;
  bookings(showtimeId: string): BookingSeats[];
  /** How often a loader has read it. */
  reads: number;
}

export function createTestLedger(): TestLedger {
  const sold = new Map<string, BookingSeats[]>();
  return {
    reads: 0,
    sell(showtimeId, id, seats) {
      const others = sold.get(showtimeId) ?? [];
      if (others.some((booking) => booking.seats.some((seat) => seats.includes(seat)))) return null;
      const booking: BookingSeats = { id, version: 3, seats, state: "sold" };
      sold.set(showtimeId, [...others, booking]);
      return booking;
    },
    bookings: (showtimeId) => sold.get(showtimeId) ?? [],
  };
}

/** A map over a ledger, as a server has it. Showtimes whose id begins with `sht_none` do not exist. */
export function overLedger(map: SeatMap, ledger: TestLedger, seatCount: number): { map: SeatMap; loader: MapLoader } {
  const loader = createMapLoader({
    map,
    describe: async (showtimeId) =>
      showtimeId.startsWith("sht_none") ? null : { seatCount, layoutVersion: 1, keepMs: 3_600_000 },
    readBookings: async (showtimeId) => {
      ledger.reads++;
      return ledger.bookings(showtimeId);
    },
  });
  return { map: loadedMap(map, loader), loader };
}
