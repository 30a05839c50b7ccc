/** Generated commands of a seat map, as single steps of a history. */
import fc from "fast-check";
import type { BookingSeats } from "../../server/seatmap/port.ts";

export const SEATS = 6;
export const HOUR_MS = 3_600_000;

const session = fc.constantFrom("ann", "ben", "cid");
const seats = fc.uniqueArray(fc.nat(SEATS - 1), { minLength: 1, maxLength: 3 });
const someSeats = fc.uniqueArray(fc.nat(SEATS), { maxLength: 3 });
const booking = fc.constantFrom("ord_1", "ord_2", "ord_3");
const version = fc.integer({ min: 1, max: 6 });
const ttlMs = fc.constantFrom(2, 10, HOUR_MS, HOUR_MS);
const token = fc.constantFrom("none", "own", "last", "bogus");
const requestId = fc.nat(8).map((n) => `request ${n}`);
const bookingSeats = fc.record({
  id: booking,
  version,
  seats: someSeats,
  state: fc.constantFrom("paying" as const, "sold" as const, "blocked" as const),
  session: fc.option(session),
});

/** Any command that a server may send, with arguments that meet each other often. */
export const step = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      do: fc.constant("hold" as const),
      session,
      seats,
      ttlMs,
      token,
      requestId,
      over: fc.boolean(),
    }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("extend" as const), session, ttlMs, requestId }) },
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constant("release" as const),
      session,
      seats: fc.option(someSeats),
      token,
      requestId,
    }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("firstAnswer" as const), session, requestId }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("holdOf" as const), session }) },
  {
    weight: 4,
    arbitrary: fc.record({
      do: fc.constant("beginPayment" as const),
      session,
      token,
      booking,
      all: fc.boolean(),
      windowMs: ttlMs,
    }),
  },
  { weight: 3, arbitrary: fc.record({ do: fc.constant("settle" as const), booking: bookingSeats }) },
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constant("endPayment" as const),
      booking,
      version,
      back: fc.boolean(),
      graces: fc.nat(2),
      minLeftMs: fc.constantFrom(0, 2 * HOUR_MS),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ do: fc.constantFrom("expire" as const, "snapshot" as const, "holders" as const) }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("since" as const), back: fc.nat(12) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("wait" as const), ms: fc.nat(12) }) },
  {
    weight: 1,
    arbitrary: fc.record({
      do: fc.constantFrom("load" as const, "beginLoad" as const),
      bookings: fc.uniqueArray(bookingSeats, { selector: ({ id }) => id, maxLength: 3 }),
    }),
  },
);
export type Step = typeof step extends fc.Arbitrary<infer S> ? S : never;

export function toBooking({
  session: sessionId,
  ...rest
}: { session: string | null } & Omit<BookingSeats, "sessionId">) {
  return { ...rest, deadline: HOUR_MS, ...(sessionId === null ? {} : { sessionId }) };
}
