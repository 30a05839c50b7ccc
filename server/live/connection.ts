import type { Socket } from "socket.io";
import type { Principal } from "../identity/principal.ts";
import { type BucketSize, createBucket, unlimited } from "./bucket.ts";
import { createOutlet, type Outlet } from "./outlet.ts";
import { cutWire, wireOf } from "./wire.ts";

/** One socket of someone who proved who they are. */
export interface Connection {
  readonly id: string;
  readonly token: string;
  /** As last proved: rights may change while a socket is open, the session never. */
  principal: Principal;
  /** Where it comes from. */
  readonly address: string;
  readonly outlet: Outlet;
  /** Counts one event; false when there were too many lately. */
  mayAsk(): boolean;
  isOpen(): boolean;
  /** Ends the connection at once, whatever waits. The client sees `transport close` and comes back by itself. */
  cut(): void;
  /** Says goodbye: the client sees `io server disconnect`, and comes back with a token that counts, if it has one. */
  dismiss(): void;
}

/** Events per socket: a burst when a page opens, then more than fingers can do. */
export const EVENTS: BucketSize = { burst: 100, perSecond: 50 };
/** Messages beyond the events that were answered `rate_limited`, before a socket is cut. */
const MESSAGES_BEYOND = 200;

export interface Newcomer {
  principal: Principal;
  token: string;
  address: string;
}

/** `events`: how many it may ask; null lifts the limit. */
export function createConnection(socket: Socket, newcomer: Newcomer, events: BucketSize | null): Connection {
  const wire = wireOf(socket);
  const asked = events === null ? unlimited : createBucket(events);
  // Every message counts here, also one that is no event.
  const messages = events === null ? unlimited : createBucket({ ...events, burst: events.burst + MESSAGES_BEYOND });
  const outlet = createOutlet(wire);
  wire.on("packet", () => {
    if (!messages.take() || outlet.isOverrun()) cutWire(wire);
  });
  return {
    ...newcomer,
    id: socket.id,
    outlet,
    mayAsk: asked.take,
    isOpen: () => socket.connected,
    cut: () => cutWire(wire),
    dismiss: () => void socket.disconnect(true),
  };
}

/** The sockets of this server, also by session. */
export interface Connections {
  add(connection: Connection): void;
  remove(connection: Connection): void;
  ofSession(sessionId: string): Iterable<Connection>;
  all(): Iterable<Connection>;
  size(): number;
}

export function createConnections(): Connections {
  const all = new Set<Connection>();
  const bySession = new Map<string, Set<Connection>>();
  return {
    add(connection) {
      all.add(connection);
      const { sessionId } = connection.principal;
      const own = bySession.get(sessionId) ?? new Set();
      bySession.set(sessionId, own.add(connection));
    },
    remove(connection) {
      all.delete(connection);
      const { sessionId } = connection.principal;
      const own = bySession.get(sessionId);
      if (own?.delete(connection) && own.size === 0) bySession.delete(sessionId);
    },
    ofSession: (sessionId) => bySession.get(sessionId) ?? [],
    all: () => all,
    size: () => all.size,
  };
}
