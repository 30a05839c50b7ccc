/**
 * What an order needs next: the one place that decides it, whoever asks (checkout, a callback, the
 * reconciler, the sweeper). Pure: an order and what is known beyond it in, one act out.
 *
 * Money first, except that seats of an order that has ended go free before the provider is bothered. Nothing
 * here ever starts a charge.
 */
import type { AttemptState } from "../payment/port.ts";
import type { OrderDoc } from "../store/collections.ts";

/** What was found out since the order was last looked at. Null: not asked; "unreachable": asked in vain. */
export interface Known {
  attempt: AttemptState | "unreachable" | null;
  /** The provider was asked to stop the attempt; `attempt` is what it answered. */
  stopped: boolean;
  mapNow: number | "unreachable" | null;
  /** The map was told in vain. */
  mapFailed: boolean;
  /** A refund was asked for in vain. */
  refundFailed: boolean;
}

export const NOTHING_KNOWN: Known = {
  attempt: null,
  stopped: false,
  mapNow: null,
  mapFailed: false,
  refundFailed: false,
};

export type Act =
  /** How does the attempt stand? */
  | { kind: "ask-provider" }
  /** What time is it on the map? */
  | { kind: "ask-time" }
  /** The money has been taken: write that down before anything else. */
  | { kind: "record-capture" }
  | { kind: "confirm" }
  | { kind: "decline" }
  | { kind: "expire" }
  /** The map does not know yet what the ledger says. */
  | { kind: "tell-map" }
  /** The order has ended: its attempt must not take money any more. */
  | { kind: "stop-attempt" }
  /** Money came for an order that has ended: seats after all, or a refund. */
  | { kind: "settle-late"; captured: number }
  | { kind: "send-refund"; refundId: string }
  /** The order has ended and nothing was taken. */
  | { kind: "close-payment" }
  /** Nothing can be done now; look again after a while. */
  | { kind: "rest"; forMs: number }
  | { kind: "done" };

/** An attempt is asked about again after a quarter of its age, within these: quick at first, never a burden. */
const POLL_MIN_MS = 500;
const POLL_MAX_MS = 3_000;

/** What to do next with an order, at `now` by the application's clock. */
export function nextAct(order: OrderDoc, known: Known, now: number): Act {
  const first = actOfStatus(order, known);
  if (first !== null) return first;
  if (order.mapDue && !known.mapFailed) return { kind: "tell-map" };
  if (!isOpen(order)) return { kind: "done" };
  return { kind: "rest", forMs: restFor(order, known, now) };
}

function actOfStatus(order: OrderDoc, known: Known): Act | null {
  switch (order.status) {
    case "pending":
      return actOfPending(order, known);
    case "declined":
    case "expired":
    case "cancelled":
      return actOfEnded(order, known);
    case "confirmed":
    case "refunded":
    case "partially-refunded":
      return order.mapDue && !known.mapFailed ? null : actOfRefunds(order, known);
  }
}

function actOfPending(order: OrderDoc, { attempt, mapNow }: Known): Act | null {
  if (order.payment.status === "captured") return { kind: "confirm" };
  if (attempt !== null && attempt !== "unreachable") {
    if (attempt.status === "captured") return { kind: "record-capture" };
    if (attempt.status === "declined" || attempt.status === "cancelled") return { kind: "decline" };
  }
  if (order.payment.attempts.length > 0 && attempt === null) return { kind: "ask-provider" };
  if (mapNow === null) return { kind: "ask-time" };
  return mapNow !== "unreachable" && mapNow >= order.deadlineAt ? { kind: "expire" } : null;
}

function actOfEnded(order: OrderDoc, known: Known): Act | null {
  if (order.mapDue && !known.mapFailed) return null;
  const { attempt, stopped } = known;
  const { payment, refunds } = order;
  const isKnown = attempt !== null && attempt !== "unreachable";
  if (isKnown && attempt.status === "captured" && refunds.length === 0 && payment.status !== "refunded")
    return { kind: "settle-late", captured: attempt.amount - attempt.refunded };
  if (payment.status !== "pending") return actOfRefunds(order, known);
  if (payment.attempts.length === 0) return { kind: "close-payment" };
  if (isKnown && (attempt.status === "cancelled" || attempt.status === "declined")) return { kind: "close-payment" };
  return stopped ? null : { kind: "stop-attempt" };
}

function actOfRefunds({ refunds }: OrderDoc, { refundFailed }: Known): Act | null {
  const owed = refunds.find(({ status }) => status === "pending");
  return owed === undefined || refundFailed ? null : { kind: "send-refund", refundId: owed.id };
}

/** Whether an order still needs somebody: its seats, its payment or a refund are not final. */
export function isOpen({ status, payment, refunds, mapDue }: OrderDoc): boolean {
  if (mapDue || status === "pending" || payment.status === "pending") return true;
  return refunds.some((refund) => refund.status === "pending");
}

function restFor({ status, payment, deadlineAt }: OrderDoc, { mapNow }: Known, now: number): number {
  const startedAt = payment.attempts.at(-1)?.startedAt;
  const age = startedAt === undefined ? 0 : now - Date.parse(startedAt);
  const poll = Math.min(Math.max(age / 4, POLL_MIN_MS), POLL_MAX_MS);
  if (status !== "pending" || typeof mapNow !== "number") return Math.round(poll);
  return Math.round(Math.min(poll, Math.max(deadlineAt - mapNow, POLL_MIN_MS / 10)));
}
