import { hash, randomUUID } from "node:crypto";
import { type Clock, timestamp } from "../basics/clock.ts";
import { type Outcome, type Refusal, refuse } from "../protocol/errors.ts";
import type {
  ExtendRequest,
  Hold,
  HoldAnswer,
  HoldRequest,
  ReleaseAnswer,
  ReleaseRequest,
} from "../protocol/events.ts";
import type { Channel } from "../protocol/resources.ts";
import type { HoldRecord, MapAnswer, RepeatableCommand, SeatMap } from "../seatmap/port.ts";
import { refusalOf, seatIds } from "./answers.ts";
import type { HeldBy } from "./live-showtimes.ts";
import { type Layout, type SellableShowtime, type ShowtimeSource, sellsOn } from "./showtimes.ts";

/** Someone who may hold seats: who owns them, and under what they would be sold. */
export interface Holder {
  sessionId: string;
  channel: Channel;
  /** Also holds seats that are kept from sale. */
  maySellBlocked?: boolean;
}

export interface HoldLimits {
  ttlMs: number;
  kioskTtlMs: number;
  capMs: number;
  /** Seats that a session may have held and unpaid per showtime. */
  maxSeats: number;
  maxSeatsStaff: number;
}

export interface HoldsDeps {
  /** A map that loads itself. */
  map: Pick<SeatMap, "hold" | "extend" | "release" | "firstAnswer" | "holdOf">;
  showtimes: Pick<ShowtimeSource, "sellable">;
  heldBy: HeldBy;
  clock: Clock;
  limits: HoldLimits;
}

/**
 * The rules of holding seats. Everyone in here may hold; the edge has judged that.
 *
 * A request id that was accepted gets its first answer again, also when sales are over. `not_found`: no such showtime.
 * Lost infrastructure throws `MapUnavailable` or `StoreUnavailable`: the outcome is unknown, and
 * `resume` tells what became of it.
 */
export interface Holds {
  /** Adds seats to the session's hold, or starts one: all or none. Only while the holder's channel sells. */
  hold(holder: Holder, request: HoldRequest): Promise<Outcome<HoldAnswer>>;
  /** Moves the end to now + TTL, never past the cap. Only while the holder's channel sells. */
  extend(holder: Holder, request: ExtendRequest): Promise<Outcome<HoldAnswer>>;
  /** Gives seats back, on sale or not. Seats that are not in the hold are passed over. */
  release(holder: Holder, request: ReleaseRequest): Promise<Outcome<ReleaseAnswer>>;
  /** The session's live hold, if any. */
  resume(holder: Pick<Holder, "sessionId">, showtimeId: string): Promise<Outcome<ReleaseAnswer>>;
  /**
   * Ends every hold of a session, through whichever server it was taken: the visit at a kiosk is over. Seats in
   * payment stay. Safe to repeat.
   */
  endAll(sessionId: string): Promise<void>;
}

const CLOSED = refuse("showtime_closed", "This showtime is not on sale");

