/**
 * The rules of the seat map, one function per command: what it refuses, and what it does to a book.
 *
 * Promises: deterministic (book, moment and command in; book and answer out), all or nothing: a rule
 * refuses before its first change. This is also the model that other adapters are compared with.
 * Must never import anything but `protocol` and the port; no I/O, no clock, no randomness.
 */
import type { HoldChangeReason } from "../../protocol/events.ts";
import type { MapPosition, SeatState } from "../../protocol/states.ts";
import type {
  BeginPaymentCommand,
  BookingSeats,
  ExtendCommand,
  HoldCommand,
  HoldRecord,
  MapDelta,
  MapRefusal,
  ReleaseCommand,
  ReturnedHold,
  SeatHolder,
} from "../port.ts";
import {
  addHold,
  copyHold,
  fileBooking,
  freeSeat,
  type LiveBooking,
  type LiveHold,
  removeHold,
  type SeatBook,
  type Step,
  setSeat,
  takeSeatFrom,
} from "./book.ts";

type Bare<R> = R extends MapRefusal ? Omit<R, "position" | "delta" | "at"> : never;
/** A refusal of a rule, before the map says where it stands. */
export type RuleRefusal = Bare<Exclude<MapRefusal, { why: "not_loaded" | "stale_run" }>>;
export type RuleAnswer<T> = ({ ok: true } & T) | RuleRefusal;

const EXPIRED: RuleRefusal = { ok: false, why: "hold_expired" };
const FORBIDDEN: RuleRefusal = { ok: false, why: "forbidden" };

/** Ends the holds that are due. Every command begins with it. */
export function endDueHolds(step: Step): void {
  for (let hold = step.book.due.takeDue(step.at); hold !== null; hold = step.book.due.takeDue(step.at)) {
    removeHold(step.book, hold);
    for (const index of hold.seats) freeSeat(step, index);
    tell(step, hold.sessionId, "expired");
  }
}

export function hold(step: Step, command: HoldCommand): RuleAnswer<{ hold: HoldRecord }> {
  const { book, at } = step;
  const own = findHold(book, command.sessionId, command.hold);
  if (own !== null && own.kind === "refused") return own.refusal;
  const wanted = ascending(command.seats);
  if (wanted.length === 0 || wanted.some((index) => book.states[index] === undefined)) {
    return { ok: false, why: "seat_unknown" };
  }
  const fresh = own === null ? wanted : wanted.filter((index) => book.holders[index] !== own);
  if (own !== null && fresh.length === 0) return { ok: true, hold: copyHold(own) };

  const unpaid = (own?.seats.length ?? 0) + (book.payingSeats.get(command.sessionId) ?? 0);
  if (unpaid + fresh.length > command.maxSeats) return { ok: false, why: "hold_limit", max: command.maxSeats };
  const taken = fresh.filter((index) => book.states[index] !== "A" && !isBlockedFor(book, index, command));
  if (taken.length > 0) return { ok: false, why: "seat_taken", seats: taken };

  const grown = own ?? newHold(book, command, at);
  grown.seats = ascending([...grown.seats, ...fresh]);
  for (const index of fresh) {
    takeOver(book, index);
    setSeat(step, index, "H", grown);
  }
  prolong(grown, at, command.ttlMs);
  return { ok: true, hold: copyHold(grown) };
}

function isBlockedFor(book: SeatBook, index: number, { over }: HoldCommand): boolean {
  return over === true && book.states[index] === "B";
}

/** Takes a blocked seat from its block, which is remembered. False: no block has it. */
function takeOver(book: SeatBook, index: number): boolean {
  const block = book.holders[index];
  if (block?.kind !== "booking" || block.state !== "blocked") return false;
  takeSeatFrom(book, block, index);
  book.lent.set(index, block.id);
  return true;
}

function newHold(book: SeatBook, command: HoldCommand, at: number): LiveHold {
  const capAt = at + command.capMs;
  const expiresAt = Math.min(at + command.ttlMs, capAt);
  const { freshToken: token, sessionId } = command;
  return addHold(book, { token, sessionId, seats: [], expiresAt, capAt, graces: 0 });
}

export function extend(step: Step, command: ExtendCommand): RuleAnswer<{ hold: HoldRecord }> {
  const own = step.book.holdOfSession.get(command.sessionId);
  if (own === undefined) return EXPIRED;
  prolong(own, step.at, command.ttlMs);
  return { ok: true, hold: copyHold(own) };
}

