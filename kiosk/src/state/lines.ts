import type { Price, Seat, TicketType, Zone } from "../../../server/protocol/resources.ts";

/** A seat, the ticket chosen for it, and what it costs in minor units. */
export interface Line {
  seat: Seat;
  ticketTypeId: string;
  price: number;
}

/** A kind of ticket as it sells in one zone. */
export interface Offer {
  ticketTypeId: string;
  name: string;
  price: number;
}

/** What sells in a zone, in the house's order. */
export function offersFor(zone: Zone, prices: readonly Price[], types: readonly TicketType[]): Offer[] {
  return types.flatMap((type) => {
    const price = prices.find((candidate) => candidate.zone === zone && candidate.ticketTypeId === type.id);
    return price ? [{ ticketTypeId: type.id, name: type.name, price: price.amount }] : [];
  });
}

/**
 * Lines of the chosen seats, in the order of rows and numbers. A seat without a choice, or whose choice does not
 * sell in its zone, takes the house's first ticket. Seats that nothing sells for are left out.
 */
export function linesOf(
  seats: readonly Seat[],
  chosen: ReadonlyMap<string, string>,
  prices: readonly Price[],
  types: readonly TicketType[],
): Line[] {
  return seats
    .toSorted((a, b) => a.y - b.y || a.number - b.number)
    .flatMap((seat) => {
      const offers = offersFor(seat.zone, prices, types);
      const offer = offers.find((candidate) => candidate.ticketTypeId === chosen.get(seat.id)) ?? offers[0];
      return offer ? [{ seat, ticketTypeId: offer.ticketTypeId, price: offer.price }] : [];
    });
}

export function totalOf(lines: readonly Line[]): number {
  return lines.reduce((sum, line) => sum + line.price, 0);
}
