import { type ReadonlySignal, signal } from "@preact/signals";
import type { SeatDetail } from "../../../server/protocol/events.ts";
import type { Link } from "../../../ui/connection/link.ts";

/** Who has which seat of a showtime, pushed as it changes. */
export interface SeatDetails {
  /** Seats that are not free, in the order of the room. Null: not permitted, or not heard of yet. */
  seats: ReadonlySignal<readonly SeatDetail[] | null>;
  close(): void;
}

export function createSeatDetails(link: Link, showtimeId: string): SeatDetails {
  const seats = signal<readonly SeatDetail[] | null>(null);

  async function ask(): Promise<void> {
    const answer = await link.request("seats:watch-details", { showtimeId });
    if (answer.ok) seats.value = taken(answer.seats);
  }

  const stops = [
    link.on("seats:details", (details) => {
      if (details.showtimeId === showtimeId) seats.value = taken(details.seats);
    }),
    link.whenLive(() => void ask()),
  ];
  return {
    seats,
    close() {
      for (const stop of stops) stop();
    },
  };
}

function taken(seats: readonly SeatDetail[]): SeatDetail[] {
  return seats.filter((seat) => seat.state !== "A");
}
