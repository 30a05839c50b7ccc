/**
 * What the API answers, for its description alone: answers are written by the rooms' types and never judged
 * by these.
 */
import { z } from "zod";
import { FAULT_CODES } from "../protocol/faults.ts";

const id = z.string();
const moment = z.string().meta({ format: "date-time", description: "RFC 3339 in UTC" });
const count = z.int().min(0);
const amount = z.int().min(0).meta({ description: "Minor units of the currency" });
const documentFields = { id, version: z.int().min(1), createdAt: moment, updatedAt: moment };

export const genreAnswer = z.object({ ...documentFields, name: z.string() });

export const countsAnswer = z.object({
  capacity: count,
  available: count,
  held: count,
  sold: count,
  blocked: count,
});

export const filmAnswer = z.object({
  ...documentFields,
  title: z.string(),
  originalTitle: z.string().optional(),
  synopsis: z.string().optional(),
  durationMinutes: z.int().min(1),
  genreIds: z.array(id),
  certificate: z.string().optional(),
  language: z.string().optional(),
  releaseDate: z.string().meta({ format: "date" }).optional(),
  director: z.string().optional(),
  posterUrl: z.string().optional(),
  status: z.enum(["draft", "showing", "archived"]),
  showtimes: z
    .array(
      z.object({
        id,
        startsAt: moment,
        auditorium: z.object({ id, name: z.string() }),
        attributes: z.array(z.string()),
        counts: countsAnswer,
      }),
    )
    .optional()
    .meta({ description: "Where asked for: what is on sale from now on, soonest first" }),
});

const fieldFault = z.object({ path: z.string(), message: z.string() });
const lineFault = fieldFault.extend({
  line: z.int().min(1),
  code: z.enum(FAULT_CODES),
  numbers: z.object({ limit: count, found: count, first: count }).partial().optional(),
});
/** Faults of a request, or of the lines of a file. */
const faults = z.array(lineFault.partial({ line: true, code: true }));

export const importAnswer = z.object({
  created: count,
  updated: count,
  unchanged: count,
  ignoredColumns: z.array(z.string()),
  rejected: z.array(z.object({ line: z.int().min(1), errors: z.array(lineFault) })),
});

const seat = z.object({
  id,
  row: z.string(),
  number: z.int().min(1),
  kind: z.enum(["standard", "vip", "wheelchair", "companion"]),
  zone: z.enum(["standard", "vip"]),
  x: count,
  y: count,
});

export const auditoriumAnswer = z.object({
  ...documentFields,
  name: z.string(),
  chart: z.string(),
  capacity: count,
  seats: z.array(seat),
});

export const ticketTypeAnswer = z.object({
  ...documentFields,
  name: z.string(),
  order: count,
  active: z.boolean(),
});

const zone = z.enum(["standard", "vip"]);
const price = z.object({ zone, ticketTypeId: id, amount });
const localDate = z.string().meta({ format: "date", description: "A day of the cinema" });

export const priceListAnswer = z.object({
  ...documentFields,
  name: z.string(),
  rules: z.array(
    price.extend({
      days: z.array(z.enum(["mon", "tue", "wed", "thu", "fri", "sat", "sun"])).optional(),
      before: z.string().optional().meta({ description: "A time of day as in 17:00, by the cinema's clocks" }),
    }),
  ),
  surcharges: z.array(z.object({ attribute: z.string(), amount })),
  validFrom: localDate.optional(),
  validUntil: localDate.optional(),
});

export const quoteAnswer = z.object({ currency: z.string(), prices: z.array(price) });

export const showtimeAnswer = z.object({
  ...documentFields,
  filmId: id,
  auditoriumId: id,
  startsAt: moment,
  endsAt: moment,
  attributes: z.array(z.string()),
  prices: z.array(price),
  priceListId: id.optional(),
  currency: z.string().meta({ description: "ISO 4217" }),
  status: z.enum(["draft", "on-sale", "closed", "cancelled"]),
  orphanRule: z.enum(["off", "warn", "enforce"]).optional(),
  accessReleaseMinutes: count.optional(),
  film: z.object({ title: z.string(), durationMinutes: z.int().min(1) }),
  auditorium: z.object({ name: z.string() }),
  counts: countsAnswer,
});

