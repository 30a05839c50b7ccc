import type { Refusal } from "../../../ui/connection/outcome.ts";
import type { Words } from "./es.ts";

/** What a refusal of the counter means, in the clerk's words. */
export function refusalText(refusal: Refusal, words: Words): string {
  const seats = (refusal.seats ?? []).join(" ");
  switch (refusal.code) {
    case "seat_taken":
      return words.seatTaken(seats);
    case "seat_unknown":
      return words.seatEntryUnknown(seats);
    case "hold_limit":
      return words.seatLimit(refusal.max ?? 0);
    case "hold_expired":
      return words.holdEnded;
    case "showtime_closed":
      return words.closed;
    case "unavailable":
      return words.serverAway;
    default:
      return words.saleFailed;
  }
}
