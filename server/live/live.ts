/**
 * The socket edge: everything that is live.
 *
 * Promises: whoever is connected has proved who they are, and is cut within 5 s of no longer being
 * trusted; every event is answered; viewers of a showtime get every change in order, merged but never
 * with a gap; no client can make the server crash, wait or grow without bound. Must never import an
 * adapter, and is imported by `edges.ts` only.
 */
import type { Server as HttpServer } from "node:http";
import type { Socket } from "socket.io";
import { type Clock, timestamp } from "../basics/clock.ts";
import { seatIds } from "../booking/answers.ts";
import type { Holds } from "../booking/holds.ts";
import type { ShowtimeSource } from "../booking/showtimes.ts";
import type { Config } from "../config.ts";
import { concerns } from "../identity/identity.ts";
import type { Revoked } from "../identity/revocations.ts";
import type { SeatMap } from "../seatmap/port.ts";
import type { BucketSize } from "./bucket.ts";
import { type Connection, type Connections, createConnection, createConnections, EVENTS } from "./connection.ts";
import { createDetails, type Details, type DetailsDeps } from "./details.ts";
import { createDispatch, type DispatchDeps } from "./dispatch.ts";
import { CLOSING_HANDSHAKE_MS, openServer, trackWebsockets } from "./engine.ts";
import { failureOf, type LiveLogger } from "./failures.ts";
import { createHall, type Hall, type HallDeps, type Notice } from "./hall.ts";
import { createHandlers, seesAllCounts } from "./handlers.ts";
import { type Authenticate, CONNECTS, createHandshake } from "./handshake.ts";
import { createOccupancy, type Occupancy, type OccupancyDeps } from "./occupancy.ts";
import { createPatrol } from "./patrol.ts";
import { pause } from "./shared.ts";
import { createTrust } from "./trust.ts";
import { cutWire, encodeEvent, wireOf } from "./wire.ts";

export interface LiveDeps {
  server: HttpServer;
  /** A map that loads itself. */
  map: SeatMap;
  holds: Holds;
  showtimes: Pick<ShowtimeSource, "sellable">;
  /** The showtimes that start from `from` until before `to`. */
  list: OccupancyDeps["list"];
  /** What is known of bookings, by id. */
  notesOf: DetailsDeps["notesOf"];
  /** Whose sessions these are, by id. */
  buyersOf: DetailsDeps["buyersOf"];
  authenticate: Authenticate;
  /** Tells of each revocation once, when it begins to count. */
  onRevoked(listener: (revoked: Revoked) => void): () => void;
  /** Told of refusals by lack of rights, to be written down. */
  onDenied(denied: { event: string; connection: Connection }): void;
  /** Told of each answer, to be counted. */
  onAnswered?: DispatchDeps["onAnswered"];
  config: Pick<Config, "ALLOWED_ORIGINS" | "PUBLIC_URL" | "TRUST_PROXY" | "RATE_LIMITS">;
  /** Other limits than the usual; `RATE_LIMITS=off` lifts them all. */
  limits?: { connects?: BucketSize; events?: BucketSize };
  logger: LiveLogger;
  clock: Clock;
}

/** Figures for metrics. Those that only grow count since the start. */
export interface LiveStats {
  connections: number;
  showtimes: number;
  viewers: number;
  /** Sockets that do not read what they are sent. */
  behind: number;
  messagesSent: number;
  eventsLimited: number;
  socketsCut: number;
  /** Seat maps that were read anew. */
  resyncs: number;
}

export interface Live {
  /**
   * Makes sure that this server hears what becomes of a session's order: its sockets here are told.
   * Call it before the order is made. Does nothing when the session has no socket here.
   */
  watchOrder(sessionId: string, showtimeId: string): Promise<void>;
  /** A showtime's status or start was changed by this server: viewers are told now instead of within seconds. */
  showtimeChanged(showtimeId: string): Promise<void>;
  stats(): LiveStats;
  /** Tells every client when to come back, then closes all sockets. Returns within a second. Safe to repeat. */
  close(): Promise<void>;
}

