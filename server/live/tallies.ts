import type { SeatCounts } from "../protocol/states.ts";
import type { MapMessage, SeatMap, Unwatch } from "../seatmap/port.ts";
import { failureOf, type LiveLogger } from "./failures.ts";

/** The counts of many showtimes, kept current by their maps' feeds. */
export interface Tallies {
  /** Counts as last heard; null where they are not kept or not known. */
  of(showtimeId: string): SeatCounts | null;
  /** Begins to keep those that are not kept yet; resolves when their counts are known. */
  keep(showtimeIds: readonly string[]): Promise<void>;
  /** Lets go of all others. */
  keepOnly(showtimeIds: ReadonlySet<string>): void;
}

interface Tally {
  counts: SeatCounts | null;
  /** Goes up with everything heard: what was asked before counts no more. */
  heard: number;
  unwatch: Unwatch | null;
}

export interface TalliesDeps {
  map: Pick<SeatMap, "watch" | "counts">;
  logger: LiveLogger;
}

export function createTallies({ map, logger }: TalliesDeps, onChange: (showtimeId: string) => void): Tallies {
  const tallies = new Map<string, Tally>();

  function hear(showtimeId: string, tally: Tally, message: MapMessage): void {
    if (message.kind === "changed") {
      tally.heard++;
      tally.counts = message.counts;
      onChange(showtimeId);
    } else if (message.kind === "reset" || message.kind === "resumed") {
      void count([showtimeId]).catch((error: unknown) => failureOf(error, "counting seats", logger));
    }
  }

  async function open(showtimeId: string): Promise<void> {
    const tally: Tally = { counts: null, heard: 0, unwatch: null };
    tallies.set(showtimeId, tally);
    try {
      const unwatch = await map.watch(showtimeId, (message) => hear(showtimeId, tally, message));
      if (tallies.get(showtimeId) === tally) tally.unwatch = unwatch;
      else unwatch();
    } catch (error) {
      tallies.delete(showtimeId);
      throw error;
    }
  }

  async function count(showtimeIds: readonly string[]): Promise<void> {
    const before = showtimeIds.map((showtimeId) => tallies.get(showtimeId)?.heard);
    const counts = await map.counts(showtimeIds);
    for (const [place, showtimeId] of showtimeIds.entries()) {
      const tally = tallies.get(showtimeId);
      // What was heard meanwhile may be newer than this answer; if it is older, more will be heard.
      if (tally === undefined || tally.heard !== before[place]) continue;
      tally.counts = counts[place] ?? null;
      onChange(showtimeId);
    }
  }

  return {
    of: (showtimeId) => tallies.get(showtimeId)?.counts ?? null,
    async keep(showtimeIds) {
      await Promise.all(showtimeIds.filter((id) => !tallies.has(id)).map(open));
      const unknown = showtimeIds.filter((id) => tallies.get(id)?.counts === null);
      if (unknown.length > 0) await count(unknown);
    },
    keepOnly(showtimeIds) {
      for (const [showtimeId, { unwatch }] of tallies) {
        if (showtimeIds.has(showtimeId)) continue;
        tallies.delete(showtimeId);
        unwatch?.();
      }
    },
  };
}
