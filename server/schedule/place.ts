/** Time to empty and clean an auditorium before the next audience, in minutes. */
export const CLEANING_MINUTES = 15;
const MINUTE_MS = 60_000;

/** When a showtime takes its auditorium. */
export interface Place {
  startsAt: string;
  endsAt: string;
  freeAt: string;
  /** Whole minutes from 1970, from the one it starts in up to the one it is free again in, which is not taken. */
  minutes: number[];
}

/** What a film of that length takes when it starts then. `startsAt`: RFC 3339 in UTC. */
export function placeOf(startsAt: string, durationMinutes: number): Place {
  const start = Date.parse(startsAt);
  const end = start + durationMinutes * MINUTE_MS;
  const free = end + CLEANING_MINUTES * MINUTE_MS;
  const first = Math.floor(start / MINUTE_MS);
  return {
    startsAt,
    endsAt: new Date(end).toISOString(),
    freeAt: new Date(free).toISOString(),
    minutes: Array.from({ length: Math.floor(free / MINUTE_MS) - first }, (_, minute) => first + minute),
  };
}

/** Whether two stays in one auditorium get in each other's way; one may begin the moment the other ends. */
export function overlap(a: Pick<Place, "startsAt" | "freeAt">, b: Pick<Place, "startsAt" | "freeAt">): boolean {
  return a.startsAt < b.freeAt && b.startsAt < a.freeAt;
}

/** The earliest start whose stay can reach a moment: the longest film and the cleaning before it. */
export function earliestInTheWay(startsAt: string, longestMinutes: number): string {
  return new Date(Date.parse(startsAt) - (longestMinutes + CLEANING_MINUTES) * MINUTE_MS).toISOString();
}
