import type { FieldError } from "../protocol/errors.ts";
import type { Price, Seat, Zone } from "../protocol/resources.ts";

/** What prices are judged by. */
export interface PriceContext {
  /** Ticket types named by the prices, by id. */
  ticketTypes: ReadonlyMap<string, { active: boolean }>;
  seats: readonly Pick<Seat, "zone">[];
  onSale: boolean;
}

/**
 * The faults of a price list: an unknown ticket type, one seat with two prices, and, on sale, a zone of the
 * auditorium that nobody could buy. Prices for zones that the auditorium does not have are allowed.
 */
export function priceFaults(prices: readonly Price[], context: PriceContext): FieldError[] {
  return [...rowFaults(prices, context), ...(context.onSale ? zoneFaults(prices, context) : [])];
}

function rowFaults(prices: readonly Price[], { ticketTypes }: PriceContext): FieldError[] {
  const seen = new Set<string>();
  return prices.flatMap(({ zone, ticketTypeId }, at) => {
    const key = `${zone}:${ticketTypeId}`;
    const isTwice = seen.has(key);
    seen.add(key);
    if (!ticketTypes.has(ticketTypeId))
      return [{ path: `prices.${at}.ticketTypeId`, message: "there is no such ticket type" }];
    return isTwice ? [{ path: `prices.${at}`, message: "this zone and ticket type has a price already" }] : [];
  });
}

function zoneFaults(prices: readonly Price[], { ticketTypes, seats }: PriceContext): FieldError[] {
  const priced = new Set<Zone>();
  for (const { zone, ticketTypeId } of prices) if (ticketTypes.get(ticketTypeId)?.active) priced.add(zone);
  const unpriced = new Set(seats.map(({ zone }) => zone).filter((zone) => !priced.has(zone)));
  return [...unpriced].map((zone) => ({
    path: "prices",
    message: `on sale, zone ${zone} needs a price for an active ticket type`,
  }));
}
