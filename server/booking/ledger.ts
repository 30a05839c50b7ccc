/**
 * The books: orders (and tombstones of checkouts that never became one), as selling reads and writes them.
 *
 * Promises: every change is a compare-and-set on the whole document, so a decision made on an order is
 * written only if nobody else changed it since. What the seat map must know of an order is a pure
 * function of its document.
 */
import { isDeepStrictEqual } from "node:util";
import { type Clock, timestamp } from "../basics/clock.ts";
import type { BookingSeats } from "../seatmap/port.ts";
import { type BlockDoc, type BookingDoc, bookings, type OrderDoc, users } from "../store/collections.ts";
import type { Collection, Duplicate, Inserted, Patch, Query, Store, Updated } from "../store/port.ts";
import { receiptNumber } from "./numbers.ts";
import { emailKey, findKeysOf } from "./order-search.ts";
import { toOrder } from "./order-view.ts";

export type OrderPatch = Patch<OrderDoc>;
type OrderFields = Omit<OrderDoc, "version" | "createdAt" | "updatedAt">;

export interface Ledger {
  order(orderId: string): Promise<OrderDoc | null>;
  booking(bookingId: string): Promise<BookingDoc | null>;
  insert(order: OrderFields): Promise<Inserted<OrderDoc>>;
  /** Changes an order if it is still as given. */
  change(order: OrderDoc, patch: OrderPatch): Promise<Updated<OrderDoc>>;
  /** As `change`, together with the next receipt number of a series. */
  changeNumbered(order: OrderDoc, series: string, patch: OrderPatch): Promise<Updated<OrderDoc>>;
  /** Stands in for an order that never came, so that it can never come. Duplicate: there is one after all. */
  bury(orderId: string, showtimeId: string): Promise<{ ok: true } | Duplicate>;
  /** Which of these claims somebody owns. */
  owned(claims: readonly string[]): Promise<string[]>;
  /**
   * Of every booking of a showtime: which seats it owns, and how. Ended ones count with none: a map that was
   * emptied must know their version, or a late word from before their end would bring their seats back.
   */
  readBookings(showtimeId: string): Promise<BookingSeats[]>;
  /** Picks one order or block that is due and leases it until `nextCheckAt`: nobody else gets it before. */
  takeDue(now: number, nextCheckAt: number): Promise<Pick<OrderDoc | BlockDoc, "id" | "kind"> | null>;
  /** Gives a session's orders that have no account to this one: a guest has signed in. Safe to repeat. */
  adopt(sessionId: string, customerId: string): Promise<void>;
  /** Takes a customer's name, address and id off their orders, which stay. Safe to repeat. */
  disown(customerId: string): Promise<void>;
  /** Whose account has this e-mail address; null: nobody's. */
  accountOf(email: string): Promise<string | null>;
  /** Name and e-mail address of an account; null: it is gone. */
  contactOf(customerId: string): Promise<{ name: string; email: string } | null>;
  /** Orders of one index, newest first; by start, latest first. */
  find(query: Query<OrderDoc>, page: { limit: number; after?: string }): Promise<OrderDoc[]>;
}

/** Version of a tombstone for the map: it is written once. */
export const TOMBSTONE_VERSION = 1;
/** How many documents are read at a time. */
const PAGE = 500;

