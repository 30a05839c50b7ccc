import { type FieldError, type Outcome, refuse } from "../protocol/errors.ts";
import type { BookedLine } from "../store/collections.ts";
import type { SellableShowtime } from "./showtimes.ts";

export interface WantedLine {
  seatId: string;
  ticketTypeId: string;
}

/**
 * The seats of an order with what each costs, frozen as it is now. Pure.
 *
 * Refuses `seat_unknown` for a seat that is not in the house, `lines_mismatch` for one that is named twice,
 * and `invalid_request` for a ticket type that is unknown, not sold any more, or has no price in the seat's zone.
 */
export function priceLines(
  showtime: Pick<SellableShowtime, "layout" | "prices">,
  ticketTypes: ReadonlyMap<string, string>,
  wanted: readonly WantedLine[],
): Outcome<{ lines: BookedLine[]; total: number }> {
  const lines: BookedLine[] = [];
  const unknownSeats: string[] = [];
  const errors: FieldError[] = [];
  for (const [place, { seatId, ticketTypeId }] of wanted.entries()) {
    const index = showtime.layout.indexOf.get(seatId);
    const seat = index === undefined ? undefined : showtime.layout.seats[index];
    if (index === undefined || seat === undefined) {
      unknownSeats.push(seatId);
      continue;
    }
    const ticketTypeName = ticketTypes.get(ticketTypeId);
    const price = showtime.prices.find((each) => each.zone === seat.zone && each.ticketTypeId === ticketTypeId);
    if (ticketTypeName === undefined || price === undefined) {
      const message = ticketTypeName === undefined ? "is not a ticket type" : `is not sold in zone ${seat.zone}`;
      errors.push({ path: `lines.${place}.ticketTypeId`, message });
      continue;
    }
    lines.push({ seatId, index, ticketTypeId, ticketTypeName, zone: seat.zone, price: price.amount });
  }
  if (unknownSeats.length > 0) return refuse("seat_unknown", "There is no such seat", { seats: unknownSeats });
  if (errors.length > 0) return refuse("invalid_request", "These tickets can't be sold", { errors });
  if (new Set(lines.map(({ seatId }) => seatId)).size < lines.length)
    return refuse("lines_mismatch", "Each seat needs exactly one line");
  return { ok: true, lines, total: lines.reduce((sum, { price }) => sum + price, 0) };
}
