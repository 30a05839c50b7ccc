/** Time to empty and clean an auditorium before the next audience, in minutes. */
export const CLEANING_MINUTES = 15;
const MINUTE_MS = 60_000;
/** Claims are this coarse, so that a showtime stays a small document: selling reads it for every hold. */
const BLOCK_MS = 5 * MINUTE_MS;

/** When a showtime takes its auditorium. */
export interface Place {
  startsAt: string;
  endsAt: string;
  freeAt: string;
  /**
   * Blocks of five minutes from 1970, from the one it starts in up to the one it is free again in, which is not
   * taken. Places apart share none; places that overlap by five minutes or more share one.
   */
  blocks: number[];
}

/** What a film of that length takes when it starts then. `startsAt`: RFC 3339 in UTC. */
export function placeOf(startsAt: string, durationMinutes: number): Place {
  const end = Date.parse(startsAt) + durationMinutes * MINUTE_MS;
  const endsAt = new Date(end).toISOString();
  const freeAt = new Date(end + CLEANING_MINUTES * MINUTE_MS).toISOString();
  return { startsAt, endsAt, freeAt, blocks: blocksOf({ startsAt, freeAt }) };
}

/** The blocks of a stay. */
export function blocksOf({ startsAt, freeAt }: Pick<Place, "startsAt" | "freeAt">): number[] {
  const first = Math.floor(Date.parse(startsAt) / BLOCK_MS);
  const last = Math.floor(Date.parse(freeAt) / BLOCK_MS);
  return Array.from({ length: last - first }, (_, block) => first + block);
}

/** Whether two stays in one auditorium get in each other's way; one may begin the moment the other ends. */
export function overlap(a: Pick<Place, "startsAt" | "freeAt">, b: Pick<Place, "startsAt" | "freeAt">): boolean {
  return a.startsAt < b.freeAt && b.startsAt < a.freeAt;
}

/** The earliest start whose stay can reach a moment: the longest film and the cleaning before it. */
export function earliestInTheWay(startsAt: string, longestMinutes: number): string {
  return new Date(Date.parse(startsAt) - (longestMinutes + CLEANING_MINUTES) * MINUTE_MS).toISOString();
}