export function createLedger({ store, clock }: { store: Store; clock: Clock }): Ledger {
  const documents = store.collection(bookings);
  // The same collection, asked by fields of orders. Other kinds have some of them, too: who lists looks at `kind`.
  const orders = documents as unknown as Collection<OrderDoc>;

  async function booking(bookingId: string): Promise<BookingDoc | null> {
    return (await documents.get(bookingId)) as BookingDoc | null;
  }

  async function readBookings(showtimeId: string): Promise<BookingSeats[]> {
    const found: BookingSeats[] = [];
    for (let after: string | undefined; ; ) {
      const page = await documents.find({ showtimeId }, { limit: PAGE, ...(after === undefined ? {} : { after }) });
      found.push(...(page as BookingDoc[]).map(ownedBy));
      after = page.at(-1)?.id;
      if (page.length < PAGE) return found;
    }
  }

  return {
    booking,
    async order(orderId) {
      const found = await booking(orderId);
      return found?.kind === "order" ? found : null;
    },
    async insert(order) {
      const now = timestamp(clock.now());
      return orders.insert({ ...order, findKeys: findKeysOf(order), revision: 1, createdAt: now, updatedAt: now });
    },
    change(order, { set, unset }) {
      const more = { ...revised(order, { set, unset }), updatedAt: timestamp(clock.now()) };
      return orders.update(order.id, { version: order.version }, { set: { ...set, ...more }, unset });
    },
    changeNumbered(order, receiptSeries, { set, unset }) {
      const { id, version } = order;
      const more = { revision: revisionOf(order) + 1, updatedAt: timestamp(clock.now()) };
      const series = { query: { receiptSeries }, field: "receiptSeq" } as const;
      return orders.updateNumbered(id, { version }, series, (next) => ({
        set: { ...set, ...receiptNumber(receiptSeries, next), ...more },
        unset,
      }));
    },
    async bury(id, showtimeId) {
      const now = timestamp(clock.now());
      const buried = await documents.insert({ id, kind: "tombstone", showtimeId, createdAt: now, updatedAt: now });
      return buried.ok ? { ok: true } : buried;
    },
    async owned(claims) {
      const owners = await orders.find({ claims: { in: claims } });
      const taken = new Set(owners.flatMap((owner) => owner.claims ?? []));
      return claims.filter((claim) => taken.has(claim));
    },
    readBookings,
    takeDue: (now, nextCheckAt) => orders.findAndUpdate({ nextCheckAt: { lte: now } }, { set: { nextCheckAt } }),
    async adopt(sessionId, customerId) {
      for (const { id } of await orders.find({ sessionId })) {
        const expected = { sessionId, customerId: null };
        await orders.update(id, expected, { set: { customerId, updatedAt: timestamp(clock.now()) } });
      }
    },
    async disown(customerId) {
      for (;;) {
        const page = await orders.find({ customerId }, { limit: PAGE });
        for (const order of page) {
          const { id, film } = order;
          const more = { findKeys: findKeysOf({ film }), revision: revisionOf(order) + 1 };
          const set = { ...more, updatedAt: timestamp(clock.now()) };
          await orders.update(id, { customerId }, { set, unset: ["customerId", "contact"] });
        }
        if (page.length < PAGE) return;
      }
    },
    async accountOf(email) {
      return (await store.collection(users).findOne({ emailKey: emailKey(email) }))?.id ?? null;
    },
    async contactOf(customerId) {
      const account = await store.collection(users).get(customerId);
      return account && { name: account.name, email: account.email };
    },
    find: (query, page) => orders.find(query, { ...page, descending: true }),
  };
}

/** The version of an order as clients know it; see `OrderDoc`. */
export function revisionOf({ revision, version }: Pick<OrderDoc, "revision" | "version">): number {
  return revision ?? version;
}

/** What goes with a patch: the next revision where clients can see a difference, and keys that follow from it. */
function revised(order: OrderDoc, { set = {}, unset = [] }: OrderPatch): Partial<OrderDoc> {
  const after = { ...order, ...set, ...Object.fromEntries(unset.map((field) => [field, undefined])) };
  const keys = set.contact === undefined && !unset.includes("contact") ? {} : { findKeys: findKeysOf(after) };
  return isDeepStrictEqual(toOrder(order, true), toOrder(after, true))
    ? keys
    : { ...keys, revision: revisionOf(order) + 1 };
}

/** What an order owns, as `claims` writes it. */
export function claimsOf({ showtimeId, lines }: Pick<OrderDoc, "showtimeId" | "lines">): string[] {
  return lines.map(({ seatId }) => `${showtimeId}:${seatId}`);
}

function ownedBy(booking: BookingDoc): BookingSeats {
  switch (booking.kind) {
    case "order":
      return seatsOf(booking);
    case "block":
      return blockedBy(booking);
    case "tombstone":
      return { id: booking.id, version: booking.version, seats: [], state: "paying" };
  }
}

/** What the seat map should show of a block, as of its version. Seats that are lent come back to it there. */
export function blockedBy({ id, version, seats }: BlockDoc): BookingSeats {
  return { id, version, seats: seats.map(({ index }) => index), state: "blocked" };
}

/** What the seat map should show of an order, as of its version. */
export function seatsOf(order: OrderDoc): BookingSeats {
  const { id, version, sessionId, deadlineAt: deadline, status } = order;
  const owned = new Set(order.claims ?? []);
  const lines = order.lines.filter(({ seatId }) => owned.has(`${order.showtimeId}:${seatId}`));
  const seats = lines.map(({ index }) => index);
  return status === "pending"
    ? { id, version, seats, state: "paying", sessionId, deadline }
    : { id, version, seats, state: "sold", sessionId };
}
