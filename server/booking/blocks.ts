/**
 * Seats kept from sale, and reservations by name: which seats, why and until when.
 *
 * Promises: all seats of a showtime that are blocked are one booking, so that blocking, freeing and changing the
 * reason of any number of them is one atomic write; its claims stand under the same unique index as those of orders.
 * The map follows the ledger, whoever dies between. A seat that is sold by somebody who may is lent to the order
 * first, and comes back should the order fail; it is never owned twice.
 */
import { randomUUID } from "node:crypto";
import { type Clock, timestamp } from "../basics/clock.ts";
import { derivedId } from "../basics/ids.ts";
import { createLanes } from "../basics/lanes.ts";
import { type Outcome, type Refusal, refuse } from "../protocol/errors.ts";
import type { ShowtimeBlocks } from "../protocol/resources.ts";
import { MapUnavailable, type SeatMap } from "../seatmap/port.ts";
import { type BlockDoc, type BlockedSeat, bookings, type OrderDoc } from "../store/collections.ts";
import type { Collection, Patch, Store } from "../store/port.ts";
import { refusalOf } from "./answers.ts";
import { keepSeats } from "./keeping.ts";
import { blockedBy, type Ledger } from "./ledger.ts";
import { createLentSeats, LOOK_AGAIN_MS } from "./lent-seats.ts";
import { passBy, type Reached } from "./points.ts";
import type { SellableShowtime, ShowtimeSource } from "./showtimes.ts";

export interface BlockRequest {
  seats: readonly string[];
  reason: string;
  /** Whom they are reserved for. */
  name?: string | undefined;
  /** When they go free by themselves, RFC 3339 in UTC. */
  until?: string | undefined;
}

export interface Blocks {
  /** In the order of the house. */
  list(showtimeId: string): Promise<BlockedSeat[]>;
  /**
   * Blocks seats, all or none; those that are blocked already get the new reason, name and end. `seat_taken`: held,
   * in payment or sold. `showtime_closed`: a draft, whose seats may change yet, or cancelled. Safe to repeat.
   */
  put(showtimeId: string, request: BlockRequest, by: string): Promise<Outcome<{ seats: BlockedSeat[] }>>;
  /** Frees seats. Those that are not blocked are passed over. Answers which were. */
  free(showtimeId: string, seats: readonly string[]): Promise<Outcome<{ freed: string[] }>>;
  /**
   * Gives way to an order that is about to claim blocked seats. False: none of its seats is blocked. The block takes
   * them back should the order come to nothing.
   */
  lend(order: Pick<OrderDoc, "id" | "showtimeId" | "lines">): Promise<boolean>;
  /** Does for a block all that can be done now. Any number of times, in any process. */
  drive(blockId: string): Promise<void>;
}

export interface BlocksDeps {
  store: Store;
  ledger: Pick<Ledger, "booking" | "bury" | "owned">;
  /** A map that loads itself. */
  map: Pick<SeatMap, "hold" | "release" | "settle">;
  reload(showtimeId: string): Promise<void>;
  showtimes: Pick<ShowtimeSource, "sellable">;
  clock: Clock;
  reached?: Reached;
}

/** Nobody else looks at a block that this process is working on for this long. */
const CARE_MS = 3_000;

const NO_SHOWTIME = refuse("not_found", "There is no such showtime");
const NOT_NOW = refuse("showtime_closed", "Seats are blocked while a showtime is on sale or closed");

type BlockPatch = Patch<BlockDoc>;

