/** A token bucket: so many at once, then so many per second. It goes into debt, so that excess can be measured. */
export interface Bucket {
  /** Takes one token. False: there was none left. */
  take(): boolean;
  /** How many were taken beyond what there was; 0 when within bounds. */
  debt(): number;
}

export interface BucketSize {
  burst: number;
  perSecond: number;
}

/** `now`: milliseconds that only go forward. */
export function createBucket({ burst, perSecond }: BucketSize, now: () => number = () => performance.now()): Bucket {
  let level = burst;
  let filledAt = now();
  return {
    take() {
      const at = now();
      level = Math.min(burst, level + ((at - filledAt) * perSecond) / 1000) - 1;
      filledAt = at;
      return level >= 0;
    },
    debt: () => Math.max(0, -level),
  };
}

/** A bucket that never runs dry. */
export const unlimited: Bucket = { take: () => true, debt: () => 0 };
