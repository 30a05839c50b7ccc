/**
 * The points of a purchase between which a crash leaves something different behind, in their order. Tests
 * end the process there; production passes them by.
 */
export const PURCHASE_POINTS = [
  "idempotency-recorded",
  "payment-begun",
  "order-inserted",
  "attached",
  "attempt-recorded",
  "charge-sent",
  "charge-answered",
  "capture-recorded",
  "confirmed",
  "map-told",
] as const;

export type PurchasePoint = (typeof PURCHASE_POINTS)[number];

/** Called at each point of every purchase; `orderId` tells them apart. */
export type Reached = (point: PurchasePoint, orderId: string) => void;

export const passBy: Reached = () => {};
