import { z } from "zod";
import { MAX_SEATS } from "../protocol/limits.ts";
import { line, moment } from "./paging.ts";

const seatId = z.string().min(1).max(20);

export const blockBody = z.strictObject({
  seats: z.array(seatId).min(1).max(MAX_SEATS),
  reason: line(200),
  name: line(200).optional(),
  until: moment.optional(),
});

/** A request's line and headers may be 16 KB together; a whole house of 2,000 seats fits into this. */
const SEATS_IN_QUERY_CHARS = 12_000;

/** `?seats=F7,F8`. */
export const freeQuery = z.strictObject({
  seats: z
    .string()
    .max(SEATS_IN_QUERY_CHARS)
    .transform((text) => text.split(",").map((seat) => seat.trim()))
    .pipe(z.array(seatId).min(1).max(MAX_SEATS)),
});
