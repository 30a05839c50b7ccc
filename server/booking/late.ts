import { type Clock, timestamp } from "../basics/clock.ts";
import { newId } from "../basics/ids.ts";
import type { OrderTicket } from "../protocol/resources.ts";
import type { SeatMap } from "../seatmap/port.ts";
import type { OrderDoc } from "../store/collections.ts";
import { keepSeats } from "./keeping.ts";
import { claimsOf, type Ledger } from "./ledger.ts";
import type { ShowtimeSource } from "./showtimes.ts";

export interface LatePaymentsDeps {
  ledger: Ledger;
  map: Pick<SeatMap, "hold" | "release">;
  showtimes: Pick<ShowtimeSource, "sellable">;
  receiptSeries(now: number): string;
  issueTickets(order: OrderDoc): Promise<OrderTicket[]>;
  clock: Clock;
}

/**
 * Money that came after an order had ended. Promises: either the order is confirmed with its own seats, or a
 * refund of all that was captured is written into it; never both, as both are written on the same version.
 */
export function createLatePayments(deps: LatePaymentsDeps) {
  const { ledger, map, clock } = deps;

  async function mayConfirm(order: OrderDoc): Promise<boolean> {
    if (order.status !== "expired" || !canBeReached(order)) return false;
    const showtime = await deps.showtimes.sellable(order.showtimeId);
    if (showtime === null || Date.parse(showtime.endsAt) <= clock.now()) return false;
    return showtime.status === "on-sale" || showtime.status === "closed";
  }

  /** Null: the seats are gone, or the order changed meanwhile. */
  async function confirm(order: OrderDoc): Promise<OrderDoc | null> {
    const tickets = await deps.issueTickets(order);
    const payment = { ...order.payment, status: "captured" as const };
    const now = clock.now();
    const claims = claimsOf(order);
    const set = { status: "confirmed", claims, payment, tickets, mapDue: true, confirmedAt: timestamp(now) } as const;
    const taken = await ledger.changeNumbered(order, deps.receiptSeries(now), { set });
    return taken.ok ? taken.document : null;
  }

  async function owe(order: OrderDoc, amount: number): Promise<OrderDoc | null> {
    const lines = order.lines.map(({ seatId }) => seatId);
    const refund = { id: newId("ref"), amount, lines, at: timestamp(clock.now()), status: "pending" as const };
    const payment = { ...order.payment, status: "captured" as const };
    const owed = await ledger.change(order, { set: { payment, refunds: [...order.refunds, refund] } });
    return owed.ok ? owed.document : null;
  }

  return {
    /** Null: the order changed meanwhile, look again. Throws `MapUnavailable` where the seats can't be asked for. */
    async settle(order: OrderDoc, captured: number): Promise<OrderDoc | null> {
      if (!(await mayConfirm(order))) return owe(order, captured);
      const { id, showtimeId, lines } = order;
      const seats = lines.map(({ index }) => index);
      const kept = await keepSeats(map, { showtimeId, sessionId: `late:${id}` }, seats);
      if (!kept.ok) return owe(order, captured);
      const confirmed = await confirm(order);
      if (confirmed !== null) return confirmed;
      await kept.letGo();
      const claims = claimsOf(order);
      return (await ledger.owned(claims)).length > 0 ? owe(order, captured) : null;
    },
  };
}

/** The account or an address for mail: else nobody would ever know that the seats are theirs after all. */
function canBeReached({ customerId, contact }: OrderDoc): boolean {
  return customerId !== undefined || contact?.email !== undefined;
}
