import { type Clock, timestamp } from "../basics/clock.ts";
import type { BlockDoc, BlockedSeat } from "../store/collections.ts";
import type { Ledger } from "./ledger.ts";

/** What stays of a block as time passes: seats end, and those lent to orders are sold or come back. */
export interface LentSeats {
  /**
   * The seats as they should be by now, or null when they are. An order that never comes is buried, so that it can't
   * come later. Does not check that nobody owns a seat that comes back. Safe to repeat.
   */
  byNow(block: BlockDoc): Promise<BlockedSeat[] | null>;
  /** When to ask again: an order to be watched, or the next end. Nothing: never by itself. */
  nextLook(block: BlockDoc): number | undefined;
}

/** How soon an order that seats were lent to is looked at again. */
export const LOOK_AGAIN_MS = 1_000;
/** An order that is not there by then never comes: its checkout takes one write. */
const ORDER_COMES_MS = 60_000;

/** What was found out about the order that a seat is lent to. */
type Fate = "pending" | "sold" | "failed";

export function createLentSeats({
  ledger,
  clock,
}: {
  ledger: Pick<Ledger, "booking" | "bury">;
  clock: Clock;
}): LentSeats {
  async function fateOf(claim: string, showtimeId: string, lent: { orderId: string; at: number }): Promise<Fate> {
    const found = await ledger.booking(lent.orderId);
    if (found?.kind === "order") {
      if (found.claims?.includes(claim) !== true) return "failed";
      return found.status === "pending" ? "pending" : "sold";
    }
    if (found !== null) return "failed";
    const isGone = clock.now() - lent.at > ORDER_COMES_MS && (await ledger.bury(lent.orderId, showtimeId)).ok;
    return isGone ? "failed" : "pending";
  }

  async function fatesOf({ showtimeId, seats }: BlockDoc): Promise<Map<string, Fate>> {
    const fates = new Map<string, Fate>();
    for (const { seatId, lent } of seats)
      if (lent !== undefined) fates.set(seatId, await fateOf(`${showtimeId}:${seatId}`, showtimeId, lent));
    return fates;
  }

  return {
    async byNow(block) {
      const fates = await fatesOf(block);
      const now = timestamp(clock.now());
      const left = block.seats.flatMap((seat) => {
        const fate = fates.get(seat.seatId);
        if (fate === "sold") return [];
        if (fate === "pending") return [seat];
        if (seat.until !== undefined && seat.until <= now) return [];
        const { lent: _, ...back }: BlockedSeat = seat;
        return [back as BlockedSeat];
      });
      const isSame =
        left.length === block.seats.length && left.every((seat, at) => seat.lent === block.seats[at]?.lent);
      return isSame ? null : left;
    },

    nextLook({ seats }) {
      const ends = seats.flatMap(({ until, lent }) => {
        if (lent !== undefined) return clock.now() + LOOK_AGAIN_MS;
        return until === undefined ? [] : Date.parse(until);
      });
      return ends.length === 0 ? undefined : Math.min(...ends);
    },
  };
}
