import type { Socket } from "socket.io";
import type { Principal } from "../identity/principal.ts";
import { type Bucket, type BucketSize, createBucket, unlimited } from "./bucket.ts";
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
  readonly bucket: Bucket;
  isOpen(): boolean;
  /** Ends the connection at once, whatever waits. The client sees `transport close` and comes back by itself. */
  cut(): void;
  /** Says goodbye: the client sees `io server disconnect`, and comes back with a token that counts, if it has one. */
  dismiss(): void;
}

/** Events per socket: a burst when a page opens, then more than fingers can do. */
const EVENTS: BucketSize = { burst: 100, perSecond: 50 };

/** Beyond this debt a socket is cut: it was told `rate_limited` so many times and went on. */
export const DEBT_MAX = 200;

export interface Newcomer {
  principal: Principal;
  token: string;
  address: string;
}

export function createConnection(socket: Socket, newcomer: Newcomer, isLimited: boolean): Connection {
  const wire = wireOf(socket);
  const bucket = isLimited ? createBucket(EVENTS) : unlimited;
  const outlet = createOutlet(wire);
  // Every message counts, also one that is no event; it is counted before its handler runs.
  wire.on("packet", () => {
    bucket.take();
    if (bucket.debt() > DEBT_MAX || outlet.isOverrun()) cutWire(wire);
  });
  return {
    ...newcomer,
    id: socket.id,
    outlet,
    bucket,
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
