/**
 * The seat map: who has which seat of a showtime right now, and until when.
 *
 * Promises: every command is all or nothing, runs alone on its showtime, first ends the holds whose
 * time is over, and moves the version by one when (and only when) a seat's visible state changed,
 * expiry included, even where the command itself is refused. What changed is published to watchers
 * by the command itself, in version order. The ledger, not this map, decides who owns a seat: the
 * map can be lost and rebuilt at any moment.
 *
 * Seats are indexes into the showtime's layout. Times are milliseconds since 1970 by the map's own
 * clock (`now`), never by an application clock. Lost infrastructure throws `MapUnavailable`;
 * everything else is a value.
 *
 * Must never import anything but `protocol`.
 */
import type { HoldChangeReason } from "../protocol/events.ts";
import type { OrderStatus } from "../protocol/resources.ts";
import type { MapPosition, SeatChange, SeatCounts } from "../protocol/states.ts";

/** A session's seats, as the map keeps them. */
export interface HoldRecord {
  token: string;
  sessionId: string;
  /** Ascending indexes, never empty. */
  seats: number[];
  expiresAt: number;
  /** No extension goes past this moment; counted from the first seat. */
  capAt: number;
  /** How often a decline had to be given extra time; see `endPayment`. */
  graces: number;
}

/** What one command changed: from the version before it to the one after. */
export interface MapDelta extends MapPosition {
  from: number;
  changes: SeatChange[];
}

/**
 * What every answer says about the map besides its own result: where it stands now, and what this
 * very command changed (null: nothing visible). `at` is the map's time.
 */
export interface MapStep {
  position: MapPosition;
  delta: MapDelta | null;
  at: number;
}

/**
 * Why the map refused.
 * - `not_loaded`: it knows nothing of this showtime, or is being rebuilt: load it, then repeat.
 * - `stale_run`: the Redis behind it is not the one that wrote it, or that heard this server last: rebuild or
 *   compare, then repeat.
 */
export type MapRefusal =
  | ({ ok: false; why: "not_loaded" | "stale_run" } & Partial<MapStep>)
  | ({ ok: false; why: "seat_taken"; seats: number[] } & MapStep)
  | ({ ok: false; why: "hold_limit"; max: number } & MapStep)
  | ({
      ok: false;
      why: "seat_unknown" | "hold_expired" | "forbidden" | "request_mismatch" | "lines_mismatch";
    } & MapStep);

export type MapAnswer<T> = ({ ok: true } & MapStep & T) | MapRefusal;

/** What all commands of a session have in common. */
interface SessionCommand {
  showtimeId: string;
  sessionId: string;
}

/**
 * A command that may be sent twice. The last 64 accepted ids of a session are kept with the hash of
 * their payload and their answer: the same id and hash gets the first answer (its position and time
 * included), the same id with another hash is `request_mismatch`. Refusals are not kept.
 */
export interface RepeatableCommand extends SessionCommand {
  requestId: string;
  payloadHash: string;
}

export interface HoldCommand extends RepeatableCommand {
  seats: number[];
  /** The hold to add to; left out, the session's own, or a new one called `freshToken`. */
  hold?: string;
  freshToken: string;
  ttlMs: number;
  capMs: number;
  /** Seats that this session may have held and being paid, together. */
  maxSeats: number;
  /** Takes blocked seats, too. They go back to their block when neither hold nor sale has them any more. */
  over?: boolean;
}

export interface ExtendCommand extends RepeatableCommand {
  ttlMs: number;
}

export interface ReleaseCommand extends RepeatableCommand {
  hold?: string;
  /** Left out: all. Seats that are not in the hold are passed over. */
  seats?: number[];
}

export interface BeginPaymentCommand extends SessionCommand {
  hold: string;
  /** Must be the hold's seats exactly, in any order, else `lines_mismatch`. */
  seats: number[];
  bookingId: string;
  windowMs: number;
}

