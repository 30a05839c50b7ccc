import type { SeatDetail } from "../../../server/protocol/events.ts";
import type { Words } from "../words/es.ts";
import { shortCode } from "./codes.ts";
import { found } from "./table.ts";

/** Seats that somebody has together. */
export type Holding = Omit<SeatDetail, "seatId"> & { seats: string[] };

/** Seats of one hold, order or block become one, in the order of their first seat. */
export function holdingsOf(seats: readonly SeatDetail[]): Holding[] {
  const holdings = new Map<string, Holding>();
  for (const { seatId, ...rest } of seats) {
    const { state, orderNumber, by, until, reason, name } = rest;
    const key = JSON.stringify([state, orderNumber, by, until, reason, name]);
    const holding = holdings.get(key);
    if (holding) holding.seats.push(seatId);
    else holdings.set(key, { ...rest, seats: [seatId] });
  }
  return [...holdings.values()];
}

/** Who that is, as a clerk would say it: a name where there is one, what kind of buyer otherwise. */
export function holderText({ who, by }: Pick<SeatDetail, "who" | "by">, words: Words): string {
  return who === undefined ? shortCode(by ?? "") : (who.name ?? words.buyers[who.kind]);
}

/** Holdings that have this very seat, or whose order, person or reason is called like this. */
export function wantedHoldings(holdings: readonly Holding[], wanted: string, words: Words): readonly Holding[] {
  const seat = wanted.trim().toUpperCase();
  const withSeat = holdings.filter(({ seats }) => seats.includes(seat));
  if (withSeat.length > 0) return withSeat;
  return found(holdings, wanted, (holding) =>
    [holding.orderNumber, holding.reason, holding.name, holderText(holding, words)].filter(Boolean).join("\n"),
  );
}
