import type { SeatCounts, ShowtimeStatus } from "./states.ts";

/** The JSON of the HTTP interface, as clients receive it. Times RFC 3339 in UTC, money in integer minor units. */

export interface Page<T> {
  items: T[];
  nextCursor: string | null;
}

interface Document {
  id: string;
  version: number;
  createdAt: string;
  updatedAt: string;
}

export interface Genre extends Document {
  name: string;
}

export type FilmStatus = "draft" | "showing" | "archived";

export interface Film extends Document {
  title: string;
  originalTitle?: string;
  synopsis?: string;
  durationMinutes: number;
  genreIds: string[];
  certificate?: string;
  language?: string;
  releaseDate?: string;
  director?: string;
  posterUrl?: string;
  status: FilmStatus;
  /** Only where asked for: what is still to come, soonest first. */
  showtimes?: FilmShowtime[];
}

export interface FilmShowtime {
  id: string;
  startsAt: string;
  auditorium: { id: string; name: string };
  attributes: string[];
  counts: SeatCounts;
}

export type SeatKind = "standard" | "vip" | "wheelchair" | "companion";
export type Zone = "standard" | "vip";

/** A seat on the chart: `x` counts places from the left, `y` rows from the screen, both from 0, aisles included. */
export interface Seat {
  id: string;
  row: string;
  number: number;
  kind: SeatKind;
  zone: Zone;
  x: number;
  y: number;
}

export interface Auditorium extends Document {
  name: string;
  chart: string;
  capacity: number;
  seats: Seat[];
}

export interface TicketType extends Document {
  name: string;
  order: number;
  active: boolean;
}

export interface Price {
  zone: Zone;
  ticketTypeId: string;
  amount: number;
}

export type Weekday = "mon" | "tue" | "wed" | "thu" | "fri" | "sat" | "sun";

/** A price that counts on some days, or for what starts before some time, by the cinema's clocks. */
export interface PriceRule extends Price {
  days?: Weekday[];
  /** As in `17:00`. */
  before?: string;
}

export interface PriceList extends Document {
  name: string;
  /** Of those that fit, the first counts. */
  rules: PriceRule[];
  surcharges: { attribute: string; amount: number }[];
  /** Days of the cinema, as in `2027-03-14`, the last one included. */
  validFrom?: string;
  validUntil?: string;
}

/** Answer of `POST /price-lists/:id/quote`. */
export interface PriceQuote {
  currency: string;
  prices: Price[];
}

export interface Showtime extends Document {
  filmId: string;
  auditoriumId: string;
  startsAt: string;
  endsAt: string;
  attributes: string[];
  prices: Price[];
  /** The price list that `prices` were made by. */
  priceListId?: string;
  currency: string;
  status: ShowtimeStatus;
  orphanRule?: "off" | "warn" | "enforce";
  accessReleaseMinutes?: number;
  film: { title: string; durationMinutes: number };
  auditorium: { name: string };
  counts: SeatCounts;
}

/** A showtime that takes an auditorium when another one wants it. */
export interface InTheWay {
  id: string;
  startsAt: string;
  /** When the auditorium is free again. */
  freeAt: string;
  film: { title: string };
}

/** Answer of `POST /showtimes/check`. */
export interface ShowtimeCheck {
  /** Absent where the film is not known. */
  endsAt?: string;
  freeAt?: string;
  prices: Price[];
  conflicts: InTheWay[];
  /** What else it would be refused for. */
  errors: { path: string; message: string }[];
}

/** A showtime carried to another day; `showtimeId` is the one it was copied from. */
export interface CopiedShowtime {
  /** Absent where it was only tried. */
  id?: string;
  showtimeId: string;
  startsAt: string;
  /** Its time of day is skipped by the clocks there (it starts as much later), or comes twice (it is the first). */
  clockChange?: "skipped-hour" | "repeated-hour";
}

export interface CopyConflict {
  showtimeId: string;
  startsAt: string;
  message: string;
  /** What takes the auditorium then, where that is the reason. */
  with?: InTheWay;
}

/** Answer of `POST /showtimes/copy`. */
export interface CopyAnswer {
  created: CopiedShowtime[];
  conflicts: CopyConflict[];
  /** Those whose copies are there already. */
  skipped: { id: string; showtimeId: string; startsAt: string }[];
}

/** Answer of `GET /showtimes/:id/seats`. */
export interface ShowtimeSeats {
  showtimeId: string;
  epoch: string;
  version: number;
  states: string;
  layout: { version: number; seats: Seat[] };
}

