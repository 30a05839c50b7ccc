/**
 * Showtimes of which this server told something to a Redis that it has left since.
 *
 * A primary goes on answering for a moment after it was replaced. What the ledger told it then is lost with it, and
 * the map on its successor may have been rebuilt by another server before the ledger knew.
 */
export interface Doubts {
  /** A run of Redis has acknowledged the ledger's word on a showtime. */
  told(showtimeId: string, runId: string): void;
  /** Whether the latest such word went to another run than this. */
  has(showtimeId: string, runId: string): boolean;
  /** The map is about to be compared with the ledger. Answers whether anything had been told. */
  clear(showtimeId: string): boolean;
}

/** Nobody stays with a replaced primary for as long as this, and a restart is not followed by comparing everything. */
const DOUBT_FOR_MS = 600_000;
/** Showtimes remembered: more than are sold in that time. */
const REMEMBERED_MOST = 10_000;

export function createDoubts(): Doubts {
  const latest = new Map<string, { runId: string; at: number }>();
  return {
    told(showtimeId, runId) {
      // Taken out first, so that the oldest word comes first.
      latest.delete(showtimeId);
      latest.set(showtimeId, { runId, at: performance.now() });
      if (latest.size > REMEMBERED_MOST) for (const [oldest] of latest) return void latest.delete(oldest);
    },
    has(showtimeId, runId) {
      const word = latest.get(showtimeId);
      return word !== undefined && word.runId !== runId && performance.now() - word.at < DOUBT_FOR_MS;
    },
    clear: (showtimeId) => latest.delete(showtimeId),
  };
}
