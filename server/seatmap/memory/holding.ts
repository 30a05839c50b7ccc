/** Holds: taking, keeping and giving back seats, and the end of their time. */
import type { ExtendCommand, HoldCommand, HoldRecord, ReleaseCommand } from "../port.ts";
import { addHold, copyHold, freeSeat, type LiveHold, removeHold, type SeatBook, type Step, setSeat } from "./book.ts";
import { ascending, currentHold, EXPIRED, findHold, prolong, type RuleAnswer, takeOver, tell } from "./parts.ts";

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