/** A seat that is kept from sale, or reserved for somebody: then it has a name. */
export interface BlockedSeat {
  seatId: string;
  kind: "block" | "reserve";
  reason: string;
  name?: string;
  until?: string;
  at: string;
  /** The user who blocked it. */
  by: string;
}

/** Answer of `GET /showtimes/:id/blocks`. */
export interface ShowtimeBlocks {
  showtimeId: string;
  seats: BlockedSeat[];
}

export interface Settings {
  version: number;
  cinemaName: string;
  address: string;
  legalName?: string;
  taxId?: string;
  vatRate?: number;
  guestCancelMinutes?: number;
  salesEndMinutes?: SalesEndMinutes;
}
export type SalesEndMinutes = { web: number; kiosk: number; "box-office": number };

export const PERMISSIONS = [
  "catalogue:write",
  "showtimes:write",
  "seats:block",
  "seats:details",
  "sell",
  "orders:read",
  "orders:refund",
  "tickets:check",
  "users:write",
  "roles:write",
  "devices:write",
  "settings:write",
  "reports:read",
  "audit:read",
] as const;
export type Permission = (typeof PERMISSIONS)[number];

export interface Preferences {
  genreIds: string[];
  language: string;
  seating?: string;
}

/** A person; `permissions` says what `GET /me` may do, so that a console shows only that. */
export interface User extends Document {
  name: string;
  email: string;
  roleIds: string[];
  preferences: Preferences;
  status: "active" | "disabled";
  permissions?: Permission[];
}

export interface Role extends Document {
  name: string;
  permissions: Permission[];
  builtIn: boolean;
}

export type DeviceKind = "kiosk" | "box-office" | "scanner";

export interface Device extends Document {
  name: string;
  kind: DeviceKind;
  status: "waiting" | "active" | "revoked";
  lastSeenAt?: string;
  /** Of the app that runs on it, as it says. */
  appVersion?: string;
  /** As it last said, at `lastSeenAt` or before. */
  health?: DeviceHealth;
  /** Only in the answer that made the code; good until `enrolmentExpiresAt`. */
  enrolmentCode?: string;
  enrolmentExpiresAt?: string;
}

/** Parts of a device that can fail on their own. What a device does not have, it does not speak of. */
export const DEVICE_PARTS = ["link", "printer", "paper", "payment"] as const;
/** `warning`: it works, and somebody should look soon. */
export const PART_STATES = ["ok", "warning", "failed"] as const;
export type DeviceHealth = Partial<Record<(typeof DEVICE_PARTS)[number], (typeof PART_STATES)[number]>>;

export type Channel = "web" | "kiosk" | "box-office";
export type OrderStatus =
  | "pending"
  | "confirmed"
  | "declined"
  | "expired"
  | "cancelled"
  | "refunded"
  | "partially-refunded";
export type PaymentStatus = "pending" | "captured" | "declined" | "cancelled" | "refunded";
export type PaymentMethod = "card" | "cash";

export interface OrderLine {
  seatId: string;
  ticketTypeId: string;
  zone: Zone;
  price: number;
}

export interface OrderTicket {
  id: string;
  seatId: string;
  code: string;
}

export interface OrderRefund {
  id: string;
  amount: number;
  lines: string[];
  at: string;
  status: "pending" | "done" | "failed";
}

export interface Order {
  id: string;
  version: number;
  number: string;
  showtimeId: string;
  film: { id: string; title: string };
  startsAt: string;
  auditorium: { id: string; name: string };
  status: OrderStatus;
  lines: OrderLine[];
  total: number;
  currency: string;
  channel: Channel;
  deviceId?: string;
  discounts: { code: string; label: string; amount: number }[];
  payment: {
    method: PaymentMethod;
    provider: string;
    status: PaymentStatus;
    nextAction?: { type: "redirect"; url: string };
  };
  /** Until when a pending order may be paid; RFC 3339. */
  payBy?: string;
  contact?: { name?: string; email?: string };
  /** For staff alone. */
  note?: string;
  receiptNumber?: string;
  createdAt: string;
  confirmedAt?: string;
  tickets?: OrderTicket[];
  refunds: OrderRefund[];
}

/** Body of `POST /orders`. */
export interface CheckoutRequest {
  showtimeId: string;
  hold: string;
  lines: { seatId: string; ticketTypeId: string }[];
  payment: { method: PaymentMethod; token?: string };
  contact?: { name?: string; email?: string };
  codes?: string[];
}

/** Answer of the calls that open a session. */
export interface SessionAnswer {
  token: string;
  expiresAt: string;
}
