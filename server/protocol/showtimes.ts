import type { Seat } from "./catalogue.ts";
import type { Document } from "./document.ts";
import type { Price } from "./prices.ts";
import type { SeatCounts, ShowtimeStatus } from "./states.ts";

export interface Showtime extends Document {
  filmId: string;
  auditoriumId: string;
  startsAt: string;
  endsAt: string;
  attributes: string[];
  prices: Price[];
  /** The price list that `prices` were made by. */
  priceListId?: string;
  currency: string;
  status: ShowtimeStatus;
  orphanRule?: "off" | "warn" | "enforce";
  accessReleaseMinutes?: number;
  film: { title: string; durationMinutes: number };
  auditorium: { name: string };
  counts: SeatCounts;
}

/** A showtime that takes an auditorium when another one wants it. */
export interface InTheWay {
  id: string;
  startsAt: string;
  /** When the auditorium is free again. */
  freeAt: string;
  film: { title: string };
}

/** Answer of `POST /showtimes/check`. */
export interface ShowtimeCheck {
  /** Absent where the film is not known. */
  endsAt?: string;
  freeAt?: string;
  prices: Price[];
  conflicts: InTheWay[];
  /** What else it would be refused for. */
  errors: { path: string; message: string }[];
  /** What it would not be refused for, and whoever puts it on sale may not have meant. */
  warnings: ShowtimeWarning[];
}

/** `film_hidden`: shop and kiosks do not offer films that are not showing. `in_the_past`: it has begun. */
export interface ShowtimeWarning {
  path: "filmId" | "startsAt";
  code: "film_hidden" | "in_the_past";
  message: string;
}

/** A showtime carried to another day; `showtimeId` is the one it was copied from. */
export interface CopiedShowtime {
  /** Absent where it was only tried. */
  id?: string;
  showtimeId: string;
  startsAt: string;
  /** Its time of day is skipped by the clocks there (it starts as much later), or comes twice (it is the first). */
  clockChange?: "skipped-hour" | "repeated-hour";
}

export interface CopyConflict {
  showtimeId: string;
  startsAt: string;
  message: string;
  /** What takes the auditorium then, where that is the reason. */
  with?: InTheWay;
}

/** What may not be meant about the copy of a showtime; `startsAt` is the copy's. */
export interface CopyWarning extends ShowtimeWarning {
  showtimeId: string;
  startsAt: string;
  film: { title: string };
}

/** Answer of `POST /showtimes/copy`. */
export interface CopyAnswer {
  created: CopiedShowtime[];
  /** Of those that find a place, where they go on sale at once; absent for drafts. */
  warnings?: CopyWarning[];
  conflicts: CopyConflict[];
  /** Those whose copies are there already. */
  skipped: { id: string; showtimeId: string; startsAt: string }[];
}

/** Answer of `GET /showtimes/:id/seats`. */
export interface ShowtimeSeats {
  showtimeId: string;
  epoch: string;
  version: number;
  states: string;
  layout: { version: number; seats: Seat[] };
}

/** A seat that is kept from sale, or reserved for somebody: then it has a name. */
export interface BlockedSeat {
  seatId: string;
  kind: "block" | "reserve";
  reason: string;
  name?: string;
  until?: string;
  at: string;
  /** The user who blocked it. */
  by: string;
}

/** Answer of `GET /showtimes/:id/blocks`. */
export interface ShowtimeBlocks {
  showtimeId: string;
  seats: BlockedSeat[];
}
