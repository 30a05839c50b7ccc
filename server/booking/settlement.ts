/**
 * Brings orders to their end: paid and ticketed, declined, expired, cancelled, refunded.
 *
 * Promises: `drive` may be called by anyone, any number of times, at any moment, in any process; whatever
 * died half-way is picked up where it stopped. State only moves forward, because each step is written
 * with a compare-and-set on the order it was decided on. It never starts a charge.
 */
import { type Clock, timestamp } from "../basics/clock.ts";
import { createLanes } from "../basics/lanes.ts";
import { type AttemptState, type PaymentProvider, ProviderUnavailable } from "../payment/port.ts";
import { type Outcome, refuse } from "../protocol/errors.ts";
import type { OrderTicket } from "../protocol/resources.ts";
import { MapUnavailable, type ReturnedHold, type SeatMap } from "../seatmap/port.ts";
import type { OrderDoc } from "../store/collections.ts";
import { type Act, isOpen, type Known, NOTHING_KNOWN, nextAct } from "./due.ts";
import { createLatePayments } from "./late.ts";
import { type Ledger, type OrderPatch, seatsOf, TOMBSTONE_VERSION } from "./ledger.ts";
import type { OrderNews } from "./order-news.ts";
import { passBy, type Reached } from "./points.ts";
import type { ShowtimeSource } from "./showtimes.ts";

export interface SettlementDeps {
  ledger: Ledger;
  /** A map that loads itself. */
  map: Pick<SeatMap, "settle" | "endPayment" | "now" | "hold" | "release">;
  provider: Pick<PaymentProvider, "lookup" | "cancel" | "refund">;
  showtimes: Pick<ShowtimeSource, "sellable">;
  /** The series of receipts at a moment. */
  receiptSeries(now: number): string;
  news: Pick<OrderNews, "announce">;
  /** The same tickets for the same order, however often. */
  issueTickets(order: OrderDoc): Promise<OrderTicket[]>;
  clock: Clock;
  reached?: Reached;
}

export interface Settlement {
  /**
   * Does for an order all that can be done now. `news`: how its attempt stands, where the caller has just heard.
   * Null: no such order. Throws `StoreUnavailable`; a map or provider that is down only delays.
   */
  drive(orderId: string, news?: AttemptState): Promise<OrderDoc | null>;
  /** Ends a pending order at its buyer's wish; its seats are free when this answers. `order_state` otherwise. */
  cancel(orderId: string): Promise<Outcome<{ order: OrderDoc }>>;
  /**
   * Deals with a payment that the map lists as overdue: drives its order, or, where there is none, makes sure that
   * there never will be and frees the seats.
   */
  overdue(showtimeId: string, bookingId: string): Promise<void>;
}

/** Time that a declined buyer has at least to try again, and how often a hold is granted it. */
const DECLINE_GRACE_MS = 60_000;
const DECLINE_GRACES_MAX = 2;
/** Steps of one drive; the longest honest one has about ten. More is a bug that must not spin. */
const STEPS_MAX = 50;

/** Where a drive stands: the order as last read (null: read it again), and what was found out on the way. */
interface Stand {
  order: OrderDoc | null;
  known: Known;
}

