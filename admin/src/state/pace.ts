/** How fast a showtime sells: seats sold within the last minute. */
export interface Pace {
  /** Notes how many are sold at a moment; a number that falls (a refund) only lowers what follows. */
  note(sold: number, at: number): void;
  /** Seats sold in the minute before a moment. */
  perMinute(at: number): number;
}

const WINDOW_MS = 60_000;

export function createPace(): Pace {
  let last: number | null = null;
  let sales: { at: number; seats: number }[] = [];

  return {
    note(sold, at) {
      if (last !== null && sold > last) sales.push({ at, seats: sold - last });
      last = sold;
      sales = sales.filter((sale) => at - sale.at < WINDOW_MS);
    },
    perMinute: (at) => sales.reduce((sum, sale) => (at - sale.at < WINDOW_MS ? sum + sale.seats : sum), 0),
  };
}
