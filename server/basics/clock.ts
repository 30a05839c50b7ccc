/**
 * Small things that every room needs and none owns: time and ids.
 * Must never import another room.
 */

/** The application's clock. It stamps documents and schedules loops; it never ends a hold. */
export interface Clock {
  /** Milliseconds since 1970. */
  now(): number;
}

export const systemClock: Clock = { now: () => Date.now() };

/** RFC 3339 in UTC with milliseconds: sorts as text in the order of time. */
export function timestamp(ms: number): string {
  return new Date(ms).toISOString();
}
