/**
 * One showtime's seat map in memory, and the few moves that every rule is made of.
 *
 * Promises: `states`, `holders` and `counts` always agree; a step collects what changed and closes
 * as at most one version. No I/O, no clock, no randomness.
 * Must never import anything but `protocol` and the port.
 */
import { REMEMBERED_REQUESTS } from "../../protocol/limits.ts";
import type { MapPosition, SeatChange, SeatCounts, SeatState } from "../../protocol/states.ts";
import type { BookingSeats, HoldRecord, MapDelta, MapMessage } from "../port.ts";
import { createDues, type Dues } from "./dues.ts";

/** Deltas kept for clients that come back: at 50 changes a second, the last five seconds. */
const LOG_LENGTH = 256;
/** How long a session's request ids are kept after its last one: longer than any client retries. */
const REQUESTS_KEPT_MS = 3_600_000;

/** A hold that is in the book. `ended` is set when it leaves. */
export interface LiveHold extends HoldRecord {
  kind: "hold";
  ended: boolean;
}

/** What the map knows of a booking. Version 0: a payment began here and the ledger has not spoken yet. */
export interface LiveBooking extends BookingSeats {
  kind: "booking";
  /** The hold that the payment began with, for a repeated `beginPayment`. */
  hold?: HoldRecord;
}

/** An accepted answer, kept for its repetition. */
export interface Remembered {
  payloadHash: string;
  position: MapPosition;
  at: number;
  hold: HoldRecord | null;
}

interface SessionRequests {
  lastAt: number;
  answers: Map<string, Remembered>;
}

export interface SeatBook {
  showtimeId: string;
  layoutVersion: number;
  keepMs: number;
  usedAt: number;
  epoch: string;
  version: number;
  /** False while the ledger is being read. */
  open: boolean;
  states: SeatState[];
  /** `states` as text, as long as nothing changed. */
  text: string | null;
  counts: SeatCounts;
  holders: (LiveHold | LiveBooking | undefined)[];
  holds: Map<string, LiveHold>;
  holdOfSession: Map<string, LiveHold>;
  due: Dues<LiveHold>;
  bookings: Map<string, LiveBooking>;
  /** Those of `bookings` that are being paid and own seats. */
  paying: Map<string, LiveBooking>;
  /** Seats that a session has in payment. */
  payingSeats: Map<string, number>;
  /** Blocked seats that somebody has over their block: where they go back to. */
  lent: Map<number, string>;
  /** What the ledger said while the map was loading. */
  recorded: Map<string, BookingSeats>;
  log: MapDelta[];
  /** By session, the one that asked last at the end. */
  requests: Map<string, SessionRequests>;
}

export function createBook(showtimeId: string, seatCount: number, layoutVersion: number): SeatBook {
  return {
    showtimeId,
    layoutVersion,
    keepMs: 0,
    usedAt: 0,
    epoch: "",
    version: 0,
    open: false,
    states: new Array<SeatState>(seatCount).fill("A"),
    text: null,
    counts: { capacity: seatCount, available: seatCount, held: 0, sold: 0, blocked: 0 },
    holders: new Array(seatCount),
    holds: new Map(),
    holdOfSession: new Map(),
    due: createDues((hold) => (hold.ended ? null : hold.expiresAt)),
    bookings: new Map(),
    paying: new Map(),
    payingSeats: new Map(),
    lent: new Map(),
    recorded: new Map(),
    log: [],
    requests: new Map(),
  };
}

/** One command at work on a book: the states it found, and whom to tell what. */
export interface Step {
  book: SeatBook;
  at: number;
  found: Map<number, SeatState>;
  notices: MapMessage[];
}

export function openStep(book: SeatBook, at: number): Step {
  return { book, at, found: new Map(), notices: [] };
}

/** The seats whose state is not what the step found, in ascending order. */
function netChanges(step: Step): SeatChange[] {
  const changes: SeatChange[] = [];
  for (const [index, before] of step.found) {
    const now = step.book.states[index];
    if (now !== undefined && now !== before) changes.push([index, now]);
  }
  return changes.sort((a, b) => a[0] - b[0]);
}

/** Ends a step: the next version and a line in the log when a visible state changed, else null. */
export function closeStep(step: Step): MapDelta | null {
  const { book } = step;
  if (step.found.size === 0) return null;
  const changes = netChanges(step);
  if (changes.length === 0) return null;
  book.text = null;
  const delta = { epoch: book.epoch, from: book.version, version: book.version + 1, changes };
  book.version = delta.version;
  book.log.push(delta);
  if (book.log.length > LOG_LENGTH) book.log.shift();
  return delta;
}

