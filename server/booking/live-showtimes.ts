import { timestamp } from "../basics/clock.ts";
import type { SeatMap } from "../seatmap/port.ts";
import { showtimes } from "../store/collections.ts";
import type { Store } from "../store/port.ts";

/** Showtimes that began up to this long ago may still have holds and payments. */
const BEGAN_MS = 12 * 60 * 60 * 1000;
const PAGE = 1_000;
/** Showtimes asked at a time. */
const ABREAST = 64;

/** Showtimes that may have holds or payments: those on sale, and those that were until lately. */
export async function listLive(store: Store, now: number): Promise<string[]> {
  const collection = store.collection(showtimes);
  const ids: string[] = [];
  for (const status of ["on-sale", "closed", "cancelled"] as const) {
    const query = { status, startsAt: { gte: timestamp(now - BEGAN_MS) } };
    for (let after: string | undefined; ; ) {
      const page = await collection.find(query, { limit: PAGE, ...(after === undefined ? {} : { after }) });
      ids.push(...page.map(({ id }) => id));
      after = page.at(-1)?.id;
      if (page.length < PAGE) break;
    }
  }
  return ids;
}

/** The showtimes in which a session has a hold, whichever server gave it. */
export type HeldBy = (sessionId: string) => Promise<string[]>;

/**
 * Asks every live showtime's map: some tens of microseconds each, for something that happens once a guest.
 * `map` is the bare one: a map that is not loaded holds nothing.
 */
export function createHeldBy(deps: { live(): Promise<string[]>; map: Pick<SeatMap, "holdOf"> }): HeldBy {
  async function holds(showtimeId: string, sessionId: string): Promise<boolean> {
    const answer = await deps.map.holdOf({ showtimeId, sessionId });
    // A Redis that came back with its holds may have this one as well: whoever gives it back will see.
    return answer.ok ? answer.hold !== null : answer.why === "stale_run";
  }

  return async (sessionId) => {
    const live = await deps.live();
    const found: string[] = [];
    for (let next = 0; next < live.length; next += ABREAST) {
      const some = live.slice(next, next + ABREAST);
      const answers = await Promise.all(some.map((showtimeId) => holds(showtimeId, sessionId)));
      found.push(...some.filter((_, place) => answers[place]));
    }
    return found;
  };
}
