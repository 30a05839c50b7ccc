import type { SeatKind } from "../../server/protocol/resources.ts";
import type { SeatLook } from "../live/looks.ts";

/** Shapes of a seat around its own middle, 40 units wide: what it is, and what stands on it. */

const ARMCHAIR =
  "M-12-9a5 5 0 0 1 5-5H7a5 5 0 0 1 5 5V4a4 4 0 0 1-4 4H-8a4 4 0 0 1-4-4Z" +
  "M-16-3a2 2 0 0 1 4 0V4a4 4 0 0 0 4 4H8a4 4 0 0 0 4-4V-3a2 2 0 0 1 4 0V7a8 8 0 0 1-8 8H-8a8 8 0 0 1-8-8Z";
const VIP_ARMCHAIR = `${ARMCHAIR}M-18-12a8 8 0 0 1 8-8H10a8 8 0 0 1 8 8V9a10 10 0 0 1-10 10H-8a10 10 0 0 1-10-10Z`;
/** A space, not a seat: an open bay. */
const BAY = "M-15-10a5 5 0 0 1 5-5H10a5 5 0 0 1 5 5V10a5 5 0 0 1-5 5H-10a5 5 0 0 1-5-5Z";
const FLAT = "M-11-7a4 4 0 0 1 4-4H7a4 4 0 0 1 4 4V7a4 4 0 0 1-4 4H-7a4 4 0 0 1-4-4Z";

const TICK = "M-7-3l5 5 9-10";
const CLOCK = "M-7-3a7 7 0 1 0 14 0a7 7 0 1 0-14 0M0-7v4l3 2";
const CROSS = "M-6-9l12 12M6-9l-12 12";
const WHEELCHAIR = "M-2-11.5a1.6 1.6 0 1 0 .1 0M-2-6v6h6l3 7 3-1M-5-2.5a6.2 6.2 0 1 0 8.4 7M-2-3h5";
const COMPANION = "M-4-9.5a2.4 2.4 0 1 0 .1 0M5-8a1.9 1.9 0 1 0 .1 0M-8.500 4c0-6 9-6 9 0M2.500 4c.5-5 6.500-5 6.500 0";

/** The outline of a seat. Sold is flat: nothing to sit on any more. */
export function bodyPath(kind: SeatKind, look: SeatLook): string {
  if (look === "sold") return FLAT;
  if (kind === "wheelchair") return BAY;
  return kind === "vip" ? VIP_ARMCHAIR : ARMCHAIR;
}

/** What stands on a seat: never colour alone. Empty on a free ordinary seat, which shows its number. */
export function markPath(kind: SeatKind, look: SeatLook): string {
  switch (look) {
    case "mine":
      return TICK;
    case "held":
      return CLOCK;
    case "blocked":
      return CROSS;
    case "sold":
      return "";
    case "free":
      return kind === "wheelchair" ? WHEELCHAIR : kind === "companion" ? COMPANION : "";
    default:
      return look satisfies never;
  }
}