const COUNTED_AS = { A: "available", H: "held", S: "sold", B: "blocked" } as const;

/** Gives a seat to a holder, or to nobody. The seat must exist. */
export function setSeat(step: Step, index: number, state: SeatState, holder: LiveHold | LiveBooking | undefined): void {
  const { book } = step;
  book.holders[index] = holder;
  const before = book.states[index];
  if (before === undefined || before === state) return;
  if (!step.found.has(index)) step.found.set(index, before);
  book.states[index] = state;
  book.counts[COUNTED_AS[before]]--;
  book.counts[COUNTED_AS[state]]++;
}

/** Gives a seat back: to the block that it was taken over from, or to everyone. */
export function freeSeat(step: Step, index: number): void {
  const { book } = step;
  const block = book.bookings.get(book.lent.get(index) ?? "");
  book.lent.delete(index);
  const isBlocked = block?.state === "blocked";
  if (isBlocked) block.seats = [...block.seats, index].sort((a, b) => a - b);
  setSeat(step, index, isBlocked ? "B" : "A", isBlocked ? block : undefined);
}

/** Puts a hold on the list of live ones; its seats are given by `setSeat`. */
export function addHold(book: SeatBook, record: HoldRecord): LiveHold {
  const hold: LiveHold = { kind: "hold", ended: false, ...record };
  book.holds.set(hold.token, hold);
  book.holdOfSession.set(hold.sessionId, hold);
  book.due.add(hold);
  return hold;
}

/** Takes a hold off the list; whoever calls decides what becomes of its seats. */
export function removeHold(book: SeatBook, hold: LiveHold): void {
  hold.ended = true;
  book.holds.delete(hold.token);
  book.holdOfSession.delete(hold.sessionId);
}

/** Takes one seat from whoever has it, without freeing it: the caller gives it to somebody else. */
export function takeSeatFrom(book: SeatBook, holder: LiveHold | LiveBooking, index: number): void {
  if (holder.kind === "booking") {
    fileBooking(book, { ...holder, seats: holder.seats.filter((seat) => seat !== index) });
    return;
  }
  holder.seats = holder.seats.filter((seat) => seat !== index);
  if (holder.seats.length === 0) removeHold(book, holder);
}

/** Files what is now known of a booking, in place of what was known before. */
export function fileBooking(book: SeatBook, booking: LiveBooking): LiveBooking {
  const known = book.bookings.get(booking.id);
  if (known !== undefined && book.paying.delete(known.id)) countPaying(book, known.sessionId, -known.seats.length);
  const filed = known === undefined ? booking : Object.assign(known, booking);
  book.bookings.set(filed.id, filed);
  if (filed.state === "paying" && filed.seats.length > 0) {
    book.paying.set(filed.id, filed);
    countPaying(book, filed.sessionId, filed.seats.length);
  }
  return filed;
}

function countPaying(book: SeatBook, sessionId: string | undefined, by: number): void {
  if (sessionId === undefined) return;
  const count = (book.payingSeats.get(sessionId) ?? 0) + by;
  if (count > 0) book.payingSeats.set(sessionId, count);
  else book.payingSeats.delete(sessionId);
}

/** A hold as it is now, in no connection with the book. */
export function copyHold(hold: HoldRecord): HoldRecord {
  const { token, sessionId, seats, expiresAt, capAt, graces } = hold;
  return { token, sessionId, seats: [...seats], expiresAt, capAt, graces };
}

export function recall(book: SeatBook, sessionId: string, requestId: string): Remembered | null {
  return book.requests.get(sessionId)?.answers.get(requestId) ?? null;
}

/** Keeps an accepted answer; forgets the session's oldest ones and sessions that have long been silent. */
export function remember(book: SeatBook, sessionId: string, requestId: string, answer: Remembered): void {
  const session = book.requests.get(sessionId) ?? { lastAt: 0, answers: new Map<string, Remembered>() };
  session.lastAt = answer.at;
  session.answers.set(requestId, answer);
  dropFirst(session.answers, () => session.answers.size > REMEMBERED_REQUESTS);
  book.requests.delete(sessionId);
  book.requests.set(sessionId, session);
  dropFirst(book.requests, (oldest) => oldest.lastAt < answer.at - REQUESTS_KEPT_MS);
}

/** Deletes a map's first entries as long as they should go. */
function dropFirst<V>(map: Map<string, V>, goes: (value: V) => boolean): void {
  for (const [key, value] of map) {
    if (!goes(value)) return;
    map.delete(key);
  }
}