export function createHolds(deps: HoldsDeps): Holds {
  const { map, showtimes, clock, limits } = deps;

  async function find(showtimeId: string): Promise<Outcome<{ showtime: SellableShowtime }>> {
    const showtime = await showtimes.sellable(showtimeId);
    if (showtime === null || showtime.status === "draft") return refuse("not_found", "There is no such showtime");
    return { ok: true, showtime };
  }

  /** What a request is answered once sales are over: what was accepted before, its first answer. */
  async function afterSales(request: RepeatableCommand, showtime: SellableShowtime): Promise<Outcome<HoldAnswer>> {
    const first = await map.firstAnswer(request);
    if (!first.ok) return refusalOf(first, showtime.layout);
    return first.hold === null ? CLOSED : held({ ...first, hold: first.hold }, showtime);
  }

  const ttlOf = ({ channel }: Holder) => (channel === "kiosk" ? limits.kioskTtlMs : limits.ttlMs);
  const limitOf = ({ channel }: Holder) => (channel === "box-office" ? limits.maxSeatsStaff : limits.maxSeats);

  async function release(holder: Holder, request: ReleaseRequest): Promise<Outcome<ReleaseAnswer>> {
    const { showtimeId, requestId, hold } = request;
    const found = await find(showtimeId);
    if (!found.ok) return found;
    const { layout } = found.showtime;
    const seats = request.seats === undefined ? undefined : indexesOf(request.seats, layout);
    if (seats !== undefined && !Array.isArray(seats)) return seats;
    const payloadHash = hashOf(["release", hold, seats]);
    const { sessionId } = holder;
    const answer = await map.release({ showtimeId, sessionId, requestId, payloadHash, hold, seats });
    return released(answer, found.showtime);
  }

  return {
    async hold(holder, request) {
      const { showtimeId, requestId, hold } = request;
      const found = await find(showtimeId);
      if (!found.ok) return found;
      const { showtime } = found;
      const isOnSale = sellsOn(showtime, holder.channel, clock.now());
      const seats = indexesOf(request.seats, showtime.layout);
      if (!Array.isArray(seats)) return isOnSale ? seats : CLOSED;
      const payloadHash = hashOf(["hold", hold, seats, request.access === true]);
      const asked = { showtimeId, sessionId: holder.sessionId, requestId, payloadHash };
      if (!isOnSale) return afterSales(asked, showtime);
      const command = {
        ...{ ...asked, seats, hold },
        freshToken: `hld_${randomUUID()}`,
        ttlMs: ttlOf(holder),
        capMs: Math.max(limits.capMs, ttlOf(holder)),
        maxSeats: limitOf(holder),
        ...(holder.maySellBlocked === true && { over: true }),
      };
      const answer = await map.hold(command);
      return held(answer, showtime);
    },

    async extend(holder, request) {
      const { showtimeId, requestId } = request;
      const found = await find(showtimeId);
      if (!found.ok) return found;
      const { showtime } = found;
      const asked = { showtimeId, sessionId: holder.sessionId, requestId, payloadHash: hashOf(["extend"]) };
      if (!sellsOn(showtime, holder.channel, clock.now())) return afterSales(asked, showtime);
      const answer = await map.extend({ ...asked, ttlMs: ttlOf(holder) });
      return held(answer, showtime);
    },

    release,

    async resume({ sessionId }, showtimeId) {
      const found = await find(showtimeId);
      if (!found.ok) return found;
      const answer = await map.holdOf({ showtimeId, sessionId });
      return released(answer, found.showtime);
    },

    async endAll(sessionId) {
      const holder: Holder = { sessionId, channel: "kiosk" };
      for (const showtimeId of await deps.heldBy(sessionId))
        await release(holder, { showtimeId, requestId: randomUUID() });
    },
  };
}

/** Ascending indexes without repeats, or `seat_unknown`. */
function indexesOf(ids: readonly string[], layout: Layout): number[] | Refusal {
  const indexes = new Set<number>();
  for (const id of ids) {
    const index = layout.indexOf.get(id);
    if (index === undefined) return refuse("seat_unknown", `There is no seat ${id}`, { seats: [id] });
    indexes.add(index);
  }
  return [...indexes].sort((a, b) => a - b);
}

/** Tells payloads apart that came under one request id. Absent fields hash as null. */
function hashOf(payload: readonly unknown[]): string {
  return hash("sha256", JSON.stringify(payload), "base64url");
}

function held(answer: MapAnswer<{ hold: HoldRecord }>, { id, layout }: SellableShowtime): Outcome<HoldAnswer> {
  if (!answer.ok) return refusalOf(answer, layout);
  return { ok: true, hold: holdOnWire(answer.hold, id, layout, answer.at), ...answer.position };
}

function released(
  answer: MapAnswer<{ hold: HoldRecord | null }>,
  { id, layout }: SellableShowtime,
): Outcome<ReleaseAnswer> {
  if (!answer.ok) return refusalOf(answer, layout);
  const hold = answer.hold === null ? null : holdOnWire(answer.hold, id, layout, answer.at);
  return { ok: true, hold, ...answer.position };
}

/** A hold as its owner sees it; `at` is the map's time. */
function holdOnWire(record: HoldRecord, showtimeId: string, layout: Layout, at: number): Hold {
  return {
    token: record.token,
    showtimeId,
    seats: seatIds(record.seats, layout),
    expiresAt: timestamp(record.expiresAt),
    capAt: timestamp(record.capAt),
    ttlMs: Math.max(0, Math.round(record.expiresAt - at)),
  };
}
