/** When a countdown is spoken: often enough to act, rarely enough to bear. Seconds, longest first. */
export const SPOKEN_MARKS_S = [120, 60, 30] as const;

/**
 * The mark that a countdown has just passed, or null. Between two ticks at most one is spoken, the
 * shortest: after a pause the older ones are no longer true.
 */
export function spokenMark(beforeMs: number, nowMs: number): number | null {
  let passed: number | null = null;
  for (const mark of SPOKEN_MARKS_S) {
    if (beforeMs > mark * 1000 && nowMs <= mark * 1000 && nowMs > 0) passed = mark;
  }
  return passed;
}
