/** What is counted and timed, the same in every scenario. Names are those of k6's summary. */
import { Counter, Trend } from "k6/metrics";

export const figures = {
  holds: new Counter("holds"),
  /** Refused questions and orders, by `code`. */
  refusals: new Counter("refusals"),
  purchases: new Counter("purchases"),
  purchasesStarted: new Counter("purchases_started"),
  /** Neither bought nor refused for a reason that a guest understands (taken, sold out). */
  purchasesFailed: new Counter("purchases_failed"),
  soldOut: new Counter("sold_out"),
  tickets: new Counter("tickets"),
  reconnects: new Counter("reconnects"),
  /** Questions that were not answered in time and asked again. */
  lateAnswers: new Counter("late_answers"),
  /** HTTP requests that were sent again because a server went away or asked for patience. */
  retries: new Counter("retries"),
  deltas: new Counter("deltas"),
  /** A client on a healthy link must never see one. */
  gaps: new Counter("gaps"),
  /** Maps that were compared at the same epoch and version, and those that differed: there is no excuse for one. */
  compared: new Counter("maps_compared"),
  diverged: new Counter("maps_diverged"),
  holdTime: new Trend("hold_time", true),
  purchaseTime: new Trend("purchase_time", true),
  /** From the loss of a link until the map is current again. */
  currentTime: new Trend("current_time", true),
};