/** How often silent sockets are looked at: tokens and revocations must cut within 5 s. */
const PATROL_MS = 1_000;
/** How often a showtime's status is read again: another server may have changed it. */
const RECHECK_MS = 2_000;
/** How often the programme is read again. */
const PROGRAMME_MS = 10_000;
/** Clients come back spread over this long: all at once cost an eleven times longer wait. They are back within 3 s. */
const RECONNECT_SPREAD_MS = 1_300;
const RECONNECT_AFTER_MS = 300;
/** What a goodbye may take to get out. */
const GOODBYE_MS = 150;

/** The rooms of the edge. */
interface Rooms {
  hall: Hall;
  occupancy: Occupancy;
  details: Details;
  connections: Connections;
}

export function createLive(deps: LiveDeps): Live {
  const { logger } = deps;
  const counted = { messagesSent: 0, eventsLimited: 0, socketsCut: 0, resyncs: 0 };
  const rooms = createRooms(deps, {
    onSent(messages) {
      counted.messagesSent += messages;
    },
    onResync: () => void counted.resyncs++,
  });
  const { hall, occupancy, details, connections } = rooms;
  const isLimited = deps.config.RATE_LIMITS === "on";
  const events = isLimited ? (deps.limits?.events ?? EVENTS) : null;
  const handshake = createHandshake({ ...deps, connects: isLimited ? (deps.limits?.connects ?? CONNECTS) : null });
  const trust = createTrust(deps.authenticate, (connection) => takeRightsAway(rooms, connection));
  const dispatch = createDispatch({
    ...deps,
    trust,
    handlers: createHandlers({ ...deps, ...rooms }),
    onDenied: (connection, event) => deps.onDenied({ connection, event }),
    onLimited: () => counted.eventsLimited++,
  });
  const patrol = createPatrol({
    ...deps,
    connections,
    trust,
    onCut: () => counted.socketsCut++,
  });
  let closing: Promise<void> | null = null;
  const io = openServer(deps.server, (request) => closing === null && handshake.allows(request));
  const sockets = trackWebsockets(io);

  handshake.guard(io);
  io.on("connection", (socket) => {
    const connection = createConnection(socket, handshake.newcomer(socket), events);
    connections.add(connection);
    // Never calls on: events end here and reach no listener, whatever they are called.
    socket.use((packet) => void dispatch(connection, packet));
    socket.on("disconnect", () => letGo(rooms, connection, socket));
  });
  const unsubscribe = deps.onRevoked((revoked) => {
    for (const connection of [...connections.all()]) if (concerns(revoked, connection.principal)) connection.dismiss();
  });
  const loops = [
    every(PATROL_MS, patrol.round, logger),
    every(PROGRAMME_MS, occupancy.refresh, logger),
    every(RECHECK_MS, () => recheckAll(hall, logger), logger),
  ];

  async function sayGoodbye(): Promise<void> {
    for (const timer of loops) clearInterval(timer);
    unsubscribe();
    for (const { outlet } of connections.all()) {
      const reconnectInMs = Math.round(RECONNECT_AFTER_MS + Math.random() * RECONNECT_SPREAD_MS);
      outlet.send(encodeEvent("server:closing", { reconnectInMs }));
    }
    await pause(sockets.size > 0 ? GOODBYE_MS : 0);
    io.engine.close();
    await pause(sockets.size > 0 ? GOODBYE_MS : 0);
    // Who has not answered the closing handshake by now may be gone: the process must not wait.
    for (const socket of sockets) socket.terminate();
    hall.close();
    occupancy.close();
  }

  return {
    async watchOrder(sessionId, showtimeId) {
      const own = [...connections.ofSession(sessionId)];
      if (own.length === 0) return;
      const opened = await hall.serve(showtimeId);
      if (opened.ok) for (const connection of own) hall.keep(showtimeId, connection);
    },
    async showtimeChanged(showtimeId) {
      await Promise.all([hall.find(showtimeId)?.replica.recheck(), occupancy.refresh()]);
      details.changed(showtimeId);
    },
    stats() {
      const served = [...hall.all()];
      const viewers = served.reduce((sum, { room }) => sum + room.size(), 0);
      const behind = [...connections.all()].filter(({ outlet }) => outlet.behindSince() !== null).length;
      return { connections: connections.size(), showtimes: served.length, viewers, behind, ...counted };
    },
    close() {
      closing ??= sayGoodbye();
      return closing;
    },
  };
}

