import type { Connection } from "./connection.ts";

/** Which of several overlapping requests of one socket about one showtime came last. */
export interface Turns {
  /** Begins a turn. `end` answers whether no other has begun, and none was called off, since. */
  begin(connection: Connection, showtimeId: string): { end(): boolean };
  /** What has begun is no longer the latest word. */
  callOff(connection: Connection, showtimeId: string): void;
}

export function createTurns(): Turns {
  const latest = new WeakMap<Connection, Map<string, object>>();
  return {
    begin(connection, showtimeId) {
      const own = latest.get(connection) ?? new Map<string, object>();
      latest.set(connection, own);
      const turn = {
        end() {
          const isLatest = own.get(showtimeId) === turn;
          if (isLatest) own.delete(showtimeId);
          return isLatest;
        },
      };
      own.set(showtimeId, turn);
      return turn;
    },
    callOff: (connection, showtimeId) => void latest.get(connection)?.delete(showtimeId),
  };
}
