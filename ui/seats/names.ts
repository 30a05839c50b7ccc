import type { Seat } from "../../server/protocol/resources.ts";
import type { SeatLook } from "../live/looks.ts";
import type { UiWords } from "../words/es.ts";
import type { Formats } from "../words/formats.ts";

/** Gives a seat the name that a screen reader says: "Row F, seat 7, standard, 9.50 euros, available". */
export type SeatNamer = (seat: Seat, look: SeatLook) => string;

/** `priceOf`: what the seat costs as far as known, in minor units; null where a price would only confuse. */
export function createSeatNamer(words: UiWords, formats: Formats, priceOf: (seat: Seat) => number | null): SeatNamer {
  const spoken = new Map<number, string>();
  const speak = (amount: number | null): string | null => {
    if (amount === null) return null;
    const text = spoken.get(amount) ?? formats.moneySpoken(amount);
    spoken.set(amount, text);
    return text;
  };
  return (seat, look) =>
    words.seatName(seat.row, seat.number, words.kinds[seat.kind], speak(priceOf(seat)), words.looks[look]);
}
