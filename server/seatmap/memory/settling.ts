/** The ledger's word: bookings own their seats, while the book is open and while it is rebuilt. */
import type { SeatState } from "../../protocol/states.ts";
import type { BookingSeats } from "../port.ts";
import { fileBooking, freeSeat, type LiveBooking, type SeatBook, type Step, setSeat, takeSeatFrom } from "./book.ts";
import { ascending, takeOver, tell } from "./parts.ts";

export function settle(step: Step, booking: BookingSeats): { ok: true } {
  const known = step.book.bookings.get(booking.id);
  if (known !== undefined && booking.version <= known.version) return { ok: true };
  const wasPaying = known?.state === "paying" && known.seats.length > 0;
  const settled = laySeats(step, booking);
  if (wasPaying && settled.state === "sold" && settled.seats.length > 0) tell(step, settled.sessionId, "sold");
  return { ok: true };
}

/** What a map that is loading does with the ledger's word: it keeps the highest version for later. */
export function record(book: SeatBook, booking: BookingSeats): void {
  const known = book.recorded.get(booking.id);
  if (known === undefined || known.version < booking.version) book.recorded.set(booking.id, booking);
}

/** Lays the ledger over what survived, and opens the book at version 1. */
export function finishLoad(step: Step, bookings: readonly BookingSeats[]): void {
  const { book } = step;
  const ledger = new Map(bookings.map((booking) => [booking.id, booking]));
  for (const booking of book.recorded.values()) {
    const read = ledger.get(booking.id);
    if (read === undefined || read.version < booking.version) ledger.set(booking.id, booking);
  }
  for (const [index, block] of book.lent) if (!ledger.has(block)) book.lent.delete(index);
  for (const known of book.bookings.values()) {
    // Version 0 is a checkout on its way into the ledger: it stays, and becomes overdue if it never gets there.
    const isGone = known.version > 0 && known.seats.length > 0 && !ledger.has(known.id);
    if (isGone) laySeats(step, { ...known, seats: [] });
  }
  for (const booking of ledger.values()) laySeats(step, booking);
  book.recorded.clear();
  book.text = null;
  book.open = true;
  book.version = 1;
  book.log = [];
}

const SHOWN_AS: Record<BookingSeats["state"], SeatState> = { paying: "H", sold: "S", blocked: "B" };

/**
 * Makes a booking own exactly the seats listed; whoever stands in the way loses them. Only a block takes nothing from
 * other bookings, nor from who has a seat over it: those seats come to it when they are given back.
 */
export function laySeats(step: Step, booking: BookingSeats): LiveBooking {
  const { book } = step;
  const known = book.bookings.get(booking.id);
  const listed = ascending(booking.seats).filter((index) => book.states[index] !== undefined);
  const away = seatsAway(book, booking, listed);
  const seats = listed.filter((index) => !away.has(index));
  const before = known?.seats ?? [];
  const filed = fileBooking(book, {
    ...booking,
    kind: "booking",
    seats,
    sessionId: booking.sessionId ?? known?.sessionId,
    deadline: booking.deadline ?? known?.deadline,
  });
  const kept = new Set(seats);
  for (const index of before) if (!kept.has(index)) freeSeat(step, index);
  const evicted = new Set<string>();
  for (const index of seats) {
    const holder = book.holders[index];
    if (holder !== undefined && holder !== filed) {
      if (!takeOver(book, index)) takeSeatFrom(book, holder, index);
      if (holder.kind === "hold") evicted.add(holder.sessionId);
    }
    setSeat(step, index, SHOWN_AS[filed.state], filed);
  }
  for (const sessionId of evicted) tell(step, sessionId, "evicted");
  return filed;
}

/** The seats that a block lists and others have. It gets them back, and no others. */
function seatsAway(book: SeatBook, { id, state }: BookingSeats, listed: readonly number[]): Set<number> {
  const isAway = (index: number) => {
    const holder = book.holders[index];
    return book.lent.get(index) === id || (holder?.kind === "booking" && holder.id !== id);
  };
  const away = new Set(state === "blocked" ? listed.filter(isAway) : []);
  for (const [index, block] of book.lent) if (block === id && !away.has(index)) book.lent.delete(index);
  for (const index of away) book.lent.set(index, id);
  return away;
}
