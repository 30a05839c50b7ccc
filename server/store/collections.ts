/**
 * Every collection of the ledger: the type of its documents and its indexes, in one place.
 *
 * Times are RFC 3339 in UTC, except deadlines (names ending in `At` with a number): milliseconds.
 * Must never import anything but the store port and `protocol`.
 */
import type {
  Channel,
  DeviceHealth,
  DeviceKind,
  FilmStatus,
  OrderRefund,
  OrderStatus,
  OrderTicket,
  PaymentMethod,
  PaymentStatus,
  Permission,
  Preferences,
  Price,
  PriceRule,
  SalesEndMinutes,
  Seat,
  Zone,
} from "../protocol/resources.ts";
import type { ShowtimeStatus } from "../protocol/states.ts";
import type { CollectionSpec, IndexSpec, Stored } from "./port.ts";

/** Ties indexes to a document type without repeating the type of every field. */
function collection<D extends Stored>(
  name: string,
  indexes: Readonly<Record<string, IndexSpec<D>>> = {},
): CollectionSpec<D> {
  return { name, indexes };
}

interface Dated extends Stored {
  createdAt: string;
  updatedAt: string;
  /** Somebody is about to delete it; see the catalogue's documents. */
  leaving?: true;
}

// ---- catalogue

export interface GenreDoc extends Dated {
  name: string;
  /** Folded name, see `foldText`: unique whatever the case. */
  nameKey: string;
}
export const genres = collection<GenreDoc>("genres", { name: { fields: ["nameKey"], unique: true } });

export interface FilmDoc extends Dated {
  title: string;
  /** Folded title, see `indexKey`. */
  titleKey: string;
  /**
   * What search finds it by, see `beginningsOf`; while it is showing, also all of them after `SHOWN`, so that
   * everyone's searches never read what is put away. Absent when there is no letter in it.
   */
  beginnings?: string[];
  originalTitle?: string;
  synopsis?: string;
  durationMinutes: number;
  /** Absent when the film has no genre: indexes know no empty arrays. */
  genreIds?: string[];
  certificate?: string;
  language?: string;
  releaseDate?: string;
  director?: string;
  posterUrl?: string;
  status: FilmStatus;
}
export const SHOWN = "+";
export const films = collection<FilmDoc>("films", {
  title: { fields: ["titleKey"] },
  status: { fields: ["status", "titleKey"] },
  genre: { fields: ["genreIds", "titleKey"] },
  genreAndStatus: { fields: ["status", "genreIds", "titleKey"] },
  words: { fields: ["beginnings", "titleKey"] },
});

export interface AuditoriumDoc extends Dated {
  name: string;
  nameKey: string;
  chart: string;
  /** Goes up whenever the chart changes. */
  layoutVersion: number;
}
export const auditoriums = collection<AuditoriumDoc>("auditoriums", { name: { fields: ["nameKey"], unique: true } });

/** The seats of one version of a chart. Never changed once written, so it may be cached for ever. */
export interface LayoutDoc extends Stored {
  auditoriumId: string;
  layoutVersion: number;
  seats: Seat[];
}
export const layouts = collection<LayoutDoc>("layouts", {
  auditorium: { fields: ["auditoriumId", "layoutVersion"], unique: true },
});

export interface TicketTypeDoc extends Dated {
  name: string;
  nameKey: string;
  order: number;
  active: boolean;
}
export const ticketTypes = collection<TicketTypeDoc>("ticketTypes", {
  name: { fields: ["nameKey"], unique: true },
  order: { fields: ["order"] },
});

// ---- schedule

export interface PriceListDoc extends Dated {
  name: string;
  nameKey: string;
  /** Of those that fit, the first counts. */
  rules: PriceRule[];
  /** Added to every price where the showtime has the attribute. */
  surcharges: { attribute: string; amount: number }[];
  /** Days of the cinema, as in `2027-03-14`, the last one included. */
  validFrom?: string;
  validUntil?: string;
  /** Every ticket type that its rules name. */
  ticketTypeIds: string[];
}
export const priceLists = collection<PriceListDoc>("priceLists", {
  name: { fields: ["nameKey"], unique: true },
  ticketType: { fields: ["ticketTypeIds"] },
});

