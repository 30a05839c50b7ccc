import type { z } from "zod";
import type { Holder, Holds } from "../booking/holds.ts";
import { channelOf, mayBuy, type Principal } from "../identity/principal.ts";
import { type Outcome, refuse } from "../protocol/errors.ts";
import type { ClientEvents, JoinAnswer, JoinRequest } from "../protocol/events.ts";
import { clientPayloads } from "../schemas/events.ts";
import { validate } from "../schemas/validate.ts";
import type { Connection } from "./connection.ts";
import type { Details } from "./details.ts";
import type { Hall, Served } from "./hall.ts";
import type { Occupancy } from "./occupancy.ts";
import { createTurns } from "./turns.ts";

/** An answer, or a function that makes it in the turn in which it is sent: who joins must miss nothing between. */
export type Answer = Outcome<object> | (() => Outcome<object>);

/** Does what an event asks. The caller has been proved; the payload has not been looked at. */
export type Handler = (connection: Connection, payload: unknown) => Promise<Answer>;

export interface HandlersDeps {
  holds: Holds;
  hall: Hall;
  occupancy: Occupancy;
  details: Details;
}

/** Showtimes that one socket may watch at the same time: a wall of maps, not a crawler. */
const JOINED_MAX = 50;

/**
 * What clients may ask, by event. A map, not an object: an event may be called `__proto__`.
 * Every handler validates, authorises, calls one function of a room.
 */
export function createHandlers(deps: HandlersDeps): ReadonlyMap<string, Handler> {
  const { holds, hall, occupancy, details } = deps;
  const handlers = new Map<string, Handler>();
  const turns = createTurns();

  function on<E extends keyof ClientEvents>(
    event: E,
    handle: (connection: Connection, payload: z.output<(typeof clientPayloads)[E]>) => Promise<Answer>,
  ): void {
    handlers.set(event, async (connection, payload) => {
      const judged = validate(clientPayloads[event], payload);
      return judged.ok ? handle(connection, judged.value as z.output<(typeof clientPayloads)[E]>) : judged;
    });
  }

  /** As `on`, for those who may hold; afterwards the socket hears what becomes of the hold. */
  function onHold<E extends "seats:hold" | "hold:extend" | "seats:release" | "hold:resume">(
    event: E,
    handle: (holder: Holder, payload: z.output<(typeof clientPayloads)[E]>) => Promise<Outcome<object>>,
  ): void {
    on(event, async (connection, payload) => {
      const { principal } = connection;
      if (!mayBuy(principal)) return refuse("forbidden", "You may not hold seats");
      const { sessionId } = principal;
      const maySellBlocked = principal.permissions.has("seats:block");
      const answer = await handle({ sessionId, channel: channelOf(principal), maySellBlocked }, payload);
      if (answer.ok) await keep(hall, payload.showtimeId, connection);
      return answer;
    });
  }

  on("showtime:join", async (connection, request) => {
    const turn = turns.begin(connection, request.showtimeId);
    const opened = await openFor(hall, connection, request.showtimeId);
    // Left or joined again while this one was under way: the later word counts.
    return () => {
      const isLatest = turn.end();
      return opened.ok ? join(hall, connection, opened.served, request, isLatest) : opened;
    };
  });
  on("showtime:leave", async (connection, { showtimeId }) => {
    turns.callOff(connection, showtimeId);
    hall.find(showtimeId)?.room.leave(connection);
    details.forget(connection, showtimeId);
    return { ok: true };
  });
  onHold("seats:hold", (holder, request) => holds.hold(holder, request));
  onHold("hold:extend", (holder, request) => holds.extend(holder, request));
  onHold("seats:release", (holder, request) => holds.release(holder, request));
  onHold("hold:resume", (holder, { showtimeId }) => holds.resume(holder, showtimeId));
  on("occupancy:watch", async (connection, span) => {
    const enter = await occupancy.watch(connection, span, seesAllCounts(connection.principal));
    return () => ({ ok: true, showtimes: enter() });
  });
  on("seats:watch-details", async (connection, { showtimeId }) => {
    if (!connection.principal.permissions.has("seats:details"))
      return refuse("forbidden", "You may not see who has which seat");
    const opened = await hall.serve(showtimeId);
    if (!opened.ok) return opened;
    const read = await details.watch(connection, opened.served);
    if (!read.ok) return read;
    return () => {
      hall.keep(showtimeId, connection);
      return { ok: true, seats: read.enter() };
    };
  });
  return handlers;
}

/** Whether someone sees held, sold and blocked seats counted apart. */
export function seesAllCounts({ permissions }: Principal): boolean {
  return permissions.has("seats:details") || permissions.has("reports:read");
}

/** A showtime that this caller may see, caught up with everything acknowledged until now. */
async function openFor(hall: Hall, connection: Connection, showtimeId: string): Promise<Outcome<{ served: Served }>> {
  const opened = await hall.serve(showtimeId);
  if (!opened.ok) return opened;
  if (!isShownTo(connection.principal, opened.served)) return refuse("not_found", "There is no such showtime");
  await opened.served.replica.refresh();
  return opened;
}

function join(
  hall: Hall,
  connection: Connection,
  { showtimeId, room, replica }: Served,
  { since }: JoinRequest,
  isLatest: boolean,
): Outcome<JoinAnswer> {
  if (!isLatest || !connection.isOpen()) return { ok: true, snapshot: replica.current() };
  if (!room.has(connection) && hall.joinedBy(connection) >= JOINED_MAX)
    return refuse("rate_limited", `At most ${JOINED_MAX} showtimes at a time: leave some first`, {
      retryAfterMs: 1_000,
    });
  hall.keep(showtimeId, connection);
  return { ok: true, ...room.enter(connection, since) };
}

/** Drafts are for those who write the programme. */
function isShownTo({ permissions }: Principal, { replica }: Served): boolean {
  return replica.showtime().status !== "draft" || permissions.has("showtimes:write");
}

/** Makes sure that a socket hears what becomes of a hold. The hold stands where that fails: `hold:resume` tells. */
async function keep(hall: Hall, showtimeId: string, connection: Connection): Promise<void> {
  if (hall.find(showtimeId) === undefined) await hall.serve(showtimeId).catch(() => {});
  hall.keep(showtimeId, connection);
}
