import type { JoinAnswer } from "../protocol/events.ts";
import type { MapPosition, SeatDelta, SeatSnapshot } from "../protocol/states.ts";
import { broadcast } from "./broadcast.ts";
import { createCoalescer, type Flush } from "./coalescer.ts";
import type { Connection } from "./connection.ts";
import type { Topic } from "./outlet.ts";
import { encodeEvent } from "./wire.ts";

/** Where a room reads the seats from: this server's replica. */
export interface RoomSource {
  current(): SeatSnapshot;
  since(position: MapPosition): SeatDelta | null;
}

/** Everyone on this server who watches one showtime's seats. */
export interface Room {
  /** Lets someone in and answers where they start from. Call it in the turn in which the answer is sent. */
  enter(connection: Connection, since?: MapPosition): JoinAnswer;
  leave(connection: Connection): void;
  has(connection: Connection): boolean;
  size(): number;
  /** Passes a change on, merged with others. */
  changed(delta: SeatDelta): void;
  /** Passes on that everything is new. */
  replaced(): void;
}

/** `onSent`: told how many messages go out. */
export function createRoom(source: RoomSource, onSent: (messages: number) => void): Room {
  const viewers = new Map<Connection, Topic>();
  const snapshotFrame = () => encodeEvent("seats:snapshot", source.current());
  const frameOf = (flush: Flush) =>
    flush.kind === "delta" ? encodeEvent("seats:changed", flush.delta) : snapshotFrame();

  const coalescer = createCoalescer(async (flush, isVoid) => {
    const frame = frameOf(flush);
    onSent(viewers.size);
    return broadcast(viewers, ({ outlet }, topic) => outlet.follow(frame, topic), isVoid);
  });

  return {
    enter(connection, since) {
      const topic: Topic = {
        resync() {
          if (viewers.get(connection) === topic) connection.outlet.follow(snapshotFrame(), topic);
        },
      };
      viewers.set(connection, topic);
      const delta = since && source.since(since);
      return delta ? { delta } : { snapshot: source.current() };
    },
    leave: (connection) => void viewers.delete(connection),
    has: (connection) => viewers.has(connection),
    size: () => viewers.size,
    // Who comes later is told everything on entering.
    changed: (delta) => void (viewers.size > 0 && coalescer.add(delta)),
    replaced: () => void (viewers.size > 0 && coalescer.replace()),
  };
}
