import { z } from "zod";
import type { ClientEvents, ServerEvents } from "../protocol/events.ts";
import { MAX_SEATS, REQUEST_ID_MAX } from "../protocol/limits.ts";

/** Longest id, token or epoch accepted: all that this server makes are shorter. */
const TEXT_MAX = 64;
/** Three letters of a row and four digits, and room for a typing error that is told as `seat_unknown`. */
const SEAT_ID_MAX = 16;

const text = z.string().min(1).max(TEXT_MAX);
const instant = z.iso.datetime({ offset: true });
const count = z.int().min(0);
const position = { epoch: text, version: count };
const requestId = z.string().min(1).max(REQUEST_ID_MAX);
const seatIds = z.array(z.string().min(1).max(SEAT_ID_MAX)).max(MAX_SEATS);
const someSeats = seatIds.min(1);

type Payload<E extends keyof ClientEvents> = Parameters<ClientEvents[E]>[0];
type Answer<E extends keyof ClientEvents> = Extract<Parameters<Parameters<ClientEvents[E]>[1]>[0], { ok: true }>;

/** What clients may send, by event. */
export const clientPayloads = {
  "showtime:join": z.strictObject({ showtimeId: text, since: z.strictObject(position).optional() }),
  "showtime:leave": z.strictObject({ showtimeId: text }),
  "seats:hold": z.strictObject({
    requestId,
    showtimeId: text,
    seats: someSeats,
    hold: text.optional(),
    access: z.boolean().optional(),
  }),
  "hold:extend": z.strictObject({ requestId, showtimeId: text }),
  "seats:release": z.strictObject({
    requestId,
    showtimeId: text,
    hold: text.optional(),
    seats: someSeats.optional(),
  }),
  "hold:resume": z.strictObject({ showtimeId: text }),
  "occupancy:watch": z.strictObject({ from: instant.optional(), to: instant.optional() }),
  "seats:watch-details": z.strictObject({ showtimeId: text }),
} satisfies { [E in keyof ClientEvents]: z.ZodType<Payload<E>> };

const state = z.enum(["A", "H", "S", "B"]);
const status = z.enum(["draft", "on-sale", "closed", "cancelled"]);
const snapshot = z.strictObject({
  showtimeId: text,
  ...position,
  states: z.string().regex(/^[AHSB]*$/),
  layoutVersion: count,
  status,
});
const delta = z.strictObject({
  showtimeId: text,
  epoch: text,
  from: count,
  to: count,
  changes: z.array(z.tuple([count, state])),
});
const hold = z.strictObject({
  token: text,
  showtimeId: text,
  seats: someSeats,
  expiresAt: instant,
  capAt: instant,
  ttlMs: count,
});
const warning = z.strictObject({ code: z.literal("orphan_seat"), seats: seatIds });
const counts = z.strictObject({
  capacity: count,
  available: count,
  held: count.optional(),
  sold: count.optional(),
  blocked: count.optional(),
});
const showtimes = z.array(z.strictObject({ showtimeId: text, counts }));
const seatDetails = z.array(
  z.strictObject({
    seatId: text,
    state,
    by: z.string().optional(),
    who: z
      .strictObject({ kind: z.enum(["guest", "customer", "staff", "device"]), name: z.string().optional() })
      .optional(),
    until: instant.optional(),
    orderNumber: z.string().optional(),
    reason: z.string().optional(),
    name: z.string().optional(),
  }),
);
const ok = { ok: z.literal(true) };
const holdAnswer = z.strictObject({ ...ok, ...position, hold, warnings: z.array(warning).optional() });
const releaseAnswer = z.strictObject({ ...ok, ...position, hold: hold.nullable() });

/** What a server answers when all is well, by event: for tests and for the protocol's own document. */
export const clientAnswers = {
  "showtime:join": z.union([z.strictObject({ ...ok, snapshot }), z.strictObject({ ...ok, delta })]),
  "showtime:leave": z.strictObject(ok),
  "seats:hold": holdAnswer,
  "hold:extend": holdAnswer,
  "seats:release": releaseAnswer,
  "hold:resume": releaseAnswer,
  "occupancy:watch": z.strictObject({ ...ok, showtimes }),
  "seats:watch-details": z.strictObject({ ...ok, seats: seatDetails }),
} satisfies { [E in keyof ClientEvents]: z.ZodType<Answer<E>> };

/** What servers push, by event: for tests and for the protocol's own document. */
export const serverPayloads = {
  "seats:changed": delta,
  "seats:snapshot": snapshot,
  "seats:details": z.strictObject({ showtimeId: text, seats: seatDetails }),
  "hold:changed": z.strictObject({
    showtimeId: text,
    hold: hold.pick({ token: true, seats: true, expiresAt: true }).nullable(),
    reason: z.enum(["expired", "evicted", "paying", "declined", "sold"]),
  }),
  "order:changed": z.strictObject({
    orderId: text,
    status: z.enum(["pending", "confirmed", "declined", "expired", "cancelled", "refunded", "partially-refunded"]),
  }),
  "occupancy:changed": z.strictObject({ showtimes }),
  "showtime:changed": z.strictObject({ showtimeId: text, status, startsAt: instant }),
  "server:closing": z.strictObject({ reconnectInMs: count }),
} satisfies { [E in keyof ServerEvents]: z.ZodType<Parameters<ServerEvents[E]>[0]> };
