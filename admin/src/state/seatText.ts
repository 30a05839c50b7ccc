import type { Seat } from "../../../server/protocol/resources.ts";

/** What a clerk typed, understood. */
export type TypedSeats =
  | { ok: true; seats: string[] }
  /** A part that is no seat and no range. */
  | { ok: false; why: "unreadable"; text: string }
  | { ok: false; why: "unknown"; seats: string[] };

const ONE = /^([A-Z]{1,3})(\d{1,3})$/;
const RANGE = /^([A-Z]{1,3})(\d{1,3})-(?:([A-Z]{1,3}))?(\d{1,3})$/;

/**
 * Reads seats as people say them: `F7 F8`, `f7,f8`, `F7-F9`, `F7-9`. Ranges stay within a row and may
 * run backwards. Each seat once, in the order typed.
 */
export function readSeats(text: string, seats: readonly Seat[]): TypedSeats {
  const known = new Set(seats.map((seat) => seat.id));
  const wanted = new Set<string>();
  for (const part of text.toUpperCase().split(/[\s,;]+/)) {
    if (part === "") continue;
    const ids = idsOf(part);
    if (ids === null) return { ok: false, why: "unreadable", text: part };
    for (const id of ids) wanted.add(id);
  }
  const unknown = [...wanted].filter((id) => !known.has(id));
  return unknown.length > 0 ? { ok: false, why: "unknown", seats: unknown } : { ok: true, seats: [...wanted] };
}

function idsOf(part: string): string[] | null {
  if (ONE.test(part)) return [part];
  const [, row, from, otherRow, to] = RANGE.exec(part) ?? [];
  if (row === undefined || (otherRow !== undefined && otherRow !== row)) return null;
  const [first, last] = [Number(from), Number(to)];
  const step = first <= last ? 1 : -1;
  return Array.from({ length: Math.abs(last - first) + 1 }, (_, place) => `${row}${first + place * step}`);
}