const inTheWay = z.object({ id, startsAt: moment, freeAt: moment, film: z.object({ title: z.string() }) });

const showtimeWarning = z.object({
  path: z.enum(["filmId", "startsAt"]),
  code: z.enum(["film_hidden", "in_the_past"]),
  message: z.string(),
});

export const showtimeCheckAnswer = z.object({
  endsAt: moment.optional(),
  freeAt: moment.optional(),
  prices: z.array(price),
  conflicts: z.array(inTheWay),
  errors: z.array(fieldFault),
  warnings: z
    .array(showtimeWarning)
    .meta({ description: "Of one on sale: what it is not refused for, and may not be meant" }),
});

export const copyAnswer = z.object({
  created: z.array(
    z.object({
      id: id.optional().meta({ description: "Absent where it was only tried" }),
      showtimeId: id,
      startsAt: moment,
      clockChange: z.enum(["skipped-hour", "repeated-hour"]).optional(),
    }),
  ),
  conflicts: z.array(z.object({ showtimeId: id, startsAt: moment, message: z.string(), with: inTheWay.optional() })),
  skipped: z.array(z.object({ id, showtimeId: id, startsAt: moment })),
  warnings: z
    .array(showtimeWarning.extend({ showtimeId: id, startsAt: moment, film: z.object({ title: z.string() }) }))
    .optional()
    .meta({ description: "Of copies on sale: what they are not refused for, and may not be meant" }),
});

export const seatsAnswer = z.object({
  showtimeId: id,
  epoch: z.string(),
  version: count,
  states: z.string().meta({ description: "One character per seat of the layout: A, H, S or B" }),
  layout: z.object({ version: z.int().min(1), seats: z.array(seat) }),
});

export const blocksAnswer = z.object({
  showtimeId: id,
  seats: z.array(
    z.object({
      seatId: id,
      kind: z.enum(["block", "reserve"]),
      reason: z.string(),
      name: z.string().optional(),
      until: moment.optional(),
      at: moment,
      by: id.meta({ description: "The user who blocked it" }),
    }),
  ),
});

export const settingsAnswer = z.object({
  version: z.int().min(1),
  cinemaName: z.string(),
  address: z.string(),
  legalName: z.string().optional(),
  taxId: z.string().optional(),
  vatRate: z.number().optional().meta({ description: "Percent" }),
  guestCancelMinutes: count.optional(),
  salesEndMinutes: z.object({ web: z.int(), kiosk: z.int(), "box-office": z.int() }).optional(),
});

export const configAnswer = z.object({
  cinemaName: z.string(),
  currency: z.string(),
  timeZone: z.string(),
  holdTtlMs: count,
  maxSeatsPerHold: count,
  paymentProvider: z.string(),
  sendsMail: z.boolean().meta({ description: "Whether a link to a new password can be sent" }),
  version: z.string().meta({ description: "Of server and apps" }),
});

/** JSON Web Key Set, RFC 7517. */
export const jwksAnswer = z.object({ keys: z.array(z.looseObject({ kty: z.string(), kid: z.string() })) });

export const pageAnswer = (item: z.ZodType) => z.object({ items: z.array(item), nextCursor: z.string().nullable() });

/** The body of every refusal. */
export const problemAnswer = (codes: readonly string[]) =>
  z.object({
    type: z.string(),
    title: z.string(),
    status: z.int(),
    code: z.enum(codes as [string, ...string[]]),
    detail: z.string(),
    requestId: z.string(),
    errors: faults.optional(),
    retryAfterMs: z.number().optional(),
    seats: z.array(z.string()).optional().meta({ description: "The seats that stand in the way" }),
    max: count.optional().meta({ description: "Of `hold_limit`: seats that the caller may have held and unpaid" }),
    at: moment.optional().meta({ description: "Of `already_used`: when the ticket was let in" }),
  });