export interface ShowtimeDoc extends Dated {
  filmId: string;
  auditoriumId: string;
  layoutId: string;
  startsAt: string;
  endsAt: string;
  /** End of the cleaning after the film: until then the auditorium is taken. */
  freeAt: string;
  /**
   * The blocks of five minutes that it takes in its auditorium, counted from 1970: no two showtimes may
   * have the same one. Absent when it takes none, as when cancelled.
   */
  blocks?: number[];
  attributes: string[];
  prices: Price[];
  /** The price list that `prices` were made by; they do not follow when it changes. */
  priceListId?: string;
  /** Every ticket type that it has had a price for since it left the draft. Absent when there is none. */
  ticketTypeIds?: string[];
  status: ShowtimeStatus;
  orphanRule?: "off" | "warn" | "enforce";
  accessReleaseMinutes?: number;
}
export const showtimes = collection<ShowtimeDoc>("showtimes", {
  start: { fields: ["startsAt"] },
  film: { fields: ["filmId", "startsAt"] },
  auditorium: { fields: ["auditoriumId", "startsAt"] },
  place: { fields: ["auditoriumId", "blocks"], unique: true },
  status: { fields: ["status", "startsAt"] },
  ticketType: { fields: ["ticketTypeIds"] },
  priceList: { fields: ["priceListId"] },
});

/** One document, id `house`: the settings of the cinema. */
export interface SettingsDoc extends Dated {
  cinemaName: string;
  legalName: string;
  taxId: string;
  address: string;
  /** Percent, e.g. 10 for 10 %. Prices include it. */
  vatRate: number;
  guestCancelMinutes: number;
  salesEndMinutes: SalesEndMinutes;
}
export const settings = collection<SettingsDoc>("settings");

// ---- the books

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

// ---- people and keys

export interface RoleDoc extends Dated {
  name: string;
  nameKey: string;
  permissions: Permission[];
  builtIn: boolean;
}
export const roles = collection<RoleDoc>("roles", { name: { fields: ["nameKey"], unique: true } });

export interface UserDoc extends Dated {
  name: string;
  email: string;
  emailKey: string;
  /** See `findKeysOf`. */
  findKeys: string[];
  passwordHash: string;
  roleIds?: string[];
  preferences: Preferences;
  status: "active" | "disabled";
}
export const users = collection<UserDoc>("users", {
  email: { fields: ["emailKey"], unique: true },
  role: { fields: ["roleIds"] },
  status: { fields: ["status", "emailKey"] },
  find: { fields: ["findKeys"] },
});

/** Lets its owner choose a new password. Its id is the hash of the code. */
export interface PasswordCodeDoc extends Stored {
  userId: string;
  /** Of the e-mail address and password that it replaces: with either of them gone, the code is over. */
  mark: string;
  expiresAt: number;
}
export const passwordCodes = collection<PasswordCodeDoc>("passwordCodes", {
  user: { fields: ["userId"] },
  expiry: { fields: ["expiresAt"] },
});

/** A user who is being forgotten, under the user's id: written before the user goes, kept until nothing names them. */
export interface ErasureDoc extends Stored {
  at: number;
}
export const erasures = collection<ErasureDoc>("erasures", { at: { fields: ["at"] } });

/** An order shown to a session that knew its number and e-mail. Its id is `<sessionId>:<orderId>`. */
export interface ShownOrderDoc extends Stored {
  forgetAt: number;
}
export const shownOrders = collection<ShownOrderDoc>("shownOrders", { forget: { fields: ["forgetAt"] } });

export interface DeviceDoc extends Dated {
  name: string;
  kind: DeviceKind;
  status: "waiting" | "active" | "revoked";
  /** Hash of the enrolment code, while it can be used. */
  codeHash?: string;
  codeExpiresAt?: number;
  lastSeenAt?: string;
}
export const devices = collection<DeviceDoc>("devices", {
  code: { fields: ["codeHash"], unique: true },
  created: { fields: ["createdAt"] },
});

