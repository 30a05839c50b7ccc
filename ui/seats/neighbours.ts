import type { Seat } from "../../server/protocol/resources.ts";

/** How many seats a notice names: more would be a list to read, not a hint. */
const NAMED = 2;

/**
 * Free seats to name when one was taken under somebody's finger, nearest first: of the same row, else of the
 * rows around. Spaces for wheelchairs and their companions are only offered in place of their own kind.
 */
export function freeNeighbours(
  seats: readonly Seat[],
  isFree: (index: number) => boolean,
  takenId: string,
  count = NAMED,
): string[] {
  const taken = seats.find((seat) => seat.id === takenId);
  if (!taken) return [];
  const alike = (seat: Seat) =>
    isReserved(seat) === isReserved(taken) && (!isReserved(seat) || seat.kind === taken.kind);
  const free = seats.filter((seat, index) => seat.id !== takenId && alike(seat) && isFree(index));
  const inRow = free.filter((seat) => seat.y === taken.y);
  const nearest = (inRow.length > 0 ? inRow : free).toSorted((a, b) => distance(a, taken) - distance(b, taken));
  return nearest
    .slice(0, count)
    .toSorted((a, b) => a.y - b.y || a.x - b.x)
    .map((seat) => seat.id);
}

function isReserved(seat: Seat): boolean {
  return seat.kind === "wheelchair" || seat.kind === "companion";
}

/** A row away is as far as three seats: people would rather move along than forwards. */
function distance(a: Seat, b: Seat): number {
  return Math.abs(a.x - b.x) + 3 * Math.abs(a.y - b.y);
}
