/** What the rules of a book have in common: whose hold is meant, its time, and what its owner is told. */
import type { HoldChangeReason } from "../../protocol/events.ts";
import type { HoldRecord, MapRefusal } from "../port.ts";
import { copyHold, type LiveHold, type SeatBook, type Step, takeSeatFrom } from "./book.ts";

type Bare<R> = R extends MapRefusal ? Omit<R, "position" | "delta" | "at"> : never;

/** A refusal of a rule, before the map says where it stands. */
export type RuleRefusal = Bare<Exclude<MapRefusal, { why: "not_loaded" | "stale_run" }>>;

export type RuleAnswer<T> = ({ ok: true } & T) | RuleRefusal;

export const EXPIRED: RuleRefusal = { ok: false, why: "hold_expired" };
export const FORBIDDEN: RuleRefusal = { ok: false, why: "forbidden" };

/** The hold a session means: by its token, or its own. Null: it has none and named none. */
export function findHold(
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

export function currentHold(book: SeatBook, sessionId: string): HoldRecord | null {
  const own = book.holdOfSession.get(sessionId);
  return own === undefined ? null : copyHold(own);
}

/** A hold's time runs from now again; it never moves back and never past the cap. */
export function prolong(own: LiveHold, at: number, ttlMs: number): void {
  own.expiresAt = Math.max(own.expiresAt, Math.min(at + ttlMs, own.capAt));
}

/** Takes a blocked seat from its block, which is remembered. False: no block has it. */
export function takeOver(book: SeatBook, index: number): boolean {
  const block = book.holders[index];
  if (block?.kind !== "booking" || block.state !== "blocked") return false;
  takeSeatFrom(book, block, index);
  book.lent.set(index, block.id);
  return true;
}

/** Tells a session what its hold is now, and why. */
export function tell(step: Step, sessionId: string | undefined, reason: HoldChangeReason): void {
  if (sessionId === undefined) return;
  const { showtimeId } = step.book;
  step.notices.push({ kind: "hold", showtimeId, sessionId, hold: currentHold(step.book, sessionId), reason });
}

export function ascending(seats: readonly number[]): number[] {
  return [...new Set(seats)].sort((a, b) => a - b);
}

export function sameSeats(mine: readonly number[], named: readonly number[]): boolean {
  const others = ascending(named);
  return others.length === mine.length && others.every((index, place) => index === mine[place]);
}
