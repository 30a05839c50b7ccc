import type { Audit } from "../audit/audit.ts";
import type { Clock } from "../basics/clock.ts";
import { normalOrderNumber } from "../booking/numbers.ts";
import { type Outcome, refuse } from "../protocol/errors.ts";
import { bookings, type OrderDoc, shownOrders, users } from "../store/collections.ts";
import type { Store } from "../store/port.ts";
import { type Actor, actorOf } from "./actors.ts";
import { createBackoff } from "./backoff.ts";
import { foldEmail } from "./people.ts";
import type { Principal } from "./principal.ts";

/** Purchases found again by whoever knows their number and e-mail address: on another phone, or after the session. */
export interface Lookups {
  /**
   * The order, to be read by the caller's session for half an hour. Whatever is wrong is `not_found`; guesses
   * cost their address waiting time.
   */
  find(wanted: { number: string; email: string }, actor: Actor): Promise<Outcome<{ order: OrderDoc }>>;
  /** Whether an order was shown to this caller's session a while ago. */
  wasShown(principal: Principal, orderId: string): Promise<boolean>;
  /** Deletes what is over. */
  sweep(): Promise<void>;
}

export interface LookupsDeps {
  store: Store;
  clock: Clock;
  audit: Audit;
  /** False: addresses never wait. */
  limitAddresses: boolean;
}

/** Long enough to show a ticket at the door or print it, short enough for a borrowed phone. */
const READABLE_MS = 30 * 60 * 1000;
/** 16 million numbers against twenty guesses, then 1, 2, 4 ... 60 s each. Right answers count too. */
const GUESSES = { free: 20, firstWaitMs: 1_000, longestWaitMs: 60_000 };
const PAGE = 500;

const NOT_FOUND = refuse("not_found", "There is no purchase with this number and e-mail address");

export function createLookups({ store, clock, audit, limitAddresses }: LookupsDeps): Lookups {
  const orders = store.collection(bookings);
  const people = store.collection(users);
  const shown = store.collection(shownOrders);
  const backoff = createBackoff(GUESSES, clock);

  async function belongsTo(order: OrderDoc, emailKey: string): Promise<boolean> {
    if (order.contact?.email !== undefined && foldEmail(order.contact.email) === emailKey) return true;
    const customer = order.customerId === undefined ? null : await people.get(order.customerId);
    return customer?.emailKey === emailKey;
  }

  async function show(sessionId: string, orderId: string): Promise<void> {
    const id = shownId(sessionId, orderId);
    const forgetAt = clock.now() + READABLE_MS;
    const inserted = await shown.insert({ id, forgetAt });
    if (!inserted.ok) await shown.update(id, {}, { set: { forgetAt } });
  }

  return {
    async find({ number, email }, actor) {
      const wait = limitAddresses ? backoff.wait(actor.address) : 0;
      if (wait > 0) return refuse("rate_limited", "Too many attempts, wait a moment", { retryAfterMs: wait });
      backoff.attempt(actor.address);
      const order = (await orders.findOne({ number: normalOrderNumber(number) })) as OrderDoc | null;
      if (order === null || !(await belongsTo(order, foldEmail(email)))) {
        await audit.record({ ...actorOf(actor), action: "order.lookup", outcome: "denied" });
        return NOT_FOUND;
      }
      await show(actor.principal.sessionId, order.id);
      await audit.record({ ...actorOf(actor), action: "order.lookup", subject: order.id, outcome: "done" });
      return { ok: true, order };
    },
    async wasShown(principal, orderId) {
      const found = await shown.get(shownId(principal.sessionId, orderId));
      return found !== null && found.forgetAt > clock.now();
    },
    async sweep() {
      const over = await shown.find({ forgetAt: { lt: clock.now() } }, { limit: PAGE });
      for (const { id } of over) await shown.remove(id);
    },
  };
}

const shownId = (sessionId: string, orderId: string) => `${sessionId}:${orderId}`;
