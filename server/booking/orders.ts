import { type Outcome, refuse } from "../protocol/errors.ts";
import type { OrderStatus } from "../protocol/resources.ts";
import type { OrderDoc } from "../store/collections.ts";
import type { Query } from "../store/port.ts";
import type { Ledger } from "./ledger.ts";
import { normalOrderNumber } from "./numbers.ts";
import type { OrderNews } from "./order-news.ts";
import { isWanted, orderWanted } from "./order-search.ts";
import type { Settlement } from "./settlement.ts";

export interface OrderFilter {
  showtimeId?: string | undefined;
  status?: OrderStatus | undefined;
  customerId?: string | undefined;
  number?: string | undefined;
  /** As somebody says it: a number, an e-mail address, a seat, a buyer's or a film's name. */
  q?: string | undefined;
  /** Whose account has the address in `q`: their purchases count, too. */
  ofAccount?: string | undefined;
  /** `createdAt`, from this on. */
  from?: string | undefined;
  /** `createdAt`, before this. */
  to?: string | undefined;
}

export interface OrderPage {
  items: OrderDoc[];
  /** The id to go on after; null at the end. */
  nextId: string | null;
}

/** Orders that exist: read, found, waited for, corrected, cancelled. Who may do so is judged by the edge. */
export interface Orders {
  find(orderId: string): Promise<OrderDoc | null>;
  /** The order once it is no longer pending, or as it is after `ms`, or when the server closes. Null: no such order. */
  wait(orderId: string, ms: number): Promise<OrderDoc | null>;
  /** Newest first. An `after` that is no order of this list is `invalid_request`. */
  list(filter: OrderFilter, page: { limit: number; after?: string }): Promise<Outcome<OrderPage>>;
  /** Corrects contact fields or the note; what is not named stays. `ifVersion` null: whatever version it has. */
  amend(
    orderId: string,
    ifVersion: number | null,
    change: Pick<OrderDoc, "contact" | "note">,
  ): Promise<Outcome<{ order: OrderDoc }>>;
  cancel(orderId: string): Promise<Outcome<{ order: OrderDoc }>>;
  /** Lets waiting requests go. */
  close(): void;
}

interface OrdersDeps {
  ledger: Ledger;
  news: Pick<OrderNews, "listen">;
  settlement: Pick<Settlement, "cancel">;
}

/** A change made by another server is seen after this long at most. */
const LOOK_EVERY_MS = 500;
/** Orders looked through for one page when a filter has no index of its own; the cursor goes on from there. */
const LOOK_THROUGH_MAX = 5_000;

export function createOrders({ ledger, news, settlement }: OrdersDeps): Orders {
  let isClosed = false;
  /** Those who wait, to be let go. */
  const waiting = new Set<() => void>();

  async function wait(orderId: string, ms: number): Promise<OrderDoc | null> {
    const until = performance.now() + ms;
    let wake = () => {};
    const wakeNow = () => wake();
    const stop = news.listen(orderId, wakeNow);
    waiting.add(wakeNow);
    try {
      for (;;) {
        const left = until - performance.now();
        // Listens before it looks: a change between the two is not missed.
        const change = new Promise<void>((resolve) => {
          const timer = setTimeout(resolve, Math.min(Math.max(left, 0), LOOK_EVERY_MS));
          wake = () => {
            clearTimeout(timer);
            resolve();
          };
        });
        const order = await ledger.order(orderId);
        if (order === null || order.status !== "pending" || left <= 0 || isClosed) return order;
        await change;
      }
    } finally {
      wake();
      stop();
      waiting.delete(wakeNow);
    }
  }

  async function list(filter: OrderFilter, page: { limit: number; after?: string }): Promise<Outcome<OrderPage>> {
    const query = queryOf(filter);
    const items: OrderDoc[] = [];
    let { after } = page;
    if (after !== undefined && (await ledger.booking(after)) === null) return NO_SUCH_CURSOR;
    for (let looked = 0; looked < LOOK_THROUGH_MAX; ) {
      const batch = await ledger.find(query, { limit: page.limit, ...(after === undefined ? {} : { after }) });
      for (const order of batch) {
        if (items.length === page.limit) return { ok: true, items, nextId: after ?? null };
        after = order.id;
        if (matches(order, filter)) items.push(order);
      }
      if (batch.length < page.limit) return { ok: true, items, nextId: null };
      looked += batch.length;
    }
    return { ok: true, items, nextId: after ?? null };
  }

  async function amend(orderId: string, ifVersion: number | null, change: Pick<OrderDoc, "contact" | "note">) {
    for (;;) {
      const order = await ledger.order(orderId);
      if (order === null) return refuse("not_found", "There is no such order");
      if (ifVersion !== null && order.version !== ifVersion)
        return refuse("version_conflict", "Somebody changed the order meanwhile");
      const contact = { ...order.contact, ...change.contact };
      const note = change.note ?? order.note;
      const amended = await ledger.change(order, {
        set: { ...(Object.keys(contact).length > 0 && { contact }), ...(note !== undefined && { note }) },
      });
      if (amended.ok) return { ok: true as const, order: amended.document };
    }
  }

  return {
    find: (orderId) => ledger.order(orderId),
    wait,
    list,
    amend,
    cancel: (orderId) => settlement.cancel(orderId),
    close() {
      isClosed = true;
      for (const wake of waiting) wake();
    },
  };
}

const NO_SUCH_CURSOR = refuse("invalid_request", "The cursor is not one of this list", {
  errors: [{ path: "cursor", message: "take it from nextCursor of the page before" }],
});

/** The narrowest index for a filter; `matches` does the rest. */
function queryOf({ number, q = "", showtimeId, customerId, status, from, to }: OrderFilter): Query<OrderDoc> {
  const wanted = orderWanted(q);
  if (number !== undefined) return { number: normalOrderNumber(number) };
  if (wanted?.by === "number") return { number: wanted.number };
  const createdAt = { ...(from === undefined ? { gte: "" } : { gte: from }), ...(to === undefined ? {} : { lt: to }) };
  if (customerId !== undefined) return { customerId, createdAt };
  if (showtimeId !== undefined) return { showtimeId, createdAt };
  if (status !== undefined) return { status, createdAt };
  return { createdAt };
}

function matches(
  order: OrderDoc,
  { q = "", ofAccount, showtimeId, customerId, status, from, to }: OrderFilter,
): boolean {
  if (order.kind !== "order") return false;
  const wanted = orderWanted(q);
  if (wanted !== null && !isWanted(order, wanted, ofAccount)) return false;
  if (showtimeId !== undefined && order.showtimeId !== showtimeId) return false;
  if (customerId !== undefined && order.customerId !== customerId) return false;
  if (status !== undefined && order.status !== status) return false;
  return (from === undefined || order.createdAt >= from) && (to === undefined || order.createdAt < to);
}
