import { type ReadonlySignal, signal } from "@preact/signals";
import type { Order, Page } from "../../../../server/protocol/resources.ts";
import type { Api } from "../../../../ui/connection/api.ts";

/** What an account has bought, newest first, a page at a time. */
export interface Purchases {
  state: ReadonlySignal<PurchasesState>;
  /** Reads from the beginning. */
  load(): Promise<void>;
  /** Reads the next page after what is there. */
  more(): Promise<void>;
}

export type PurchasesState =
  | { status: "loading" }
  | { status: "failed" }
  | { status: "ready"; orders: readonly Order[]; nextCursor: string | null };

/** As many as two screens of a phone show. */
const PAGE_LIMIT = 20;
/** No film of ours runs longer: until then its tickets are the ones that are looked for. */
const FILM_RUNS_MS = 4 * 3_600_000;

export function createPurchases(api: Pick<Api, "get">): Purchases {
  const state = signal<PurchasesState>({ status: "loading" });

  async function read(cursor?: string, before: readonly Order[] = []): Promise<void> {
    const page = await api.get<Page<Order>>("/me/orders", { limit: PAGE_LIMIT, cursor });
    if (page.ok) {
      const { items, nextCursor } = page.body;
      state.value = { status: "ready", orders: [...before, ...items], nextCursor };
    } else if (before.length === 0) state.value = { status: "failed" };
  }

  return {
    state,
    load() {
      state.value = { status: "loading" };
      return read();
    },
    async more() {
      const now = state.peek();
      if (now.status === "ready" && now.nextCursor !== null) await read(now.nextCursor, now.orders);
    },
  };
}

/** Something was bought, whatever became of it since. A try that brought nothing is no purchase. */
export function isPurchase({ status }: Pick<Order, "status">): boolean {
  return status !== "declined" && status !== "expired" && status !== "cancelled";
}

/** Showtimes that can still be gone to, soonest first; then all others, latest first. */
export function byTime<T extends Pick<Order, "startsAt" | "status">>(
  orders: readonly T[],
  now: number,
): { upcoming: T[]; past: T[] } {
  const ahead = (order: T) => order.status !== "refunded" && Date.parse(order.startsAt) + FILM_RUNS_MS > now;
  return {
    upcoming: orders.filter(ahead).sort((a, b) => a.startsAt.localeCompare(b.startsAt)),
    past: orders.filter((order) => !ahead(order)).sort((a, b) => b.startsAt.localeCompare(a.startsAt)),
  };
}
