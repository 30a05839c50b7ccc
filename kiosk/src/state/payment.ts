import { type ReadonlySignal, signal } from "@preact/signals";
import type { CheckoutRequest, Order } from "../../../server/protocol/resources.ts";
import { type Api, freshKey } from "../../../ui/connection/api.ts";
import type { ErrorCode, Refusal } from "../../../ui/connection/outcome.ts";

/** How a payment stands, from the buyer's side. */
export type PaymentState =
  /** Nothing under way. `problem`: why the last try brought nothing; the seats are still there. */
  | { state: "ready"; problem?: "declined" | "unreachable" }
  | { state: "sending" }
  /** The provider is thinking, or wants the buyer on its own page (`order.payment.nextAction`). */
  | { state: "waiting"; order: Order; askedAt: number }
  | { state: "confirmed"; order: Order }
  /** The seats are gone; `seats` names those that someone else has. */
  | { state: "ended"; reason: "expired" | "cancelled" | "seats-taken" | "closed" | "refused"; seats?: string[] };

export interface Payment {
  status: ReadonlySignal<PaymentState>;
  /** Asks for the money. The same request again after `unreachable` is the same payment, never a second one. */
  pay(request: CheckoutRequest): Promise<void>;
  /** Gives a pending order up; its seats go free. */
  cancel(): Promise<void>;
  /** Goes on with an order made before a reload. False when it is not ours or does not exist. */
  resume(orderId: string): Promise<boolean>;
  reset(): void;
  close(): void;
}

interface PaymentDeps {
  api: Pick<Api, "get" | "post">;
  now?: () => number;
  pause?: (ms: number) => Promise<void>;
}

/** The outcome is open: the same key is sent again. */
const OPEN: ReadonlySet<ErrorCode> = new Set(["unavailable", "internal", "idempotency_in_progress", "rate_limited"]);
/** As long as the server keeps a payment open by default; after that the buyer decides. */
const GIVE_UP_AFTER_MS = 180_000;
const RETRY_MS = 1_500;
/** Short waits first, so that a provider's page is offered soon; long ones afterwards. */
const SHORT_WAITS = 6;
const SHORT_WAIT_S = 1;
const LONG_WAIT_S = 15;
/** A held answer takes its wait and the way. */
const WAIT_SLACK_MS = 8_000;

export function createPayment({ api, now = Date.now, pause = sleep }: PaymentDeps): Payment {
  const status = signal<PaymentState>({ state: "ready" });
  let attempt: { key: string; body: string } | null = null;
  /** Counts up whenever what is under way stops mattering. */
  let turn = 0;

  async function send(request: CheckoutRequest, mine: number): Promise<Order | Refusal | null> {
    const body = JSON.stringify(request);
    if (attempt?.body !== body) attempt = { key: freshKey(), body };
    const until = now() + GIVE_UP_AFTER_MS;
    while (mine === turn) {
      const answer = await api.post<Order>("/orders", request, { idempotencyKey: attempt.key });
      if (answer.ok) return answer.body;
      if (!OPEN.has(answer.code) || now() >= until) return answer;
      await pause(answer.retryAfterMs ?? RETRY_MS);
    }
    return null;
  }

  async function follow(first: Order, mine: number): Promise<void> {
    let order = first;
    const askedAt = now();
    for (let round = 0; mine === turn; round++) {
      status.value = standing(order, askedAt);
      if (order.status !== "pending") {
        attempt = null;
        return;
      }
      const wait = round < SHORT_WAITS ? SHORT_WAIT_S : LONG_WAIT_S;
      const options = { timeoutMs: wait * 1000 + WAIT_SLACK_MS };
      const answer = await api.get<Order>(`/orders/${order.id}`, { wait }, options);
      if (answer.ok) order = answer.body;
      else await pause(RETRY_MS);
    }
  }

  return {
    status,
    async pay(request) {
      const mine = ++turn;
      status.value = { state: "sending" };
      const sent = await send(request, mine);
      if (sent === null || mine !== turn) return;
      if ("id" in sent) return follow(sent, mine);
      if (!OPEN.has(sent.code)) attempt = null;
      status.value = refused(sent);
    },
    async cancel() {
      const current = status.peek();
      if (current.state !== "waiting") return;
      const answer = await api.post<Order>(`/orders/${current.order.id}/cancel`, {});
      if (!answer.ok) return;
      turn++;
      status.value = standing(answer.body, current.askedAt);
      attempt = null;
    },
    async resume(orderId) {
      const mine = ++turn;
      status.value = { state: "sending" };
      while (mine === turn) {
        const answer = await api.get<Order>(`/orders/${orderId}`);
        if (answer.ok) void follow(answer.body, mine);
        else if (!OPEN.has(answer.code)) status.value = { state: "ready" };
        if (answer.ok || !OPEN.has(answer.code)) return answer.ok;
        await pause(RETRY_MS);
      }
      return true;
    },
    reset() {
      turn++;
      attempt = null;
      status.value = { state: "ready" };
    },
    close() {
      turn++;
    },
  };
}

/** What an order's status means for its buyer. */
export function standing(order: Order, askedAt: number): PaymentState {
  switch (order.status) {
    case "pending":
      return { state: "waiting", order, askedAt };
    case "confirmed":
    case "refunded":
    case "partially-refunded":
      return { state: "confirmed", order };
    case "declined":
      return { state: "ready", problem: "declined" };
    case "expired":
    case "cancelled":
      return { state: "ended", reason: order.status };
    default:
      return order.status satisfies never;
  }
}

/** What a refusal of the checkout means for its buyer. */
export function refused(refusal: Refusal): PaymentState {
  if (OPEN.has(refusal.code)) return { state: "ready", problem: "unreachable" };
  switch (refusal.code) {
    case "seat_taken":
      return { state: "ended", reason: "seats-taken", seats: refusal.seats };
    case "hold_expired":
      return { state: "ended", reason: "expired" };
    case "showtime_closed":
      return { state: "ended", reason: "closed" };
    default:
      return { state: "ended", reason: "refused" };
  }
}

function sleep(ms: number): Promise<void> {
  return new Promise((done) => setTimeout(done, ms));
}
