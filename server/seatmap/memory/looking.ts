/** What can be seen of a book; nothing here changes it. */
import type { MapPosition, SeatState } from "../../protocol/states.ts";
import type { MapDelta, SeatHolder } from "../port.ts";
import type { SeatBook, Step } from "./book.ts";

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