export function release(step: Step, command: ReleaseCommand): RuleAnswer<{ hold: HoldRecord | null }> {
  const own = findHold(step.book, command.sessionId, command.hold);
  if (own === null) return { ok: true, hold: null };
  if (own.kind === "refused") return own.refusal;
  const given = new Set(command.seats ?? own.seats);
  const back = own.seats.filter((index) => given.has(index));
  own.seats = own.seats.filter((index) => !given.has(index));
  for (const index of back) freeSeat(step, index);
  if (own.seats.length > 0) return { ok: true, hold: copyHold(own) };
  removeHold(step.book, own);
  return { ok: true, hold: null };
}

export function holdOf(step: Step, command: { sessionId: string }): { ok: true; hold: HoldRecord | null } {
  return { ok: true, hold: currentHold(step.book, command.sessionId) };
}

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

export function settle(step: Step, booking: BookingSeats): { ok: true } {
  const known = step.book.bookings.get(booking.id);
  if (known !== undefined && booking.version <= known.version) return { ok: true };
  const wasPaying = known?.state === "paying" && known.seats.length > 0;
  const settled = laySeats(step, booking);
  if (wasPaying && settled.state === "sold" && settled.seats.length > 0) tell(step, settled.sessionId, "sold");
  return { ok: true };
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
function laySeats(step: Step, booking: BookingSeats): LiveBooking {
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

/** Payments past their deadline, and the next moment at which something becomes due. */
export function dueNext(step: Step): { ok: true; overdue: string[]; nextDue: number | null } {
  const overdue: string[] = [];
  let nextDue = step.book.due.next();
  for (const booking of step.book.paying.values()) {
    const deadline = booking.deadline ?? 0;
    if (deadline <= step.at) overdue.push(booking.id);
    else if (nextDue === null || deadline < nextDue) nextDue = deadline;
  }
  return { ok: true, overdue: overdue.sort(), nextDue };
}

/** What changed since a position; null when the log does not reach back to it. */
export function changesSince(book: SeatBook, position: MapPosition): MapDelta | null {
  const { epoch, version, log } = book;
  if (position.epoch !== epoch || position.version > version) return null;
  const behind = version - position.version;
  if (behind > log.length) return null;
  const latest = new Map<number, SeatState>();
  for (const delta of log.slice(log.length - behind)) {
    for (const [index, state] of delta.changes) latest.set(index, state);
  }
  return { epoch, from: position.version, version, changes: [...latest].sort((a, b) => a[0] - b[0]) };
}

/** Who has which seat, in the order of the seats. */
export function holdersOf(book: SeatBook): SeatHolder[] {
  const holders: SeatHolder[] = [];
  for (const [index, holder] of book.holders.entries()) {
    if (holder === undefined) continue;
    if (holder.kind === "hold") {
      holders.push({ index, by: { kind: "hold", sessionId: holder.sessionId, until: holder.expiresAt } });
    } else {
      const { id: bookingId, state, deadline } = holder;
      const until = state === "paying" ? deadline : undefined;
      holders.push({ index, by: { kind: "booking", bookingId, state, ...(until === undefined ? {} : { until }) } });
    }
  }
  return holders;
}

// ---- shared parts

/** The hold a session means: by its token, or its own. Null: it has none and named none. */
function findHold(
  book: SeatBook,
  sessionId: string,
  token: string | undefined,
): LiveHold | { kind: "refused"; refusal: RuleRefusal } | null {
  if (token === undefined) return book.holdOfSession.get(sessionId) ?? null;
  const named = book.holds.get(token);
  if (named === undefined) return { kind: "refused", refusal: EXPIRED };
  if (named.sessionId !== sessionId) return { kind: "refused", refusal: FORBIDDEN };
  return named;
}

function currentHold(book: SeatBook, sessionId: string): HoldRecord | null {
  const own = book.holdOfSession.get(sessionId);
  return own === undefined ? null : copyHold(own);
}

/** A hold's time runs from now again; it never moves back and never past the cap. */
function prolong(own: LiveHold, at: number, ttlMs: number): void {
  own.expiresAt = Math.max(own.expiresAt, Math.min(at + ttlMs, own.capAt));
}

/** Tells a session what its hold is now, and why. */
function tell(step: Step, sessionId: string | undefined, reason: HoldChangeReason): void {
  if (sessionId === undefined) return;
  const { showtimeId } = step.book;
  step.notices.push({ kind: "hold", showtimeId, sessionId, hold: currentHold(step.book, sessionId), reason });
}

function ascending(seats: readonly number[]): number[] {
  return [...new Set(seats)].sort((a, b) => a - b);
}

function sameSeats(mine: readonly number[], named: readonly number[]): boolean {
  const others = ascending(named);
  return others.length === mine.length && others.every((index, place) => index === mine[place]);
}