export function createBlocks(deps: BlocksDeps): Blocks {
  const { ledger, map, clock } = deps;
  const reached = deps.reached ?? passBy;
  const lanes = createLanes();
  const lentSeats = createLentSeats({ ledger, clock });
  // All kinds of bookings share one collection; under these ids are blocks alone.
  const documents = deps.store.collection(bookings) as unknown as Collection<BlockDoc>;

  const blockOf = (showtimeId: string) => documents.get(blockIdOf(showtimeId));

  const toldNow = () => ({ mapDue: true as const, nextCheckAt: clock.now() + CARE_MS });

  /** Writes the seats of a block as of a version, or a new block; by default the map must hear of it. */
  async function write(
    block: BlockDoc | null,
    showtimeId: string,
    seats: BlockedSeat[],
    due: Pick<BlockDoc, "mapDue" | "nextCheckAt"> = toldNow(),
  ) {
    const now = clock.now();
    const claims = claimsOf(showtimeId, seats);
    const set = { seats, ...due, updatedAt: timestamp(now), ...(claims.length > 0 && { claims }) };
    if (block !== null) {
      const unset: BlockPatch["unset"] = claims.length > 0 ? [] : ["claims"];
      return documents.update(block.id, { version: block.version }, { set, unset });
    }
    const id = blockIdOf(showtimeId);
    return documents.insert({ id, kind: "block", showtimeId, createdAt: timestamp(now), ...set });
  }

  async function tellMap(block: BlockDoc): Promise<void> {
    reached("block-written", block.id);
    const answer = await map.settle({ showtimeId: block.showtimeId, booking: blockedBy(block) });
    if (!answer.ok && answer.why !== "not_loaded") throw new MapUnavailable(`the map refused: ${answer.why}`);
  }

  /** Seats that the block can't have back, because somebody owns them by now, leave it. */
  async function withoutOwned(block: BlockDoc, seats: BlockedSeat[]): Promise<BlockedSeat[]> {
    const mine = new Set(block.claims);
    const wanted = claimsOf(block.showtimeId, seats).filter((claim) => !mine.has(claim));
    const gone = new Set(await ledger.owned(wanted));
    return seats.filter(({ seatId, lent }) => lent !== undefined || !gone.has(`${block.showtimeId}:${seatId}`));
  }

  /** True: it came to rest. */
  async function step(blockId: string): Promise<boolean> {
    const block = await documents.get(blockId);
    if (block === null) return true;
    const seats = await lentSeats.byNow(block);
    if (seats !== null) {
      const written = await write(block, block.showtimeId, seats);
      if (!written.ok && written.code === "duplicate")
        await write(block, block.showtimeId, await withoutOwned(block, seats));
      return false;
    }
    if (block.mapDue) await tellMap(block);
    const next = lentSeats.nextLook(block);
    if (!block.mapDue && block.nextCheckAt === next) return true;
    const unset: BlockPatch["unset"] = ["mapDue", ...(next === undefined ? (["nextCheckAt"] as const) : [])];
    const rested = await documents.update(blockId, { version: block.version }, { set: { nextCheckAt: next }, unset });
    return rested.ok;
  }

  const drive = (blockId: string): Promise<void> =>
    lanes.run(blockId, async () => {
      while (!(await step(blockId))) {}
    });

  /** As `drive`, for whoever has written already: a map that is down is told later. */
  async function driveOn(blockId: string): Promise<void> {
    await drive(blockId).catch((error: unknown) => {
      if (!(error instanceof MapUnavailable)) throw error;
    });
  }

  async function find(showtimeId: string, seatIds: readonly string[]) {
    const showtime = await deps.showtimes.sellable(showtimeId);
    if (showtime === null) return NO_SHOWTIME;
    const unknown = seatIds.filter((seatId) => !showtime.layout.indexOf.has(seatId));
    if (unknown.length > 0) return refuse("seat_unknown", "There is no such seat", { seats: unknown });
    return { ok: true as const, showtime };
  }

  /** New seats of the block. None: nothing is kept, and there is nothing to let go. */
  async function keep({ id: showtimeId, layout }: SellableShowtime, seatIds: readonly string[]) {
    if (seatIds.length === 0) return { ok: true as const, letGo: async () => {} };
    const seats = seatIds.map((seatId) => layout.indexOf.get(seatId) ?? -1);
    const kept = await keepSeats(map, { showtimeId, sessionId: `block:${randomUUID()}` }, seats);
    return kept.ok ? kept : refusalOf(kept, layout);
  }

  async function put(showtime: SellableShowtime, request: BlockRequest, by: string): Promise<Outcome<{ id: string }>> {
    const block = await blockOf(showtime.id);
    const known = new Map(block?.seats.map((seat) => [seat.seatId, seat]));
    const wanted = [...new Set(request.seats)];
    const lent = wanted.filter((seatId) => known.get(seatId)?.lent !== undefined);
    if (lent.length > 0) return taken(lent);
    const kept = await keep(
      showtime,
      wanted.filter((seatId) => !known.has(seatId)),
    );
    if (!kept.ok) return kept;
    const { reason, name, until } = request;
    const note = { reason, ...(name !== undefined && { name }), ...(until !== undefined && { until }) };
    for (const seatId of wanted) {
      const index = showtime.layout.indexOf.get(seatId) ?? -1;
      known.set(seatId, { seatId, index, ...note, at: timestamp(clock.now()), by });
    }
    const seats = [...known.values()].sort((a, b) => a.index - b.index);
    const written = await write(block, showtime.id, seats);
    if (written.ok) return { ok: true, id: written.document.id };
    await kept.letGo();
    if (written.code === "missed" || written.index === "id") return put(showtime, request, by);
    return mapWasWrong(showtime, block, seats);
  }

  async function mapWasWrong({ id }: SellableShowtime, block: BlockDoc | null, seats: BlockedSeat[]) {
    const mine = new Set(block?.claims);
    const owned = await ledger.owned(claimsOf(id, seats).filter((claim) => !mine.has(claim)));
    await deps.reload(id);
    return taken(owned.map((claim) => claim.slice(id.length + 1)));
  }

  return {
    list: async (showtimeId) => (await blockOf(showtimeId))?.seats ?? [],

    async put(showtimeId, request, by) {
      const found = await find(showtimeId, request.seats);
      if (!found.ok) return found;
      const { status } = found.showtime;
      // What is wrong with the request is told before what is in its way.
      if (request.until !== undefined && Date.parse(request.until) <= clock.now()) return PAST;
      if (status !== "on-sale" && status !== "closed") return NOT_NOW;
      const done = await put(found.showtime, request, by);
      if (!done.ok) return done;
      await driveOn(done.id);
      return { ok: true, seats: (await blockOf(showtimeId))?.seats ?? [] };
    },

    async free(showtimeId, seatIds) {
      const found = await find(showtimeId, seatIds);
      if (!found.ok) return found;
      for (;;) {
        const block = await blockOf(showtimeId);
        const freed = block?.seats.filter(({ seatId }) => seatIds.includes(seatId)).map(({ seatId }) => seatId) ?? [];
        if (block === null || freed.length === 0) return { ok: true, freed };
        const left = block.seats.filter(({ seatId }) => !freed.includes(seatId));
        if (!(await write(block, showtimeId, left)).ok) continue;
        await driveOn(block.id);
        return { ok: true, freed };
      }
    },

    async lend({ id: orderId, showtimeId, lines }) {
      for (;;) {
        const block = await blockOf(showtimeId);
        const wanted = new Set(lines.map(({ seatId }) => seatId));
        const isLent = ({ seatId, lent }: BlockedSeat) => wanted.has(seatId) && lent === undefined;
        if (block === null || !block.seats.some(isLent)) return false;
        const lent = { orderId, at: clock.now() };
        const seats = block.seats.map((seat) => (isLent(seat) ? { ...seat, lent } : seat));
        // The map has seen the seats change hands already.
        const due = { nextCheckAt: clock.now() + LOOK_AGAIN_MS };
        if (!(await write(block, showtimeId, seats, due)).ok) continue;
        reached("block-lent", orderId);
        return true;
      }
    },

    drive,
  };
}

const PAST = refuse("invalid_request", "The end has passed already", {
  errors: [{ path: "until", message: "must lie in the future" }],
});

/** The one block of a showtime. */
export function blockIdOf(showtimeId: string): string {
  return derivedId("blk", showtimeId);
}

function claimsOf(showtimeId: string, seats: readonly BlockedSeat[]): string[] {
  return seats.flatMap(({ seatId, lent }) => (lent === undefined ? [`${showtimeId}:${seatId}`] : []));
}

function taken(seats: string[]): Refusal {
  return refuse("seat_taken", "Someone else has these seats", { seats });
}

/** Blocked seats as staff see them. */
export function toBlocks(showtimeId: string, seats: readonly BlockedSeat[]): ShowtimeBlocks {
  return {
    showtimeId,
    seats: seats.map(({ index: _, lent: _lent, ...seat }) => ({
      ...seat,
      kind: seat.name === undefined ? "block" : "reserve",
    })),
  };
}
