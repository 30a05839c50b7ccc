/** What each test card does: the tokens that `payment.token` may carry. Pure. */

/** How an attempt with this card begins, and how it goes on. */
export interface Card {
  begins: "captured" | "declined" | "pending";
  /** Approved by itself this long after the charge; `windowMs` is how long the order can be paid. */
  approvedAfterMs?: (windowMs: number) => number;
  /** Cannot be stopped any more this long before its approval. */
  committedMs?: number;
  /** The buyer decides on the provider's page. */
  challenge?: boolean;
  /** The charge itself is never answered. */
  silent?: boolean;
}

/** A bank that takes its time. */
const SLOW_MS = 5_000;
/** Late enough that the order has ended whatever the clocks say. */
const LATE_AFTER_WINDOW_MS = 2_000;
/** A late approval is on its way this long before it arrives: a cancel no longer reaches it. */
const LATE_COMMITTED_MS = 10_000;

const CARDS: ReadonlyMap<string, Card> = new Map<string, Card>([
  ["sim_approve", { begins: "captured" }],
  ["sim_decline", { begins: "declined" }],
  ["sim_slow", { begins: "pending", approvedAfterMs: () => SLOW_MS }],
  ["sim_silent", { begins: "pending", silent: true }],
  ["sim_challenge", { begins: "pending", challenge: true }],
  [
    "sim_late",
    {
      begins: "pending",
      approvedAfterMs: (windowMs) => windowMs + LATE_AFTER_WINDOW_MS,
      committedMs: LATE_COMMITTED_MS,
    },
  ],
]);

export const DEFAULT_TOKEN = "sim_approve";

/** The card behind a token; null: there is none such. */
export function cardOf(token: string = DEFAULT_TOKEN): Card | null {
  return CARDS.get(token) ?? null;
}