/** What a device last said of itself, under the device's id: apart, so that its own version counts changes by people. */
export interface DeviceReportDoc extends Stored {
  seenAt: string;
  appVersion?: string;
  health?: DeviceHealth;
}
export const deviceReports = collection<DeviceReportDoc>("deviceReports");

/** A renewable session: what the refresh cookie stands for. Its id is the session's own, as in the tokens. */
export interface SessionDoc extends Stored {
  class: "customer" | "staff" | "device";
  /** The user or device. */
  subjectId: string;
  /** The box-office device that a clerk signed in on. */
  deviceId?: string;
  /** Of the refresh token that is good now. */
  refreshHash: string;
  /** Of those before it, newest first: the newest is accepted for some seconds, the others are a theft. */
  previousHashes?: string[];
  /** Makes the next refresh token out of the one before, so that a repeated renewal gets the same answer. */
  chainKey: string;
  rotatedAt: number;
  /** A kiosk's sessions for one customer each, newest last: the one that runs and those that ended a moment ago. */
  visits?: { sessionId: string; endedAt?: number }[];
  expiresAt: number;
}
export const sessions = collection<SessionDoc>("sessions", {
  refresh: { fields: ["refreshHash"], unique: true },
  previous: { fields: ["previousHashes"] },
  subject: { fields: ["subjectId"] },
  expiry: { fields: ["expiresAt"] },
});

/**
 * A session, user or device whose tokens must not be trusted any more; polled by every server. `rights`: what
 * a user may do changed; tokens stay good, sockets are cut to come back with what they may now.
 */
export interface RevocationDoc extends Stored {
  kind: "session" | "user" | "device" | "rights";
  subjectId: string;
  at: number;
  forgetAt: number;
}
export const revocations = collection<RevocationDoc>("revocations", {
  at: { fields: ["at"] },
  forget: { fields: ["forgetAt"] },
});

/** A signing key, one set per token class. `jwk` is the private key. */
export interface KeyDoc extends Stored {
  use: "guest" | "customer" | "staff" | "device" | "ticket" | "webhook";
  jwk: Record<string, unknown>;
  createdAt: string;
}
export const keys = collection<KeyDoc>("keys", { use: { fields: ["use", "createdAt"] } });

/** A row of an audit chain; see the audit room. A denial that may still repeat stands outside until its count is final. */
export interface AuditDoc extends Stored {
  chain?: string;
  seq?: number;
  previousHash?: string;
  hash?: string;
  /** Until when repeats of a denial are counted here, or a change that was begun may still end. */
  openUntil?: number;
  at: string;
  actor: { kind: string; id: string };
  /** The id of the actor, to find rows by. */
  actorId: string;
  from?: string;
  action: string;
  subject?: string;
  /** `open`: a change that was begun; the row of one that was never heard of again stays so. */
  outcome: "done" | "denied" | "open";
  count: number;
  details?: Record<string, unknown>;
}
export const audit = collection<AuditDoc>("audit", {
  chain: { fields: ["chain", "seq"], unique: true },
  open: { fields: ["openUntil"] },
  at: { fields: ["at"] },
  subject: { fields: ["subject", "at"] },
  actor: { fields: ["actorId", "at"] },
  actorAction: { fields: ["actorId", "action", "at"] },
  action: { fields: ["action", "at"] },
  outcome: { fields: ["outcome", "at"] },
});

/** Single documents that describe the installation: identity, schema number, leases, flags. */
export interface InstallationDoc extends Stored {
  value: Record<string, unknown>;
}
export const installation = collection<InstallationDoc>("installation");

/** Every collection there is; adapters create indexes from it, backups walk it. */
export const COLLECTIONS = [
  genres,
  films,
  auditoriums,
  layouts,
  ticketTypes,
  priceLists,
  showtimes,
  settings,
  bookings,
  checkIns,
  idempotency,
  roles,
  users,
  passwordCodes,
  erasures,
  shownOrders,
  devices,
  deviceReports,
  sessions,
  revocations,
  keys,
  audit,
  installation,
] as const;
