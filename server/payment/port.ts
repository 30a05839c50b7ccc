/**
 * Who moves the money. Asked only for attempts that the ledger has already recorded.
 *
 * Promises: an attempt id is an idempotency key: however often it is charged, at most one capture
 * happens, and every call about it answers how it stands now. Amounts are integer minor units.
 * A provider that can't be reached, or does not answer in time, throws `ProviderUnavailable`: the
 * outcome is unknown, ask with `lookup`.
 *
 * Must never import another room.
 */

export interface Charge {
  /** `<orderId>:<n>`. */
  attemptId: string;
  orderId: string;
  amount: number;
  currency: string;
  /** What the client sent as `payment.token`. */
  token?: string;
  /** How long the order can be paid, from now. */
  windowMs: number;
  /** The cinema as the buyer reaches it: where the provider's page leads back to. */
  returnUrl?: string;
}

/** What a buyer sees who is sent to the provider's page, where the provider has us serve it. */
export interface HostedPage {
  /** Null: no such attempt. */
  view(attemptId: string): Promise<HostedAttempt | null>;
  /** The buyer's decision. Only the first one counts; safe to repeat. */
  answer(attemptId: string, approved: boolean): Promise<HostedAttempt | null>;
}

export interface HostedAttempt {
  attemptId: string;
  amount: number;
  currency: string;
  /** Whether there is still something to decide. */
  open: boolean;
  returnUrl?: string;
}

/** How an attempt stands. `captured` is money taken; `refunded` the part of it that went back. */
export type AttemptState =
  | { status: "unknown" }
  | { status: "pending"; nextAction?: { type: "redirect"; url: string } }
  | { status: "captured"; amount: number; refunded: number }
  | { status: "declined" }
  | { status: "cancelled" };

export interface PaymentProvider {
  readonly name: string;
  /** Whether this token can be charged at all; judged before anything begins. Left out is the buyer's default. */
  accepts(token: string | undefined): boolean;
  /** Starts an attempt, or answers how it stands. Refused (`cancelled`) once it has been cancelled. */
  charge(charge: Charge): Promise<AttemptState>;
  lookup(attemptId: string): Promise<AttemptState>;
  /**
   * Asks that an attempt take no money any more; `unknown` attempts are remembered as cancelled, so that a
   * charge that arrives later is refused. Answers how it stands: `cancelled`, or what came first
   * (`captured`), or `pending` when it can no longer be stopped and will end by itself.
   */
  cancel(attemptId: string): Promise<AttemptState>;
  /** Gives back part of a capture. `refundId` is its idempotency key. */
  refund(refund: { refundId: string; attemptId: string; amount: number }): Promise<AttemptState>;
  /** The attempt that a signed callback speaks of; null when its signature does not hold. */
  readCallback(body: Uint8Array, headers: Readonly<Record<string, string | undefined>>): { attemptId: string } | null;
  /** Whether it can be asked, for readiness. */
  healthy(): boolean;
  close(): Promise<void>;
}

export class ProviderUnavailable extends Error {
  override name = "ProviderUnavailable";
}
