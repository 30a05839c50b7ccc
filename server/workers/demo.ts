import { type Loop, repeat } from "./repeat.ts";

/** Soon enough after midnight that nobody misses a seventh day; a round with nothing to plan is one read. */
const TOP_UP_EVERY_MS = 10 * 60 * 1000;

/** Keeps the demo cinema's week ahead planned while the days go by. */
export function startDemo({ topUp }: { topUp(): Promise<void> }, onFailure: (error: unknown) => void): Loop {
  return repeat(TOP_UP_EVERY_MS, topUp, onFailure);
}