export function createSettlement(deps: SettlementDeps): Settlement {
  const { ledger, map, provider, news, clock } = deps;
  const reached = deps.reached ?? passBy;
  const late = createLatePayments(deps);
  const lanes = createLanes();

  /** Null where somebody else changed the order first: look again. */
  async function change(order: OrderDoc, patch: OrderPatch): Promise<OrderDoc | null> {
    const changed = await ledger.change(order, patch);
    return changed.ok ? changed.document : null;
  }

  async function recordCapture(order: OrderDoc): Promise<OrderDoc | null> {
    const { nextAction: _, ...payment } = order.payment;
    const recorded = await change(order, { set: { payment: { ...payment, status: "captured" } } });
    if (recorded !== null) reached("capture-recorded", order.id);
    return recorded;
  }

  async function confirm(order: OrderDoc): Promise<OrderDoc | null> {
    const tickets = await deps.issueTickets(order);
    const { nextAction: _, ...payment } = order.payment;
    const now = clock.now();
    const set = { status: "confirmed", payment, tickets, mapDue: true, confirmedAt: timestamp(now) } as const;
    const confirmed = await ledger.changeNumbered(order, deps.receiptSeries(now), { set });
    if (!confirmed.ok) return null;
    reached("confirmed", order.id);
    return confirmed.document;
  }

  function decline(order: OrderDoc): Promise<OrderDoc | null> {
    const { nextAction: _, ...payment } = order.payment;
    const set = { status: "declined", payment: { ...payment, status: "declined" }, mapDue: true } as const;
    return change(order, { set, unset: ["claims"] });
  }

  /** `expired` or `cancelled`; the attempt, if there is one, has to be stopped afterwards. */
  function giveUp(order: OrderDoc, status: "expired" | "cancelled"): Promise<OrderDoc | null> {
    const { nextAction: _, ...rest } = order.payment;
    const payment = { ...rest, status: rest.attempts.length > 0 ? rest.status : ("cancelled" as const) };
    return change(order, { set: { status, payment, mapDue: true, nextCheckAt: clock.now() }, unset: ["claims"] });
  }

  async function tellMap(order: OrderDoc): Promise<OrderDoc | null> {
    const { id: bookingId, version, showtimeId } = order;
    const isOver = order.status === "declined" || order.status === "expired" || order.status === "cancelled";
    const answer = isOver
      ? await map.endPayment({ showtimeId, bookingId, version, back: heldBefore(order) })
      : await map.settle({ showtimeId, booking: seatsOf(order) });
    // A map that can't be loaded belongs to a showtime that is gone: nobody looks at it.
    if (!answer.ok && answer.why !== "not_loaded") throw new MapUnavailable(`the map refused: ${answer.why}`);
    if (order.status === "confirmed") reached("map-told", order.id);
    const { mapDue: _, ...told } = order;
    return change(order, { unset: isOpen(told) ? ["mapDue"] : ["mapDue", "nextCheckAt"] });
  }

  async function sendRefund(order: OrderDoc, refundId: string): Promise<OrderDoc | null> {
    const attemptId = order.payment.attempts.at(-1)?.id ?? "";
    const amount = order.refunds.find(({ id }) => id === refundId)?.amount ?? 0;
    const state = await provider.refund({ refundId, attemptId, amount });
    const status = state.status === "captured" && state.refunded >= amount ? "done" : "failed";
    const refunds = order.refunds.map((refund) =>
      refund.id === refundId ? { ...refund, status } : refund,
    ) as OrderDoc["refunds"];
    const allBack = state.status === "captured" && state.refunded >= state.amount;
    const payment = allBack ? { ...order.payment, status: "refunded" as const } : order.payment;
    return change(order, { set: { refunds, payment } });
  }

  function closePayment(order: OrderDoc): Promise<OrderDoc | null> {
    return change(order, { set: { payment: { ...order.payment, status: "cancelled" } } });
  }

  async function perform(act: Act, order: OrderDoc, known: Known): Promise<Stand | null> {
    const attemptId = order.payment.attempts.at(-1)?.id ?? "";
    switch (act.kind) {
      case "ask-provider":
        return { order, known: { ...known, attempt: await orUnreachable(provider.lookup(attemptId)) } };
      case "stop-attempt":
        return { order, known: { ...known, stopped: true, attempt: await orUnreachable(provider.cancel(attemptId)) } };
      case "ask-time":
        return { order, known: { ...known, mapNow: await orUnreachable(map.now()) } };
      case "record-capture":
        return { order: await recordCapture(order), known };
      case "confirm":
        return { order: await confirm(order), known };
      case "decline":
        return { order: await decline(order), known };
      case "expire":
        return { order: await giveUp(order, "expired"), known };
      case "tell-map": {
        const told = await orUnreachable(tellMap(order));
        return told === "unreachable" ? { order, known: { ...known, mapFailed: true } } : { order: told, known };
      }
      case "settle-late": {
        const settled = await orUnreachable(late.settle(order, act.captured));
        return settled === "unreachable" ? null : { order: settled, known };
      }
      case "send-refund": {
        const sent = await orUnreachable(sendRefund(order, act.refundId));
        return sent === "unreachable" ? { order, known: { ...known, refundFailed: true } } : { order: sent, known };
      }
      case "close-payment":
        return { order: await closePayment(order), known };
      case "rest":
      case "done":
        return null;
    }
  }

  /** Notes when somebody should look again, where that is not noted already. */
  async function leave(order: OrderDoc, act: Act): Promise<OrderDoc> {
    const now = clock.now();
    if (act.kind === "done") {
      if (order.nextCheckAt === undefined) return order;
      return (await change(order, { unset: ["nextCheckAt"] })) ?? order;
    }
    const at = now + (act.kind === "rest" ? act.forMs : RETRY_MS);
    if (order.nextCheckAt !== undefined && order.nextCheckAt > now && order.nextCheckAt <= at) return order;
    return (await change(order, { set: { nextCheckAt: at } })) ?? order;
  }

  async function driveNow(orderId: string, attempt: AttemptState | null): Promise<OrderDoc | null> {
    let stand: Stand = { order: await ledger.order(orderId), known: { ...NOTHING_KNOWN, attempt } };
    const announce = createAnnouncer(stand.order, news);
    for (let step = 0; step < STEPS_MAX; step++) {
      const order = stand.order ?? (await ledger.order(orderId));
      if (order === null) return null;
      announce(order, stand.known.mapFailed);
      const act = nextAct(order, stand.known, clock.now());
      const next = await perform(act, order, stand.known);
      if (next === null) return leave(order, act);
      stand = next;
    }
    throw new Error(`order ${orderId} does not come to rest`);
  }

  const drive: Settlement["drive"] = (orderId, attempt) => lanes.run(orderId, () => driveNow(orderId, attempt ?? null));

  async function cancel(orderId: string): Promise<Outcome<{ order: OrderDoc }>> {
    for (;;) {
      const order = await ledger.order(orderId);
      if (order === null) return refuse("not_found", "There is no such order");
      if (order.status !== "pending" || order.payment.status !== "pending")
        return refuse("order_state", `The order is ${order.status === "pending" ? "being confirmed" : order.status}`);
      const cancelled = await giveUp(order, "cancelled");
      if (cancelled === null) continue;
      news.announce(cancelled);
      const told = await orUnreachable(tellMap(cancelled));
      return { ok: true, order: told === "unreachable" || told === null ? cancelled : told };
    }
  }

  async function overdue(showtimeId: string, bookingId: string): Promise<void> {
    const found = (await ledger.booking(bookingId)) ?? (await bury(showtimeId, bookingId));
    if (found.kind === "tombstone") {
      await map.endPayment({ showtimeId, bookingId, version: TOMBSTONE_VERSION });
      return;
    }
    const order = await drive(bookingId);
    // The ledger has dealt with it and believes that the map knows: tell it again.
    if (order !== null && order.status !== "pending") await map.settle({ showtimeId, booking: seatsOf(order) });
  }

  async function bury(showtimeId: string, bookingId: string): Promise<{ kind: "tombstone" | "order" }> {
    return { kind: (await ledger.bury(bookingId, showtimeId)).ok ? "tombstone" : "order" };
  }

  return { drive, cancel, overdue };
}

/** What could not be done is tried again after this long. */
const RETRY_MS = 1_000;

/** The hold a decline gives back; other ends give nothing back. */
function heldBefore({ status, hold, sessionId }: OrderDoc): ReturnedHold | undefined {
  if (status !== "declined") return undefined;
  return { ...hold, sessionId, minLeftMs: DECLINE_GRACE_MS, maxGraces: DECLINE_GRACES_MAX };
}

/** Announces a change once the map shows it too (or can't be told), so that who looks at once sees both. */
function createAnnouncer(before: OrderDoc | null, news: Pick<OrderNews, "announce">) {
  let last = before === null ? "" : standOf(before);
  return (order: OrderDoc, mapFailed: boolean): void => {
    if (standOf(order) === last || (order.mapDue && !mapFailed)) return;
    last = standOf(order);
    news.announce(order);
  };
}

function standOf({ status, payment }: OrderDoc): string {
  return `${status}/${payment.status}`;
}

/** Parts that are down delay an order; they never fail it. */
async function orUnreachable<T>(work: Promise<T>): Promise<T | "unreachable"> {
  try {
    return await work;
  } catch (error) {
    if (error instanceof ProviderUnavailable || error instanceof MapUnavailable) return "unreachable";
    throw error;
  }
}
