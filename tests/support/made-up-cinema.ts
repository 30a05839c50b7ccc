/** A programme for an edge of its own: showtimes and bookings as a test wants them, without catalogue or ledger. */
import type { SellableShowtime, ShowtimeSource } from "../../server/booking/showtimes.ts";
import type { BookingSeats } from "../../server/seatmap/port.ts";

export interface MadeUpCinema extends ShowtimeSource {
  showtimes: Map<string, SellableShowtime>;
  bookings: Map<string, BookingSeats[]>;
}

const HOUR_MS = 3_600_000;

/** Showtimes that start in an hour, each with seats A1 to A<n>. */
export function madeUpCinema(showtimeIds: readonly string[] = ["sht_a"], seatCount = 20): MadeUpCinema {
  const showtimes = new Map(showtimeIds.map((id) => [id, madeUpShowtime(id, seatCount)]));
  return {
    showtimes,
    bookings: new Map(),
    sellable: async (id) => showtimes.get(id) ?? null,
    seller: () => Promise.reject(new Error("nobody sells here")),
    ticketTypes: async () => new Map(),
  };
}

export function madeUpShowtime(id: string, seatCount: number): SellableShowtime {
  const start = Date.now() + HOUR_MS;
  const seats = Array.from({ length: seatCount }, (_, x) => {
    return { id: `A${x + 1}`, row: "A", number: x + 1, kind: "standard", zone: "standard", x, y: 0 } as const;
  });
  return {
    id,
    status: "on-sale",
    startsAt: new Date(start).toISOString(),
    endsAt: new Date(start + 2 * HOUR_MS).toISOString(),
    film: { id: "flm_a", title: "A film" },
    auditorium: { id: "aud_a", name: "One" },
    layout: { id: "lay_a", version: 1, seats, indexOf: new Map(seats.map((seat, index) => [seat.id, index])) },
    prices: [],
    currency: "EUR",
    salesEndAt: { web: start, kiosk: start, "box-office": start },
  };
}
