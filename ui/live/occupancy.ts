import { type ReadonlySignal, type Signal, signal } from "@preact/signals";
import type { OccupancyRequest, ShowtimeCounts } from "../../server/protocol/events.ts";
import type { Link } from "../connection/link.ts";

export type Counts = ShowtimeCounts["counts"];

/** Free seats of many showtimes, pushed as they change. */
export interface Occupancy {
  /** Counts of one showtime; null until heard of. The same signal every time. */
  of(showtimeId: string): ReadonlySignal<Counts | null>;
  /** Lays down what a list already said, where nothing newer was heard. */
  seed(showtimeId: string, counts: Counts): void;
  /** Watches a span of time instead of the one before. Renewed by itself when the link comes back. */
  watch(span: OccupancyRequest): void;
  close(): void;
}

export function createOccupancy(link: Link): Occupancy {
  const known = new Map<string, Signal<Counts | null>>();
  let span: OccupancyRequest | null = null;

  function of(showtimeId: string): Signal<Counts | null> {
    let counts = known.get(showtimeId);
    if (!counts) {
      counts = signal(null);
      known.set(showtimeId, counts);
    }
    return counts;
  }

  function take({ showtimes }: { showtimes: ShowtimeCounts[] }): void {
    for (const { showtimeId, counts } of showtimes) of(showtimeId).value = counts;
  }

  async function ask(): Promise<void> {
    if (!span) return;
    const answer = await link.request("occupancy:watch", span);
    if (answer.ok) take(answer);
  }

  const stops = [link.on("occupancy:changed", take), link.whenLive(() => void ask())];
  return {
    of,
    seed(showtimeId, counts) {
      const current = of(showtimeId);
      current.value ??= counts;
    },
    watch(next) {
      span = next;
      void ask();
    },
    close() {
      for (const stop of stops) stop();
    },
  };
}
