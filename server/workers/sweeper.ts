import type { Clock } from "../basics/clock.ts";
import { listLive } from "../booking/live-showtimes.ts";
import type { Settlement } from "../booking/settlement.ts";
import type { SeatMap } from "../seatmap/port.ts";
import type { Store } from "../store/port.ts";
import { type Loop, repeat } from "./repeat.ts";

export interface SweeperDeps {
  store: Store;
  /** The bare map: one that is not loaded has nothing that could end. */
  map: Pick<SeatMap, "expire">;
  /** Loads a map that was lost, if somebody used it here. */
  restore(showtimeId: string): Promise<void>;
  settlement: Pick<Settlement, "overdue">;
  clock: Clock;
  onError(what: string, error: unknown): void;
}

/** A hold that nobody touches ends on every screen at most this long after its time. */
const SWEEP_EVERY_MS = 1_000;
/** Showtimes change hands slowly; a new one is swept this long after it was made at the latest. */
const LIST_EVERY_MS = 3_000;
/** Showtimes swept at a time. */
const ABREAST = 64;
/** The map's clock and our timers may differ by a little; sweeping too early would find nothing. */
const AFTER_DUE_MS = 5;

/**
 * Ends holds whose time is over and payments that are overdue, also where nobody touches the showtime. Runs in
 * every server. Between two rounds it comes back at the very moment at which the next hold is due. A map that is
 * lost (an emptied Redis says nothing to those who listen) is loaded again: whoever looks at it sees what is true.
 */
export function startSweeper(deps: SweeperDeps): Loop {
  const { map, settlement, clock } = deps;
  const appointments = new Map<string, NodeJS.Timeout>();
  /** Overdue payments that are being dealt with: a slow provider must not gather callers. */
  const underWay = new Map<string, Promise<void>>();
  let list: { ids: string[]; readAt: number } = { ids: [], readAt: Number.NEGATIVE_INFINITY };
  let isStopping = false;

  function deal(showtimeId: string, bookingId: string): void {
    if (isStopping || underWay.has(bookingId)) return;
    const dealing = settlement
      .overdue(showtimeId, bookingId)
      .catch((error: unknown) => deps.onError("ending an overdue payment", error))
      .finally(() => underWay.delete(bookingId));
    underWay.set(bookingId, dealing);
  }

  async function sweep(showtimeId: string): Promise<void> {
    const answer = await map.expire(showtimeId);
    if (!answer.ok) return deps.restore(showtimeId);
    for (const bookingId of answer.overdue) deal(showtimeId, bookingId);
    if (answer.nextDue !== null) comeBack(showtimeId, answer.nextDue - answer.at);
  }

  function comeBack(showtimeId: string, inMs: number): void {
    clearTimeout(appointments.get(showtimeId));
    appointments.delete(showtimeId);
    if (isStopping || inMs > SWEEP_EVERY_MS * 1.5) return;
    const timer = setTimeout(() => {
      appointments.delete(showtimeId);
      sweep(showtimeId).catch((error: unknown) => deps.onError("sweeping a showtime", error));
    }, Math.max(inMs, 0) + AFTER_DUE_MS);
    appointments.set(showtimeId, timer);
  }

  async function round(): Promise<void> {
    const now = clock.now();
    if (Math.abs(now - list.readAt) > LIST_EVERY_MS) list = { ids: await listLive(deps.store, now), readAt: now };
    let failures: unknown[] = [];
    for (let next = 0; next < list.ids.length && !isStopping; next += ABREAST) {
      const swept = await Promise.allSettled(list.ids.slice(next, next + ABREAST).map(sweep));
      failures = failures.concat(swept.flatMap((each) => (each.status === "rejected" ? [each.reason] : [])));
      // One showtime's trouble is its own; when nothing works, the rest can wait for the next round.
      if (failures.length >= swept.length) break;
    }
    if (failures.length > 0) throw failures[0];
  }

  // A little off, so that servers started together do not march in step.
  const everyMs = SWEEP_EVERY_MS * (0.8 + 0.2 * Math.random());
  const loop = repeat(everyMs, round, (error) => deps.onError("sweeping", error));
  return {
    async stop() {
      isStopping = true;
      for (const timer of appointments.values()) clearTimeout(timer);
      await loop.stop();
      await Promise.all(underWay.values());
    },
  };
}
