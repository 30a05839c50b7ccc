import { z } from "zod";
import { MAX_SEATS, ORDER_WAIT_MAX_S } from "../protocol/limits.ts";
import { line, orAbsent, pagingFields, queryMoment } from "./paging.ts";

/** Longer than any id. */
const ID_MAX = 100;
/** Most lines of one order: a whole house, where staff may hold that many. */
const LINES_MAX = MAX_SEATS;
/** Discount codes on one order. */
const CODES_MAX = 10;
const NOTE_MAX = 1_000;

const id = z.string().min(1).max(ID_MAX);

const contact = z.strictObject({ name: line(200).optional(), email: z.email().max(254).optional() });

export const checkoutBody = z.strictObject({
  showtimeId: id,
  hold: id,
  lines: z
    .array(z.strictObject({ seatId: id, ticketTypeId: id }))
    .min(1)
    .max(LINES_MAX),
  payment: z.strictObject({ method: z.enum(["card", "cash"]), token: z.string().min(1).max(500).optional() }),
  contact: contact.optional(),
  codes: z.array(z.string().min(1).max(ID_MAX)).max(CODES_MAX).optional(),
});

/** What every call that moves money needs, so that it can be sent again. */
export const idempotencyHeaders = z.looseObject({ "idempotency-key": z.string().min(8).max(100) });

export const orderQuery = z.strictObject({
  wait: orAbsent(z.coerce.number().min(0).max(ORDER_WAIT_MAX_S)).transform((wait) => wait ?? 0),
});

/** What is left out stays; null takes it away. */
const amendedContact = z.strictObject({ name: line(200).nullish(), email: z.email().max(254).nullish() });
export const orderAmendment = z
  .strictObject({ contact: amendedContact.optional(), note: z.string().trim().max(NOTE_MAX).nullish() })
  .refine((change) => Object.keys(change).length > 0, "must change something");

export const ORDER_STATUSES = [
  "pending",
  "confirmed",
  "declined",
  "expired",
  "cancelled",
  "refunded",
  "partially-refunded",
] as const;

const seatId = z.string().trim().max(20).toUpperCase();

export const ordersQuery = z
  .strictObject({
    showtimeId: orAbsent(id),
    status: orAbsent(z.enum(ORDER_STATUSES)),
    from: queryMoment,
    to: queryMoment,
    customerId: orAbsent(id),
    number: orAbsent(z.string().max(20)),
    email: orAbsent(z.string().max(254)).meta({ description: "Of the purchase, or of the buyer's account" }),
    filmId: orAbsent(id),
    day: orAbsent(z.iso.date()).meta({
      description: "The day of the show, from 06:00 to 06:00 by the cinema's clocks",
    }),
    seat: orAbsent(seatId).meta({ description: "With `showtimeId`; of ended orders, too" }),
    q: orAbsent(z.string().max(254)).meta({
      description: "A number, e-mail address, seat, or part of a name or title",
    }),
    ...pagingFields,
  })
  .refine(({ seat, showtimeId }) => seat === undefined || showtimeId !== undefined, {
    path: ["seat"],
    message: "goes with showtimeId",
  });