/** What the ledger says of one booking: it owns exactly these seats, in this state, as of this version. */
export interface BookingSeats {
  id: string;
  version: number;
  /** Empty: it owns nothing any more. */
  seats: number[];
  state: "paying" | "sold" | "blocked";
  /** The session that is paying; its seats count towards that session's limit. */
  sessionId?: string;
  /** `paying` only: when it becomes overdue. */
  deadline?: number;
}

/** The hold that a declined payment gives back: as it was at `beginPayment`. */
export type ReturnedHold = Pick<HoldRecord, "token" | "sessionId" | "expiresAt" | "capAt" | "graces"> & {
  /** Time that must be left on the hold, else it is granted: at most `maxGraces` times. */
  minLeftMs: number;
  maxGraces: number;
};

export interface MapSnapshot extends MapPosition {
  states: string;
  layoutVersion: number;
  counts: SeatCounts;
  at: number;
}

/** Who has a seat that is not available. */
export interface SeatHolder {
  index: number;
  by:
    | { kind: "hold"; sessionId: string; until: number }
    | { kind: "booking"; bookingId: string; state: BookingSeats["state"]; until?: number };
}

/** What watchers of a showtime are told. `hold` and `order` are private: for that session alone. */
export type MapMessage =
  | { kind: "changed"; showtimeId: string; delta: MapDelta; counts: SeatCounts }
  /** The map was rebuilt: everything known is void, read a snapshot. */
  | { kind: "reset"; showtimeId: string }
  /** The feed was cut and is back: anything may have been missed, read a snapshot. */
  | { kind: "resumed"; showtimeId: string }
  | {
      kind: "hold";
      showtimeId: string;
      sessionId: string;
      hold: HoldRecord | null;
      reason: HoldChangeReason;
    }
  | { kind: "order"; showtimeId: string; sessionId: string; orderId: string; status: OrderStatus };

export type Unwatch = () => void;

export interface SeatMap {
  /**
   * Starts a rebuild: a new epoch in state "loading". Holds are refused until `finishLoad`; holds that
   * survived stay, ledger-driven commands are recorded. Two servers may rebuild at once: each
   * `beginLoad` begins another epoch, and only the latest can be finished.
   * `keepMs`: how long the map may stay unused before it is forgotten. `unlessOpen`: begins nothing where the
   * map is open already, and answers `open` with the epoch that it has: of servers that find one map lost, the
   * second would void what the first has just rebuilt. `doubtful`: it is open, but what this server told the
   * map of bookings may have been lost: compare them with the ledger, and settle those that differ.
   */
  beginLoad(load: {
    showtimeId: string;
    seatCount: number;
    layoutVersion: number;
    keepMs: number;
    unlessOpen?: boolean;
  }): Promise<{ epoch: string; open: boolean; doubtful?: boolean }>;

  /**
   * Lays the ledger over the map and opens it: per booking the higher version counts, surviving holds
   * lose the seats that a booking owns (their owners are told `evicted`), a payment that the ledger
   * does not know yet keeps its seats. False when a later `beginLoad` overtook this one: read again.
   * Publishes `reset`. The map begins at version 1. Safe to repeat.
   */
  finishLoad(load: { showtimeId: string; epoch: string; bookings: BookingSeats[] }): Promise<boolean>;

  /**
   * Gives a session seats that are free, all or none. Adding seats moves `expiresAt` to now + `ttlMs`,
   * never past `capAt` = first seat + `capMs`. Seats already in the hold are not counted twice, and a
   * command with nothing new changes nothing.
   */
  hold(command: HoldCommand): Promise<MapAnswer<{ hold: HoldRecord }>>;
  /** Moves `expiresAt` to now + `ttlMs`, never past `capAt`, never back. No hold: `hold_expired`. */
  extend(command: ExtendCommand): Promise<MapAnswer<{ hold: HoldRecord }>>;
  /** Gives seats back. No hold and no token given: ok with null. An unknown token: `hold_expired`. */
  release(command: ReleaseCommand): Promise<MapAnswer<{ hold: HoldRecord | null }>>;
  /** The first answer to a request that was accepted; null where none is known. Does nothing, and keeps nothing. */
  firstAnswer(command: RepeatableCommand): Promise<MapAnswer<{ hold: HoldRecord | null }>>;
  /** The session's live hold, if any. */
  holdOf(command: SessionCommand): Promise<MapAnswer<{ hold: HoldRecord | null }>>;

