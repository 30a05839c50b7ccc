import { isDeepStrictEqual } from "node:util";
import { type Outcome, refuse } from "../protocol/errors.ts";
import type { OrderStatus } from "../protocol/resources.ts";
import type { OrderDoc } from "../store/collections.ts";
import type { Query, Range } from "../store/port.ts";
import { type Ledger, type OrderPatch, revisionOf } from "./ledger.ts";
import { normalOrderNumber } from "./numbers.ts";
import type { OrderNews } from "./order-news.ts";
import { emailKey, isWanted, nameCondition, orderWanted } from "./order-search.ts";
import type { Settlement } from "./settlement.ts";

export interface OrderFilter {
  showtimeId?: string | undefined;
  status?: OrderStatus | undefined;
  customerId?: string | undefined;
  number?: string | undefined;
  /** As somebody says it: a number, an e-mail address, a seat, beginnings of words of a buyer's or a film's name. */
  q?: string | undefined;
  /** Of the purchase or of the buyer's account. */
  email?: string | undefined;
  filmId?: string | undefined;
  seat?: string | undefined;
  /** The show starts from this on. */
  startsFrom?: string | undefined;
  /** The show starts before this. */
  startsTo?: string | undefined;
  /** `createdAt`, from this on. */
  from?: string | undefined;
  /** `createdAt`, before this. */
  to?: string | undefined;
}

