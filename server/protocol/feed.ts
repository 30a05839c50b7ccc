import type { SeatChange, SeatDelta, SeatSnapshot } from "./states.ts";

/** What a feed does with a message: `stale` was known already, `gap` means join again. */
export type FeedStep = { step: "applied"; map: SeatSnapshot } | { step: "stale" } | { step: "gap" };

/**
 * Applies one delta to a map. The one reducer for server replicas, apps and the load test.
 *
 * `from <= map.version < to` applies, `to <= map.version` is stale; anything else, another epoch or
 * an index outside the map is a gap. Pure: the map given is never changed.
 */
export function applyDelta(map: SeatSnapshot, delta: SeatDelta): FeedStep {
  if (delta.epoch !== map.epoch) return { step: "gap" };
  if (delta.to <= map.version) return { step: "stale" };
  if (delta.from > map.version) return { step: "gap" };
  const states = applyChanges(map.states, delta.changes);
  if (states === null) return { step: "gap" };
  return { step: "applied", map: { ...map, version: delta.to, states } };
}

/** Up to here cutting the text is ten times cheaper than taking it apart: 1 us instead of 15 at 500 seats. */
const FEW_CHANGES = 8;

/** Writes changes into a string of states; null when an index lies outside it. */
export function applyChanges(states: string, changes: readonly SeatChange[]): string | null {
  if (changes.some(([index]) => !(index >= 0 && index < states.length))) return null;
  if (changes.length > FEW_CHANGES) return rewrite(states, changes);
  let next = states;
  for (const [index, state] of changes) next = next.slice(0, index) + state + next.slice(index + 1);
  return next;
}

function rewrite(states: string, changes: readonly SeatChange[]): string {
  const next = states.split("");
  for (const [index, state] of changes) next[index] = state;
  return next.join("");
}

/**
 * Joins two deltas of one epoch that follow each other into one; the later state of a seat wins.
 * Null when `later` does not begin where `earlier` ends.
 */
export function mergeDeltas(earlier: SeatDelta, later: SeatDelta): SeatDelta | null {
  if (earlier.epoch !== later.epoch || later.from !== earlier.to) return null;
  const latest = new Map(earlier.changes);
  for (const [index, state] of later.changes) latest.set(index, state);
  return { ...earlier, to: later.to, changes: [...latest] };
}
