import { type Refusal, refuse } from "../protocol/errors.ts";
import type { MapRefusal } from "../seatmap/port.ts";
import type { Layout } from "./showtimes.ts";

/** How long a client should wait while a map is being rebuilt: loading takes milliseconds. */
const RETRY_AFTER_LOADING_MS = 500;

/** What a refusal of the map is called outside: the one place where the two vocabularies meet. */
export function refusalOf(refusal: MapRefusal, layout: Pick<Layout, "seats">): Refusal {
  switch (refusal.why) {
    case "not_loaded":
    case "stale_run":
      return refuse("unavailable", "The seat map is being rebuilt, try again", {
        retryAfterMs: RETRY_AFTER_LOADING_MS,
      });
    case "seat_taken":
      return refuse("seat_taken", "Someone else has these seats", { seats: seatIds(refusal.seats, layout) });
    case "hold_limit":
      return refuse("hold_limit", `At most ${refusal.max} seats at a time`, { max: refusal.max });
    case "seat_unknown":
      return refuse("seat_unknown", "There is no such seat");
    case "hold_expired":
      return refuse("hold_expired", "The hold has ended");
    case "forbidden":
      return refuse("forbidden", "The hold belongs to someone else");
    case "request_mismatch":
      return refuse("invalid_request", "This request id was used for something else", {
        errors: [{ path: "requestId", message: "was used with another payload" }],
      });
    case "lines_mismatch":
      return refuse("lines_mismatch", "The lines must be the hold's seats exactly");
  }
}

/** Names of seats by their indexes; indexes outside the layout are left out. */
export function seatIds(indexes: readonly number[], layout: Pick<Layout, "seats">): string[] {
  return indexes.flatMap((index) => layout.seats[index]?.id ?? []);
}
