import type { MapMessage, Unwatch } from "./port.ts";

export type MapListener = (message: MapMessage) => void;

/** Who listens to which showtime in this process. */
export interface Watchers {
  add(showtimeId: string, listener: MapListener): Unwatch;
  /** Calls every listener of the message's showtime, in the order of the messages, before it returns. */
  tell(message: MapMessage): void;
  has(showtimeId: string): boolean;
  showtimes(): string[];
}

/** `onError` is told when a listener throws; the others and later messages are not affected. */
export function createWatchers(onError: (error: unknown) => void = () => {}): Watchers {
  const listeners = new Map<string, Set<MapListener>>();
  const queue: MapMessage[] = [];
  let isTelling = false;

  function call(listener: MapListener, message: MapMessage): void {
    try {
      listener(message);
    } catch (error) {
      onError(error);
    }
  }

  return {
    add(showtimeId, listener) {
      // A function of its own, so that one listener may watch twice.
      const own: MapListener = (message) => listener(message);
      const set = listeners.get(showtimeId) ?? new Set();
      listeners.set(showtimeId, set.add(own));
      return () => {
        set.delete(own);
        if (set.size === 0 && listeners.get(showtimeId) === set) listeners.delete(showtimeId);
      };
    },

    tell(message) {
      queue.push(message);
      // A listener may run a command: what that tells waits until all have heard this message.
      if (isTelling) return;
      isTelling = true;
      for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
        for (const listener of listeners.get(next.showtimeId) ?? []) call(listener, next);
      }
      isTelling = false;
    },

    has: (showtimeId) => listeners.has(showtimeId),
    showtimes: () => [...listeners.keys()],
  };
}
