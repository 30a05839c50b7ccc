import type { SeatMap } from "../seatmap/port.ts";
import type { OrderDoc } from "../store/collections.ts";

/** Tells whoever waits for an order: requests in this process, and its buyer's sockets on any server. */
export interface OrderNews {
  /** Never fails: notices may get lost, the ledger is what counts. */
  announce(order: OrderDoc): void;
  /** Calls `wake` at each news of an order told in this process, until the function it answers is called. */
  listen(orderId: string, wake: () => void): () => void;
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
    listen(orderId, wake) {
      const listeners = waiting.get(orderId) ?? new Set();
      waiting.set(orderId, listeners.add(wake));
      return () => {
        if (listeners.delete(wake) && listeners.size === 0) waiting.delete(orderId);
      };
    },
  };
}
