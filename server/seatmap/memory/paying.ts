/** Seats on their way from a hold to an order, and back. */
import type { BeginPaymentCommand, HoldRecord, ReturnedHold } from "../port.ts";
import { addHold, copyHold, fileBooking, type LiveBooking, removeHold, type Step, setSeat } from "./book.ts";
import {
  ascending,
  currentHold,
  EXPIRED,
  FORBIDDEN,
  findHold,
  type RuleAnswer,
  sameSeats,
  takeOver,
  tell,
} from "./parts.ts";
import { laySeats } from "./settling.ts";

export function beginPayment(
  step: Step,
  command: BeginPaymentCommand,
): RuleAnswer<{ hold: HoldRecord; deadline: number }> {
  const { book, at } = step;
  const known = book.bookings.get(command.bookingId);
  if (known !== undefined) return repeatedPayment(known, command);
  const own = findHold(book, command.sessionId, command.hold);
  if (own === null) return EXPIRED;
  if (own.kind === "refused") return own.refusal;
  if (!sameSeats(own.seats, command.seats)) return { ok: false, why: "lines_mismatch" };

  removeHold(book, own);
  const before = copyHold(own);
  const deadline = at + command.windowMs;
  const { bookingId: id, sessionId } = command;
  const seats = [...own.seats];
  const booking = fileBooking(book, {
    kind: "booking",
    id,
    version: 0,
    state: "paying",
    seats,
    sessionId,
    deadline,
    hold: before,
  });
  for (const index of seats) setSeat(step, index, "H", booking);
  tell(step, sessionId, "paying");
  return { ok: true, hold: copyHold(before), deadline };
}

/** A payment that has begun answers as the first time, as long as it is open. */
function repeatedPayment(
  known: LiveBooking,
  command: BeginPaymentCommand,
): RuleAnswer<{ hold: HoldRecord; deadline: number }> {
  const { hold: before, deadline } = known;
  if (known.state !== "paying" || known.seats.length === 0) return EXPIRED;
  if (before === undefined || deadline === undefined) return EXPIRED;
  if (before.sessionId !== command.sessionId) return FORBIDDEN;
  if (before.token !== command.hold) return EXPIRED;
  if (!sameSeats(before.seats, command.seats)) return { ok: false, why: "lines_mismatch" };
  return { ok: true, hold: copyHold(before), deadline };
}

export function endPayment(
  step: Step,
  command: { bookingId: string; version: number; back?: ReturnedHold },
): { ok: true; hold: HoldRecord | null } {
  const { book } = step;
  const { bookingId: id, version, back } = command;
  const known = book.bookings.get(id);
  if (known !== undefined && version <= known.version) {
    return { ok: true, hold: back === undefined ? null : currentHold(book, back.sessionId) };
  }
  const seats = known?.state === "paying" ? known.seats : [];
  const sessionId = back?.sessionId ?? known?.sessionId;
  laySeats(step, { id, version, seats: [], state: known?.state ?? "paying" });
  if (seats.length === 0) return { ok: true, hold: sessionId === undefined ? null : currentHold(book, sessionId) };
  const returned = back === undefined ? null : giveBack(step, back, seats);
  tell(step, sessionId, returned === null ? "expired" : "declined");
  return { ok: true, hold: returned };
}

/** Makes seats the session's hold again, with its time; null when no more grace can be granted. */
function giveBack(step: Step, back: ReturnedHold, seats: number[]): HoldRecord | null {
  const { book, at } = step;
  const least = at + back.minLeftMs;
  const short = back.expiresAt < least || back.capAt < least;
  if (short && back.graces >= back.maxGraces) return null;
  const graces = back.graces + (short ? 1 : 0);
  const expiresAt = Math.max(back.expiresAt, short ? least : 0);
  const capAt = Math.max(back.capAt, short ? least : 0);

  const own = book.holdOfSession.get(back.sessionId);
  const grown =
    own ?? addHold(book, { token: back.token, sessionId: back.sessionId, seats: [], expiresAt, capAt, graces });
  grown.seats = ascending([...grown.seats, ...seats]);
  grown.expiresAt = Math.max(grown.expiresAt, expiresAt);
  grown.capAt = Math.max(grown.capAt, capAt);
  grown.graces = Math.max(grown.graces, graces);
  for (const index of seats) {
    takeOver(book, index);
    setSeat(step, index, "H", grown);
  }
  return copyHold(grown);
}
