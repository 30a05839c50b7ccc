import { mergeDeltas } from "../protocol/feed.ts";
import type { SeatDelta } from "../protocol/states.ts";
import { pause } from "./shared.ts";

/** Between two messages of one room: 20 a second look immediate, and a delivery costs 11-15 us each. */
export const WINDOW_MS = 45;
/** A flush may use at most a third of the time, however big the room. */
const COST_FACTOR = 2;

/** What is sent to a room next: what changed, or everything as it is when its turn comes. */
export type Flush = { kind: "delta"; delta: SeatDelta } | { kind: "snapshot" };

/** Sends to a room; answers the milliseconds of work. Stops early once `isVoid` says that a snapshot follows. */
export type SendFlush = (flush: Flush, isVoid: () => boolean) => Promise<number>;

/**
 * Merges what changes in quick succession: the first change goes at once, what follows within the
 * window goes as one message. One flush at a time, so every viewer gets them in order. Deltas must be
 * contiguous; what is sent is contiguous too.
 */
export interface Coalescer {
  add(delta: SeatDelta): void;
  /** What was added so far is void: a snapshot goes instead. */
  replace(): void;
}

export function createCoalescer(send: SendFlush, windowMs = WINDOW_MS): Coalescer {
  let pending: Flush | null = null;
  let isRunning = false;
  /** Counts the snapshots: a flush that began before the latest is void. */
  let generation = 0;

  async function run(): Promise<void> {
    isRunning = true;
    while (pending !== null) {
      const flush: Flush = pending;
      pending = null;
      const begun = generation;
      const costMs = await send(flush, () => generation !== begun);
      await pause(Math.max(windowMs, costMs * COST_FACTOR));
    }
    isRunning = false;
  }

  function put(flush: Flush): void {
    pending = flush;
    if (!isRunning) void run();
  }

  return {
    add(delta) {
      if (pending?.kind === "snapshot") return;
      put({ kind: "delta", delta: (pending && mergeDeltas(pending.delta, delta)) ?? delta });
    },
    replace() {
      generation++;
      put({ kind: "snapshot" });
    },
  };
}
