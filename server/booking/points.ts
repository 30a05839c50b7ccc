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

/** The same for seats that are blocked: between the ledger and the map, and between a block and the order it gives way to. */
export const BLOCK_POINTS = ["block-written", "block-lent"] as const;

export type BlockPoint = (typeof BLOCK_POINTS)[number];

/** Called at each point of every purchase and block; the id of the booking tells them apart. */
export type Reached = (point: PurchasePoint | BlockPoint, bookingId: string) => void;

export const passBy: Reached = () => {};
