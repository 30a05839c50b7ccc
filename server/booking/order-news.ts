import type { SeatMap } from "../seatmap/port.ts";
import type { OrderDoc } from "../store/collections.ts";

/** Tells whoever waits for an order: requests in this process, and its buyer's sockets on any server. */
export interface OrderNews {
  /** Never fails: notices may get lost, the ledger is what counts. */
  announce(order: OrderDoc): void;
  /** Resolves at the next news of an order, or after `ms`, or when it is over. */
  next(orderId: string, ms: number, over: AbortSignal): Promise<void>;
}

interface OrderNewsDeps {
  map: Pick<SeatMap, "tellOrder">;
  onError(what: string, error: unknown): void;
}

export function createOrderNews({ map, onError }: OrderNewsDeps): OrderNews {
  const waiting = new Map<string, Set<() => void>>();

  function tellBuyer({ id: orderId, showtimeId, sessionId, status }: OrderDoc): void {
    map
      .tellOrder({ showtimeId, sessionId, orderId, status })
      .catch((error: unknown) => onError("telling a buyer of an order", error));
  }

  return {
    announce(order) {
      tellBuyer(order);
      for (const wake of [...(waiting.get(order.id) ?? [])]) wake();
    },
    next(orderId, ms, over) {
      return new Promise((resolve) => {
        if (over.aborted) return resolve();
        const listeners = waiting.get(orderId) ?? new Set();
        waiting.set(orderId, listeners);
        const timer = setTimeout(wake, ms);
        over.addEventListener("abort", wake, { once: true });
        listeners.add(wake);
        function wake() {
          clearTimeout(timer);
          over.removeEventListener("abort", wake);
          listeners.delete(wake);
          if (listeners.size === 0) waiting.delete(orderId);
          resolve();
        }
      });
    },
  };
}
