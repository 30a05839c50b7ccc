/** The door: lets each ticket in once, and tells scanners which tickets are no longer good. */
import { type Clock, timestamp } from "../basics/clock.ts";
import { type Outcome, refuse } from "../protocol/errors.ts";
import { bookings, type CheckInDoc, checkIns, type OrderDoc, showtimes } from "../store/collections.ts";
import type { Collection, Store } from "../store/port.ts";
import type { TicketClaims, Tickets } from "./tickets.ts";

/** What the usher sees of a ticket that was let in. Other tickets of the order stay out of sight. */
export interface CheckIn {
  ticketId: string;
  seatId: string;
  ticketType: string;
  order: {
    id: string;
    number: string;
    showtimeId: string;
    film: OrderDoc["film"];
    startsAt: string;
    auditorium: OrderDoc["auditorium"];
  };
  firstUse: true;
}

/** Who holds the scanner. */
export type Usher = CheckInDoc["by"];

export interface Revocations {
  items: { ticketId: string; at: string }[];
  nextCursor: string | null;
  /** What to ask `since` next time: a little before now, so that a server whose clock is slow is not missed. */
  asOf: string;
}

export interface Door {
  /**
   * Lets a ticket in: of any number of scans, at any number of doors and servers, one succeeds. Refuses with
   * `invalid_request` (no such showtime), `invalid_ticket`, `wrong_showtime`, `revoked`, `already_used {at, seats}`.
   */
  checkIn(scan: { code: string; showtimeId: string }, usher: Usher): Promise<Outcome<{ checkIn: CheckIn }>>;
  /** Tickets revoked since a moment (inclusive), oldest first. `limit` counts orders: their tickets come together. */
  revocations(page: { since: string; limit: number; after?: string }): Promise<Revocations>;
}

export interface DoorDeps {
  store: Store;
  tickets: Pick<Tickets, "verify">;
  clock: Clock;
  /** Where uses are written; its unique ids are what makes the first scan the only one. */
  checkIns?: Pick<Collection<CheckInDoc>, "insert" | "get">;
}

/** Far more than the clocks of servers that share a store differ. */
const CLOCK_MARGIN_MS = 30_000;

export function createDoor({ store, tickets, clock, checkIns: given }: DoorDeps): Door {
  const orders = store.collection(bookings);
  const shows = store.collection(showtimes);
  const uses = given ?? store.collection(checkIns);

  async function letIn(claims: TicketClaims, order: OrderDoc, usher: Usher): Promise<Outcome<{ checkIn: CheckIn }>> {
    const { sub: id, sht: showtimeId, seat: seatId } = claims;
    const at = timestamp(clock.now());
    const used = await uses.insert({ id, showtimeId, orderId: order.id, seatId, at, by: usher });
    if (used.ok) return { ok: true, checkIn: checkInOf(claims, order) };
    const first = await uses.get(id);
    return refuse("already_used", `The ticket for ${seatId} was used before`, { at: first?.at ?? at, seats: [seatId] });
  }

  return {
    async checkIn({ code, showtimeId }, usher) {
      if ((await shows.get(showtimeId)) === null)
        return refuse("invalid_request", "The request is not valid", {
          errors: [{ path: "showtimeId", message: "There is no such showtime" }],
        });
      const proof = await tickets.verify(code, showtimeId);
      if (!proof.ok) return proof;
      const order = await orders.findOne({ number: proof.claims.ord });
      if (order === null) return refuse("invalid_ticket", "No order knows this ticket");
      if (!isGood(order as OrderDoc, proof.claims.sub, code))
        return refuse("revoked", "This ticket was given back", { seats: [proof.claims.seat] });
      return letIn(proof.claims, order as OrderDoc, usher);
    },
    async revocations({ since, limit, after }) {
      const asOf = timestamp(clock.now() - CLOCK_MARGIN_MS);
      const found = await orders.find({ ticketsRevokedAt: { gte: since } }, { limit: limit + 1, after });
      const page = found.slice(0, limit);
      return {
        items: page.flatMap(({ revokedTickets = [] }) => revokedTickets.filter(({ at }) => at >= since)),
        nextCursor: found.length > limit ? (page.at(-1)?.id ?? null) : null,
        asOf,
      };
    },
  };
}

/** A ticket is good while its order is paid and still carries this very code. */
function isGood(order: OrderDoc, ticketId: string, code: string): boolean {
  if (order.status !== "confirmed" && order.status !== "partially-refunded") return false;
  return order.tickets?.some((ticket) => ticket.id === ticketId && ticket.code === code) ?? false;
}

function checkInOf(claims: TicketClaims, order: OrderDoc): CheckIn {
  const { id, number, showtimeId, film, startsAt, auditorium } = order;
  return {
    ticketId: claims.sub,
    seatId: claims.seat,
    ticketType: claims.tty,
    order: { id, number, showtimeId, film, startsAt, auditorium },
    firstUse: true,
  };
}
