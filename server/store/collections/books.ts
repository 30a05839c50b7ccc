/** The books: everything that owns a seat, what was let in, what was answered. */
import type {
  Channel,
  OrderRefund,
  OrderStatus,
  OrderTicket,
  PaymentMethod,
  PaymentStatus,
  Zone,
} from "../../protocol/resources.ts";
import type { Stored } from "../port.ts";
import { collection, type Dated } from "./declare.ts";

/** What a hold was when it went into payment, so that a decline can give it back. */
export interface HoldInPayment {
  token: string;
  expiresAt: number;
  capAt: number;
  graces: number;
}

export interface BookedLine {
  seatId: string;
  /** Index in the showtime's layout. */
  index: number;
  ticketTypeId: string;
  ticketTypeName: string;
  zone: Zone;
  price: number;
}

/** One request for money, written before the provider hears of it. Its id is `<orderId>:<n>`. */
export interface PaymentAttempt {
  id: string;
  startedAt: string;
}

export interface PaymentRecord {
  method: PaymentMethod;
  provider: string;
  status: PaymentStatus;
  attempts: PaymentAttempt[];
  nextAction?: { type: "redirect"; url: string };
}

/** The house as it was when the order was made: receipts never change afterwards. */
export interface Seller {
  cinemaName: string;
  legalName: string;
  taxId: string;
  address: string;
  vatRate: number;
}

/**
 * An order. It owns the seats in `claims` (`<showtimeId>:<seatId>`, unique over all bookings); the
 * field is absent when it owns none.
 */
export interface OrderDoc extends Dated {
  kind: "order";
  claims?: string[];
  showtimeId: string;
  status: OrderStatus;
  number: string;
  channel: Channel;
  sessionId: string;
  customerId?: string;
  deviceId?: string;
  clerkId?: string;
  film: { id: string; title: string };
  startsAt: string;
  auditorium: { id: string; name: string };
  lines: BookedLine[];
  total: number;
  currency: string;
  discounts: { code: string; label: string; amount: number }[];
  seller: Seller;
  contact?: { name?: string; email?: string };
  note?: string;
  /** What staff find it by, see `findKeysOf` of the booking room. */
  findKeys?: string[];
  /** Goes up with what clients can see; `version` with every write. Orders of old have none: then it is the version. */
  revision?: number;
  payment: PaymentRecord;
  hold: HoldInPayment;
  /** By the map's clock: when the payment window ends. */
  deadlineAt: number;
  /** Set by every write that changes who has a seat, removed when the map has acknowledged it. */
  mapDue?: true;
  /** By the application's clock: when some server should look at it again. Absent: nothing is due. */
  nextCheckAt?: number;
  confirmedAt?: string;
  receiptSeries?: string;
  receiptSeq?: number;
  receiptNumber?: string;
  tickets?: OrderTicket[];
  /** Tickets that are no longer good; written together with what took them back. */
  revokedTickets?: { ticketId: string; at: string }[];
  /** The latest `at` of these. */
  ticketsRevokedAt?: string;
  refunds: OrderRefund[];
}

/** Stands where an order never came: a checkout that died before its insert. Makes a late insert fail. */
export interface TombstoneDoc extends Dated {
  kind: "tombstone";
  showtimeId: string;
}

/** A seat that is kept from sale; with a name, for somebody. */
export interface BlockedSeat {
  seatId: string;
  /** Index in the showtime's layout. */
  index: number;
  reason: string;
  name?: string;
  /** When it goes free by itself. */
  until?: string;
  at: string;
  /** The user who blocked it. */
  by: string;
  /** The order that is being made of it: it owns the seat, and gives it back should it fail. */
  lent?: { orderId: string; at: number };
}

/** All blocked seats of a showtime: it owns those that are not lent. */
export interface BlockDoc extends Dated {
  kind: "block";
  claims?: string[];
  showtimeId: string;
  seats: BlockedSeat[];
  mapDue?: true;
  nextCheckAt?: number;
}

export type BookingDoc = OrderDoc | TombstoneDoc | BlockDoc;

/** The fields of all kinds, for indexes and queries. */
type AnyBooking = Stored &
  Omit<Partial<OrderDoc>, "kind" | "id" | "version"> & { kind: BookingDoc["kind"]; seats?: BlockedSeat[] };

export const bookings = collection<AnyBooking>("bookings", {
  claims: { fields: ["claims"], unique: true },
  number: { fields: ["number"], unique: true },
  receipt: { fields: ["receiptSeries", "receiptSeq"], unique: true },
  due: { fields: ["nextCheckAt"] },
  showtime: { fields: ["showtimeId", "createdAt"] },
  session: { fields: ["sessionId", "createdAt"] },
  customer: { fields: ["customerId", "createdAt"] },
  device: { fields: ["deviceId", "createdAt"] },
  status: { fields: ["status", "createdAt"] },
  created: { fields: ["createdAt"] },
  find: { fields: ["findKeys", "createdAt"] },
  start: { fields: ["startsAt", "createdAt"] },
  revoked: { fields: ["ticketsRevokedAt"] },
});

/** The first use of a ticket, under the ticket's id: whose insert wins was let in. */
export interface CheckInDoc extends Stored {
  showtimeId: string;
  orderId: string;
  seatId: string;
  at: string;
  by: { class: string; subjectId: string };
}
export const checkIns = collection<CheckInDoc>("checkIns", { showtime: { fields: ["showtimeId", "at"] } });

/** One per caller, route and key; its id is the hash of the three. */
export interface IdempotencyDoc extends Stored {
  bodyHash: string;
  /** Made before the work begins, so that whoever takes over does the same work. */
  subjectId: string;
  /** By the application's clock: until then somebody is at it. */
  leaseUntil: number;
  /** The answer: an HTTP status, and a body where it is not the subject as it is now. */
  status?: number;
  body?: string;
  forgetAt: number;
}
export const idempotency = collection<IdempotencyDoc>("idempotency", { forget: { fields: ["forgetAt"] } });