  /**
   * Turns a whole hold into seats being paid for by a booking, until `deadline` = now + `windowMs`.
   * From here the map never frees them by itself: past the deadline `expire` lists them as overdue.
   * Answers the hold as it was, to be given back. Tells the session `paying`. Safe to repeat with the
   * same booking id, as long as that payment is open.
   */
  beginPayment(command: BeginPaymentCommand): Promise<MapAnswer<{ hold: HoldRecord; deadline: number }>>;

  /**
   * Applies what the ledger says of a booking: seats listed become its own (a hold in the way loses
   * them and its owner is told `evicted`), seats it had and that are not listed become free. A block takes
   * none from other bookings, nor from who has one over it: it gets them when they are given back. A version
   * not above the one known for this booking changes nothing and is ok. While loading it is recorded.
   * Tells the paying session `sold` when its seats go from paying to sold. Safe to repeat.
   */
  settle(command: { showtimeId: string; booking: BookingSeats }): Promise<MapAnswer<object>>;

  /**
   * Ends a payment that brought nothing: as `settle` with no seats at that version, and with `back`
   * the seats become the session's hold again, or join the one it has meanwhile. Where less than
   * `minLeftMs` is left until `expiresAt` or `capAt`, both are moved that far and one grace is
   * counted; past `maxGraces` the seats go free. Tells the session `declined` (seats back) or
   * `expired` (seats free). While loading it is recorded without `back`. Safe to repeat.
   */
  endPayment(command: {
    showtimeId: string;
    bookingId: string;
    version: number;
    back?: ReturnedHold;
  }): Promise<MapAnswer<{ hold: HoldRecord | null }>>;

  /**
   * Ends the holds that are due. Answers the payments past their deadline (booking ids) and when the
   * next hold or payment is due (null: none).
   */
  expire(showtimeId: string): Promise<MapAnswer<{ overdue: string[]; nextDue: number | null }>>;

  /** The whole map, after ending due holds. */
  snapshot(showtimeId: string): Promise<MapAnswer<{ snapshot: MapSnapshot }>>;
  /** What changed since a position; null when the log does not reach back to it, or it is of another epoch. */
  since(showtimeId: string, position: MapPosition): Promise<MapAnswer<{ since: MapDelta | null }>>;
  /** Who has which seat; available seats are left out. */
  holders(showtimeId: string): Promise<MapAnswer<{ holders: SeatHolder[] }>>;
  /** Counts of many showtimes at once, in their order; null where the map is not loaded. */
  counts(showtimeIds: readonly string[]): Promise<(SeatCounts | null)[]>;
  /** The map's time: what deadlines are compared with. */
  now(): Promise<number>;

  /** Tells a session's sockets, on whichever server, that its order changed. At most once, may be lost. */
  tellOrder(notice: { showtimeId: string; sessionId: string; orderId: string; status: OrderStatus }): Promise<void>;
  /** Calls back with everything that happens to a showtime from the moment the promise resolves. */
  watch(showtimeId: string, listener: (message: MapMessage) => void): Promise<Unwatch>;

  /** Whether commands can be expected to work, for readiness. */
  healthy(): boolean;
  close(): Promise<void>;
}

/** The map could not be asked, or its answer got lost: the outcome of the command is unknown. */
export class MapUnavailable extends Error {
  override name = "MapUnavailable";
}