/** What may be corrected of an order. Null takes away. */
export interface Amendment {
  contact?: { name?: string | null | undefined; email?: string | null | undefined } | undefined;
  note?: string | null | undefined;
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
  /**
   * Corrects contact fields or the note; what is not named stays, null takes it away. `ifVersion` is the version that
   * clients see; null: whatever it is.
   */
  amend(orderId: string, ifVersion: number | null, change: Amendment): Promise<Outcome<{ order: OrderDoc }>>;
  /** Gives up an order that waits for its money; its seats are free when this answers. `order_state` otherwise. */
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
/**
 * Orders looked through for one page when a filter has no index of its own; the cursor goes on from there. So many are read
 * and decoded well within 50 ms, from either store.
 */
const LOOK_THROUGH_MAX = 300;

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
    const { after } = page;
    const cursor = after === undefined ? null : await ledger.booking(after);
    if (after !== undefined && cursor === null) return NO_SUCH_CURSOR;
    const searches = await searchesOf(filter);
    const at = cursor?.kind === "order" ? searches.findIndex(({ covers }) => covers(cursor)) : 0;
    if (at === -1 && cursor?.kind === "order") {
      const older = searches.map((search) => olderThan(cursor, search, filter));
      return { ok: true, ...(await lookThrough(older, { limit: page.limit })) };
    }
    return { ok: true, ...(await lookThrough(searches.slice(at), page)) };
  }

  /** One page of searches, one after the other. It may be short of its limit where much was looked through in vain. */
  async function lookThrough(searches: readonly Search[], page: { limit: number; after?: string }): Promise<OrderPage> {
    const items: OrderDoc[] = [];
    let [looked, last, after] = [0, page.after ?? null, page.after];
    for (const { query, isNarrow, keep } of searches) {
      for (;;) {
        const size = isNarrow && looked === 0 ? page.limit + 1 : LOOK_THROUGH_MAX;
        const batch = await ledger.find(query, { limit: size, ...(after === undefined ? {} : { after }) });
        for (const order of batch) {
          if (items.length === page.limit) return { items, nextId: last };
          after = last = order.id;
          if (keep(order)) items.push(order);
        }
        looked += batch.length;
        if (batch.length < size) break;
        if (looked >= LOOK_THROUGH_MAX) return { items, nextId: last };
      }
      after = undefined;
    }
    return { items, nextId: null };
  }

  /** An address is looked for in purchases first, then among those of its account. */
  async function searchesOf(filter: OrderFilter): Promise<Search[]> {
    const wanted = orderWanted(filter.q ?? "");
    const isByEmail = filter.q !== undefined && wanted?.by === "email";
    const email = filter.email ?? (isByEmail ? wanted.email : undefined);
    const rest = isByEmail ? { ...filter, q: undefined } : filter;
    const keep = (order: OrderDoc) => matches(order, rest);
    const query = queryOf(filter);
    const stays = ({ status }: OrderDoc) => query.status === undefined || query.status === status;
    const isNarrow = isOneCondition(filter);
    const createdAt = createdWithin(filter);
    if (email === undefined) {
      const search = { query, isNarrow, covers: stays, keep };
      const word = beginningIn(query);
      return word === null ? [search] : wholeWordFirst(word, search, createdAt);
    }
    const key = `@${emailKey(email)}`;
    const covers = ({ findKeys }: OrderDoc) => findKeys?.includes(key) === true;
    const ofPurchase = { query: { findKeys: key, createdAt }, isNarrow, covers, keep };
    const customerId = await ledger.accountOf(email);
    if (customerId === null) return [ofPurchase];
    const keepOther = (order: OrderDoc) => !covers(order) && keep(order);
    return [ofPurchase, { query: { customerId, createdAt }, isNarrow: false, covers: () => true, keep: keepOther }];
  }

  async function amend(orderId: string, ifVersion: number | null, change: Amendment) {
    for (;;) {
      const order = await ledger.order(orderId);
      if (order === null) return refuse("not_found", "There is no such order");
      if (ifVersion !== null && revisionOf(order) !== ifVersion)
        return refuse("version_conflict", "Somebody changed the order meanwhile");
      const patch = amendment(order, change);
      if (patch === null) return { ok: true as const, order };
      const amended = await ledger.change(order, patch);
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

/** One index, and which of its orders are meant. */
interface Search {
  query: Query<OrderDoc>;
  /** Most of the results are meant, so that no more of them are read than a page holds. */
  isNarrow: boolean;
  /** Whether an order is among the query's results. */
  covers(order: OrderDoc): boolean;
  keep(order: OrderDoc): boolean;
}

/** A short word may be a whole name, or the beginning of many: those of that name come first, in the order of time. */
function wholeWordFirst(word: string, search: Search, createdAt: Range): Search[] {
  const covers = ({ findKeys }: OrderDoc) => findKeys?.includes(word) === true;
  const keepOther = (order: OrderDoc) => !covers(order) && search.keep(order);
  return [
    { ...search, query: { findKeys: word, createdAt }, covers },
    { ...search, isNarrow: false, keep: keepOther },
  ];
}

function beginningIn({ findKeys }: Query<OrderDoc>): string | null {
  return typeof findKeys === "object" && "prefix" in findKeys ? findKeys.prefix : null;
}

/** The rest of a search whose last order has left it meanwhile: what comes after the time of that one. */
function olderThan({ createdAt, id }: OrderDoc, { query, ...search }: Search, filter: OrderFilter): Search {
  const keep = (order: OrderDoc) => (order.createdAt < createdAt || order.id < id) && search.keep(order);
  return { ...search, query: { ...query, createdAt: { ...createdWithin(filter), lte: createdAt } }, keep };
}

/** What to write, or null where all is as wanted. */
function amendment(order: OrderDoc, { contact, note }: Amendment): OrderPatch | null {
  const wanted = Object.entries({ ...order.contact, ...contact }).filter(([, value]) => value != null && value !== "");
  const after = {
    contact: wanted.length > 0 ? (Object.fromEntries(wanted) as OrderDoc["contact"]) : undefined,
    note: note === undefined ? order.note : note || undefined,
  };
  const fields = (["contact", "note"] as const).filter((field) => !isDeepStrictEqual(order[field], after[field]));
  if (fields.length === 0) return null;
  const set = Object.fromEntries(fields.map((field) => [field, after[field]]));
  return { set, unset: fields.filter((field) => after[field] === undefined) };
}

function createdWithin({ from, to }: OrderFilter) {
  return { ...(from !== undefined && { gte: from }), ...(to !== undefined && { lt: to }) };
}

/** The narrowest index for a filter; `matches` does the rest. */
function queryOf(filter: OrderFilter): Query<OrderDoc> {
  const { number, q = "", showtimeId, customerId, status, filmId, startsFrom, startsTo } = filter;
  const wanted = orderWanted(q);
  if (number !== undefined) return { number: normalOrderNumber(number) };
  if (wanted?.by === "number") return { number: wanted.number };
  const createdAt = createdWithin(filter);
  if (customerId !== undefined) return { customerId, createdAt };
  if (showtimeId !== undefined) return { showtimeId, createdAt };
  const name = wanted?.by === "name" ? nameCondition(wanted.words) : null;
  if (name !== null) return name.isWhole ? { findKeys: name.key, createdAt } : { findKeys: { prefix: name.key } };
  if (startsFrom !== undefined && startsTo !== undefined) return { startsAt: { gte: startsFrom, lt: startsTo } };
  if (filmId !== undefined) return { findKeys: filmId, createdAt };
  if (status !== undefined) return { status, createdAt };
  return { createdAt };
}

/** Whether the index of `queryOf` says nearly all that the filter says. */
function isOneCondition({ q = "", from: _from, to: _to, startsTo: _startsTo, ...rest }: OrderFilter): boolean {
  const wanted = orderWanted(q);
  if (wanted?.by === "seat") return false;
  const words = wanted?.by === "name" ? wanted.words.length : Number(wanted !== null);
  return words + Object.values(rest).filter((value) => value !== undefined).length <= 1;
}

function matches(order: OrderDoc, filter: OrderFilter): boolean {
  if (order.kind !== "order") return false;
  const { q = "", number, showtimeId, customerId, status, filmId, seat, from, to, startsFrom, startsTo } = filter;
  const wanted = orderWanted(q);
  if (wanted !== null && !isWanted(order, wanted)) return false;
  if (number !== undefined && order.number !== normalOrderNumber(number)) return false;
  if (seat !== undefined && !order.lines.some(({ seatId }) => seatId === seat)) return false;
  return (
    (showtimeId ?? order.showtimeId) === order.showtimeId &&
    (customerId ?? order.customerId) === order.customerId &&
    (status ?? order.status) === order.status &&
    (filmId ?? order.film.id) === order.film.id &&
    isWithin(order.createdAt, from, to) &&
    isWithin(order.startsAt, startsFrom, startsTo)
  );
}

function isWithin(moment: string, from = "", to?: string): boolean {
  return moment >= from && (to === undefined || moment < to);
}
