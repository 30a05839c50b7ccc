import type { ErrorCode, RefusalDetails } from "./errors.ts";
import type { OrderStatus } from "./resources.ts";
import type { MapPosition, SeatCounts, SeatDelta, SeatSnapshot, SeatState, ShowtimeStatus } from "./states.ts";

/** A session's seats of one showtime. Times are RFC 3339 in UTC; `ttlMs` is what was left when answered. */
export interface Hold {
  token: string;
  showtimeId: string;
  seats: string[];
  expiresAt: string;
  capAt: string;
  ttlMs: number;
}

/** Something worth knowing about an accepted hold. */
export interface HoldWarning {
  code: "orphan_seat";
  seats: string[];
}

/** What an acknowledgement carries: the answer, or one coded error. */
export type Ack<T> = ({ ok: true } & T) | { ok: false; error: AckError };

export interface AckError extends RefusalDetails {
  code: ErrorCode;
  message: string;
}

export interface JoinRequest {
  showtimeId: string;
  since?: MapPosition;
}
export type JoinAnswer = { snapshot: SeatSnapshot } | { delta: SeatDelta };

export interface HoldRequest {
  requestId: string;
  showtimeId: string;
  seats: string[];
  hold?: string;
  access?: boolean;
}
export interface HoldAnswer extends MapPosition {
  hold: Hold;
  warnings?: HoldWarning[];
}
export interface ExtendRequest {
  requestId: string;
  showtimeId: string;
}
export interface ReleaseRequest {
  requestId: string;
  showtimeId: string;
  hold?: string;
  seats?: string[];
}
export interface ReleaseAnswer extends MapPosition {
  hold: Hold | null;
}
export interface ShowtimeRequest {
  showtimeId: string;
}
export interface OccupancyRequest {
  from?: string;
  to?: string;
}

/** Counts of one showtime; those without `seats:details` or `reports:read` see `capacity` and `available` alone. */
export interface ShowtimeCounts {
  showtimeId: string;
  counts: Pick<SeatCounts, "capacity" | "available"> & Partial<SeatCounts>;
}

/** A buyer as staff know them: clerks and devices have a name, customers and guests none. */
export interface SeatBuyer {
  kind: "guest" | "customer" | "staff" | "device";
  name?: string;
}

/** Who has a seat, for staff: `by` names a session, a customer or a device, `until` when it ends. */
export interface SeatDetail {
  seatId: string;
  state: SeatState;
  by?: string;
  who?: SeatBuyer;
  until?: string;
  orderNumber?: string;
  /** Why it is blocked, and for whom. */
  reason?: string;
  name?: string;
}

/** What a client may send. Each event takes one object and an acknowledgement. */
export interface ClientEvents {
  "showtime:join": (payload: JoinRequest, ack: (answer: Ack<JoinAnswer>) => void) => void;
  "showtime:leave": (payload: ShowtimeRequest, ack: (answer: Ack<object>) => void) => void;
  "seats:hold": (payload: HoldRequest, ack: (answer: Ack<HoldAnswer>) => void) => void;
  "hold:extend": (payload: ExtendRequest, ack: (answer: Ack<HoldAnswer>) => void) => void;
  "seats:release": (payload: ReleaseRequest, ack: (answer: Ack<ReleaseAnswer>) => void) => void;
  "hold:resume": (payload: ShowtimeRequest, ack: (answer: Ack<ReleaseAnswer>) => void) => void;
  "occupancy:watch": (payload: OccupancyRequest, ack: (answer: Ack<{ showtimes: ShowtimeCounts[] }>) => void) => void;
  "seats:watch-details": (payload: ShowtimeRequest, ack: (answer: Ack<{ seats: SeatDetail[] }>) => void) => void;
}

/** Why a hold is not what it was, told to its owner. */
export type HoldChangeReason = "expired" | "evicted" | "paying" | "declined" | "sold";

/** What a server may push. */
export interface ServerEvents {
  "seats:changed": (delta: SeatDelta) => void;
  "seats:snapshot": (snapshot: SeatSnapshot) => void;
  "seats:details": (details: { showtimeId: string; seats: SeatDetail[] }) => void;
  "hold:changed": (change: {
    showtimeId: string;
    hold: Pick<Hold, "token" | "seats" | "expiresAt"> | null;
    reason: HoldChangeReason;
  }) => void;
  "order:changed": (change: { orderId: string; status: OrderStatus }) => void;
  "occupancy:changed": (change: { showtimes: ShowtimeCounts[] }) => void;
  "showtime:changed": (change: { showtimeId: string; status: ShowtimeStatus; startsAt: string }) => void;
  "server:closing": (notice: { reconnectInMs: number }) => void;
}
