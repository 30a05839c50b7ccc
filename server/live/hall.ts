import type { SellableShowtime } from "../booking/showtimes.ts";
import { type Outcome, refuse } from "../protocol/errors.ts";
import type { MapMessage } from "../seatmap/port.ts";
import type { Connection } from "./connection.ts";
import { openReplica, type Replica, type ReplicaDeps } from "./replica.ts";
import { createRoom, type Room, type RoomSource } from "./room.ts";

/** A showtime that this server serves: its replica, who watches, and who owns a hold or an order there. */
export interface Served {
  readonly showtimeId: string;
  readonly replica: Replica;
  readonly room: Room;
}

export type Notice = Extract<MapMessage, { kind: "hold" | "order" }>;

export interface HallDeps extends ReplicaDeps {
  onNotice(showtimeId: string, notice: Notice): void;
  /** Seats of a showtime changed, or everything about it did. */
  onChanged(showtimeId: string): void;
  onRescheduled(showtimeId: string, showtime: SellableShowtime): void;
  onSent(messages: number): void;
  /** A showtime that was open was read anew. */
  onResync(): void;
  /** How long a showtime is kept after the last who cared: a reload or a lost link comes back. */
  lingerMs?: number;
}

/** The showtimes that somebody on this server cares about. Each is watched once, and let go some time after the last. */
export interface Hall {
  /** Opens a showtime, or joins the opening under way. Somebody must then `keep` it, or it is let go. */
  serve(showtimeId: string): Promise<Outcome<{ served: Served }>>;
  /** Holds on to a showtime until this socket is forgotten. */
  keep(showtimeId: string, connection: Connection): void;
  /** Lets go of one showtime for a socket, or of all. */
  forget(connection: Connection, showtimeId?: string): void;
  /** Whether private notices about a showtime interest a socket. */
  cares(showtimeId: string, connection: Connection): boolean;
  /** How many showtimes' seats a socket watches. */
  joinedBy(connection: Connection): number;
  /** Those that are open. */
  all(): Iterable<Served>;
  find(showtimeId: string): Served | undefined;
  close(): void;
}

const LINGER_MS = 10_000;
/** Showtimes that one socket keeps for private notices: those of a long evening of choosing. */
const KEPT_PER_SOCKET = 100;

export function createHall(deps: HallDeps): Hall {
  const lingerMs = deps.lingerMs ?? LINGER_MS;
  const opening = new Map<string, Promise<Outcome<{ served: Served }>>>();
  const open = new Map<string, Served>();
  const keepers = new Map<string, Set<Connection>>();
  const keptBy = new Map<Connection, Set<string>>();
  const lingering = new Map<string, NodeJS.Timeout>();
  let isClosed = false;

  async function openShowtime(showtimeId: string): Promise<Outcome<{ served: Served }>> {
    const source: RoomSource = { current: () => replica.current(), since: (position) => replica.since(position) };
    const room = createRoom(source, deps.onSent);
    const opened = await openReplica(deps, showtimeId, {
      changed(delta) {
        room.changed(delta);
        deps.onChanged(showtimeId);
      },
      replaced() {
        deps.onResync();
        room.replaced();
        deps.onChanged(showtimeId);
      },
      rescheduled: (showtime) => deps.onRescheduled(showtimeId, showtime),
      notice: (notice) => deps.onNotice(showtimeId, notice),
    });
    if (!opened.ok) return opened;
    const replica = opened.replica;
    const served: Served = { showtimeId, replica, room };
    if (isClosed) {
      replica.close();
      return refuse("unavailable", "The server is closing", { retryAfterMs: 1_000 });
    }
    open.set(showtimeId, served);
    linger(showtimeId);
    return { ok: true, served };
  }

  function linger(showtimeId: string): void {
    if (keepers.has(showtimeId)) return;
    clearTimeout(lingering.get(showtimeId));
    lingering.set(showtimeId, setTimeout(letGo, lingerMs, showtimeId).unref());
  }

  function letGo(showtimeId: string): void {
    lingering.delete(showtimeId);
    open.get(showtimeId)?.replica.close();
    open.delete(showtimeId);
  }

  function forgetOne(connection: Connection, showtimeId: string): void {
    open.get(showtimeId)?.room.leave(connection);
    const own = keptBy.get(connection);
    if (own?.delete(showtimeId) && own.size === 0) keptBy.delete(connection);
    const others = keepers.get(showtimeId);
    if (!others?.delete(connection) || others.size > 0) return;
    keepers.delete(showtimeId);
    linger(showtimeId);
  }

  /** The one kept longest that this socket does not watch. */
  function leastNeeded(connection: Connection, own: Set<string>): string | undefined {
    for (const showtimeId of own) if (!open.get(showtimeId)?.room.has(connection)) return showtimeId;
    return undefined;
  }

  return {
    async serve(showtimeId) {
      const served = open.get(showtimeId);
      if (served !== undefined) return { ok: true, served };
      const known = opening.get(showtimeId);
      if (known !== undefined) return known;
      const started = openShowtime(showtimeId).finally(() => opening.delete(showtimeId));
      opening.set(showtimeId, started);
      return started;
    },
    keep(showtimeId, connection) {
      if (!connection.isOpen()) return;
      const own = keptBy.get(connection) ?? new Set();
      own.delete(showtimeId);
      keptBy.set(connection, own.add(showtimeId));
      const others = keepers.get(showtimeId) ?? new Set();
      keepers.set(showtimeId, others.add(connection));
      clearTimeout(lingering.get(showtimeId));
      lingering.delete(showtimeId);
      const surplus = own.size > KEPT_PER_SOCKET ? leastNeeded(connection, own) : undefined;
      if (surplus !== undefined) forgetOne(connection, surplus);
    },
    forget(connection, showtimeId) {
      const given = showtimeId === undefined ? [...(keptBy.get(connection) ?? [])] : [showtimeId];
      for (const id of given) forgetOne(connection, id);
    },
    cares: (showtimeId, connection) => keepers.get(showtimeId)?.has(connection) ?? false,
    joinedBy(connection) {
      let joined = 0;
      for (const showtimeId of keptBy.get(connection) ?? []) if (open.get(showtimeId)?.room.has(connection)) joined++;
      return joined;
    },
    all: () => open.values(),
    find: (showtimeId) => open.get(showtimeId),
    close() {
      isClosed = true;
      for (const timer of lingering.values()) clearTimeout(timer);
      for (const { replica } of open.values()) replica.close();
      open.clear();
    },
  };
}