function createRooms(deps: LiveDeps, { onSent, onResync }: Pick<HallDeps, "onSent" | "onResync">): Rooms {
  const connections = createConnections();
  const hall: Hall = createHall({
    ...deps,
    ...{ onSent, onResync },
    onChanged: (showtimeId) => details.changed(showtimeId),
    onNotice: (showtimeId, notice) => tellSession({ hall, connections }, showtimeId, notice),
    onRescheduled(showtimeId, { status, startsAt }) {
      const frame = encodeEvent("showtime:changed", { showtimeId, status, startsAt });
      for (const connection of connections.all()) if (hall.cares(showtimeId, connection)) connection.outlet.send(frame);
    },
  });
  const details: Details = createDetails({ ...deps, hall, onSent });
  return { connections, hall, details, occupancy: createOccupancy({ ...deps, onSent }) };
}

/** Passes a private notice on to the session's sockets: of an order to all, of a hold to those that asked for it. */
function tellSession(
  { hall, connections }: Pick<Rooms, "hall" | "connections">,
  showtimeId: string,
  notice: Notice,
): void {
  if (notice.kind === "order") {
    const { orderId, status } = notice;
    const frame = encodeEvent("order:changed", { orderId, status });
    for (const { outlet } of connections.ofSession(notice.sessionId)) outlet.send(frame);
    return;
  }
  const layout = hall.find(showtimeId)?.replica.showtime().layout;
  if (layout === undefined) return;
  const { hold, reason } = notice;
  const seen = hold && {
    token: hold.token,
    seats: seatIds(hold.seats, layout),
    expiresAt: timestamp(hold.expiresAt),
  };
  const frame = encodeEvent("hold:changed", { showtimeId, hold: seen, reason });
  for (const connection of connections.ofSession(notice.sessionId))
    if (hall.cares(showtimeId, connection)) connection.outlet.send(frame);
}

function letGo({ connections, hall, occupancy, details }: Rooms, connection: Connection, socket: Socket): void {
  connections.remove(connection);
  hall.forget(connection);
  occupancy.forget(connection);
  details.forget(connection);
  // A client may leave the namespace and keep the connection, or not read the goodbye: nothing else would end it.
  const wire = wireOf(socket);
  wire.close();
  setTimeout(cutWire, CLOSING_HANDSHAKE_MS, wire).unref();
}

function takeRightsAway({ occupancy, details }: Rooms, connection: Connection): void {
  if (!connection.principal.permissions.has("seats:details")) details.forget(connection);
  if (!seesAllCounts(connection.principal)) occupancy.forget(connection);
}

async function recheckAll(hall: Hall, logger: LiveLogger): Promise<void> {
  for (const { replica } of [...hall.all()])
    await replica.recheck().catch((error: unknown) => failureOf(error, "reading a showtime", logger));
}

/** Runs work again and again, never twice at the same time. */
function every(ms: number, work: () => Promise<void>, logger: LiveLogger): NodeJS.Timeout {
  let isBusy = false;
  const run = async () => {
    if (isBusy) return;
    isBusy = true;
    await work().catch((error: unknown) => failureOf(error, "a loop of the socket edge", logger));
    isBusy = false;
  };
  return setInterval(() => void run(), ms).unref();
}
