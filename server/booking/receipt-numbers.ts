import type { Clock } from "../basics/clock.ts";
import { createLanes } from "../basics/lanes.ts";
import type { OrderDoc } from "../store/collections.ts";
import type { Updated } from "../store/port.ts";
import type { Ledger } from "./ledger.ts";
import { createReceiptSeries, type ReceiptNumber, receiptNumber } from "./numbers.ts";

export interface ReceiptNumbers {
  /**
   * Runs a write that takes the next receipt number, again with the next one for as long as the number turns out
   * to be taken. The number exists only if the write succeeds: no gaps, without a counter.
   */
  take(write: (number: ReceiptNumber) => Promise<Updated<OrderDoc>>): Promise<Updated<OrderDoc>>;
}

interface ReceiptNumbersDeps {
  ledger: Pick<Ledger, "lastReceipt">;
  clock: Clock;
  timeZone: string;
}

/**
 * Writes of one process queue, as each needs to know whether the one before took its number. Nothing deletes
 * a confirmed order, so the lowest unused number of a series is always the one after the highest.
 */
export function createReceiptNumbers({ ledger, clock, timeZone }: ReceiptNumbersDeps): ReceiptNumbers {
  const seriesAt = createReceiptSeries(timeZone);
  const lanes = createLanes();
  const known = new Map<string, number>();

  async function takeNext(series: string, write: (number: ReceiptNumber) => Promise<Updated<OrderDoc>>) {
    let last = known.get(series) ?? (await ledger.lastReceipt(series));
    for (;;) {
      const written = await write(receiptNumber(series, last + 1));
      if (written.ok) known.set(series, last + 1);
      if (written.ok || written.code !== "duplicate" || written.index !== "receipt") return written;
      last = await ledger.lastReceipt(series);
    }
  }

  return {
    take(write) {
      const series = seriesAt(clock.now());
      return lanes.run(series, () => takeNext(series, write));
    },
  };
}
