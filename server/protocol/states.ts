/**
 * The wire, without dependencies: what servers, apps and the load test agree on.
 *
 * Promises: pure types, constants and functions that run in Node and in a browser.
 * Must never import anything outside this folder.
 */

/** One seat as everyone may see it: available, held or being paid, sold, blocked. */
export type SeatState = "A" | "H" | "S" | "B";

/** Whether a showtime can be sold from, as the outside names it. */
export type ShowtimeStatus = "draft" | "on-sale" | "closed" | "cancelled";

/** A place in the history of one seat map: `version` counts commands within `epoch`. */
export interface MapPosition {
  epoch: string;
  version: number;
}

/** Every seat of a showtime at one position; `states` has one character per seat, in layout order. */
export interface SeatSnapshot extends MapPosition {
  showtimeId: string;
  states: string;
  layoutVersion: number;
  status: ShowtimeStatus;
}

/** A seat by its index in the layout, and the state it has now. */
export type SeatChange = [index: number, state: SeatState];

/** What changed between two versions of one epoch: applies to a map that stands anywhere in `[from, to)`. */
export interface SeatDelta {
  showtimeId: string;
  epoch: string;
  from: number;
  to: number;
  changes: SeatChange[];
}

/** How many seats stand in each state; `capacity` is their sum. */
export interface SeatCounts {
  capacity: number;
  available: number;
  held: number;
  sold: number;
  blocked: number;
}

/** Counts a string of seat states. Linear in its length; unknown characters count towards capacity only. */
export function countStates(states: string): SeatCounts {
  const counts = { capacity: states.length, available: 0, held: 0, sold: 0, blocked: 0 };
  for (const state of states) {
    if (state === "A") counts.available++;
    else if (state === "H") counts.held++;
    else if (state === "S") counts.sold++;
    else if (state === "B") counts.blocked++;
  }
  return counts;
}
