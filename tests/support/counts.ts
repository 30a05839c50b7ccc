/** How often a test repeats: `npm test` a few times, CI the full counts, nightly the long ones. */
const COUNTS = process.env.BUTACA_COUNTS ?? "local";

/** False for `npm test` on a laptop: there, what takes long or repeats another way is skipped, and counted as that. */
export const hasTime = COUNTS !== "local";

/** Picks the count of this run. Unknown values of `BUTACA_COUNTS` count as `local`. */
export function times(local: number, ci: number, nightly: number): number {
  if (COUNTS === "nightly") return nightly;
  return COUNTS === "ci" ? ci : local;
}
