/**
 * A payment provider that moves no real money: for the demo, for development and for tests.
 *
 * Promises: everything the port promises, and books of its own that survive any crash (`ledger`). What a
 * charge does is decided by its token, see `cards.ts`. Several processes may share one store.
 * Must never import a room, nor read the cinema's own ledger.
 */
import { type Clock, systemClock } from "../../basics/clock.ts";
import { type Store, StoreUnavailable } from "../../store/port.ts";
import {
  type AttemptState,
  type Charge,
  type HostedAttempt,
  type HostedPage,
  type PaymentProvider,
  ProviderUnavailable,
} from "../port.ts";
import { type Attempt, attempts, type LedgerEntry, movedBy, readLedger, stateOf, transfer } from "./attempts.ts";
import { type Callback, readCallback, signCallback } from "./callbacks.ts";
import { cardOf, DEFAULT_TOKEN } from "./cards.ts";

export interface SimulatedProviderDeps {
  /** Opened with `PROVIDER_COLLECTIONS`. Closed with the provider. */
  store: Store;
  /** What callbacks are signed with, unless the charge named another. */
  secret: string;
  clock?: Clock;
  /** Where the buyer of an attempt decides. */
  pageUrl?: (charge: Charge) => string;
  /** Brings a callback to the cinema; a rejection is tried again. */
  deliver?: (callback: Callback, url: string | undefined) => Promise<void>;
}

/** A charge as the provider's own process takes it. */
export interface SimulatedCharge extends Charge {
  callback?: { url: string; secret: string };
}

export interface SimulatedProvider extends PaymentProvider {
  charge(charge: SimulatedCharge): Promise<AttemptState>;
  readonly page: HostedPage;
  ledger(): Promise<LedgerEntry[]>;
  /** A signed callback about an attempt, as the provider would send it now. */
  callbackFor(attemptId: string): Promise<Callback>;
}

/** How often attempts that end by themselves are looked for. */
const SETTLE_EVERY_MS = 100;
/** A charge that is never answered looks to its caller like a lost one after this long. */
const SILENCE_MS = 10_000;
/** A callback that does not arrive is sent again after these; then the cinema has to ask. */
const RETRIES_MS = [250, 1_000, 4_000];

export function createSimulatedProvider(deps: SimulatedProviderDeps): SimulatedProvider {
  const { store, secret, deliver, clock = systemClock } = deps;
  const pageUrl = deps.pageUrl ?? hostedPageUrl;
  const collection = store.collection(attempts);
  const closing = new AbortController();

  async function charge(asked: SimulatedCharge): Promise<AttemptState> {
    const card = cardOf(asked.token);
    if (card === null) return { status: "declined" };
    const inserted = await collection.insert(begin(asked));
    const attempt = inserted.ok ? inserted.document : await collection.get(asked.attemptId);
    if (attempt === null) throw new ProviderUnavailable("an attempt was lost");
    if (card.silent && attempt.status === "pending") await silence(closing.signal);
    return stateOf(attempt);
  }

  function begin(asked: SimulatedCharge): Omit<Attempt, "version"> {
    const { attemptId: id, orderId, amount, currency, token = DEFAULT_TOKEN, returnUrl, callback } = asked;
    const card = cardOf(token);
    const now = clock.now();
    const settlesAfter = card?.approvedAfterMs?.(asked.windowMs);
    const status = card?.begins ?? "declined";
    return {
      ...{ id, orderId, amount, currency, token, status },
      postings: status === "captured" ? transfer(amount, id, now) : [],
      ...(settlesAfter === undefined ? {} : { settlesAt: now + settlesAfter }),
      ...(settlesAfter === undefined || card?.committedMs === undefined
        ? {}
        : { committedAt: now + settlesAfter - card.committedMs }),
      ...(card?.challenge ? { pageUrl: pageUrl(asked) } : {}),
      ...(returnUrl === undefined ? {} : { returnUrl }),
      ...(callback === undefined ? {} : { callback }),
    };
  }

  /** Ends a pending attempt. Null when somebody else did, or changed it, first. */
  async function end(attempt: Attempt, status: "captured" | "declined" | "cancelled"): Promise<Attempt | null> {
    const { id, version, amount } = attempt;
    const postings = status === "captured" ? transfer(amount, id, clock.now()) : [];
    const unset = ["settlesAt", "pageUrl"] as const;
    const ended = await collection.update(id, { version, status: "pending" }, { set: { status, postings }, unset });
    return ended.ok ? ended.document : null;
  }

  async function cancel(attemptId: string): Promise<AttemptState> {
    for (;;) {
      const attempt = await collection.get(attemptId);
      if (attempt === null) {
        if ((await collection.insert(cancelledBeforeItCame(attemptId))).ok) return { status: "cancelled" };
        continue;
      }
      if (attempt.status !== "pending") return stateOf(attempt);
      if (attempt.committedAt !== undefined && clock.now() >= attempt.committedAt) return { status: "pending" };
      const ended = await end(attempt, "cancelled");
      if (ended !== null) return stateOf(ended);
    }
  }

  async function refund(asked: { refundId: string; attemptId: string; amount: number }): Promise<AttemptState> {
    for (;;) {
      const attempt = await collection.get(asked.attemptId);
      if (attempt === null) return { status: "unknown" };
      const { id, version, postings } = attempt;
      const { captured, refunded } = movedBy(attempt);
      const isKnown = postings.some(({ reference }) => reference === asked.refundId);
      if (isKnown || asked.amount > captured - refunded) return stateOf(attempt);
      const back = transfer(-asked.amount, asked.refundId, clock.now());
      const updated = await collection.update(id, { version }, { set: { postings: [...postings, ...back] } });
      if (updated.ok) return stateOf(updated.document);
    }
  }

  async function approveDue(): Promise<void> {
    const due = await collection.find({ settlesAt: { lte: clock.now() } });
    for (const attempt of due) {
      const ended = await end(attempt, "captured");
      if (ended !== null) background(tell(ended));
    }
  }

  /** Tells the cinema how an attempt ended after its charge was answered. */
  async function tell(attempt: Attempt): Promise<void> {
    if (deliver === undefined) return;
    for (const waitMs of [...RETRIES_MS, null]) {
      const callback = signCallback(attempt.callback?.secret ?? secret, attempt.id, attempt.status, clock.now());
      const arrived = await deliver(callback, attempt.callback?.url).then(
        () => true,
        () => false,
      );
      if (arrived || waitMs === null) return;
      await pause(waitMs, closing.signal);
    }
  }

  async function view(attemptId: string): Promise<HostedAttempt | null> {
    const attempt = await collection.get(attemptId);
    return attempt === null ? null : hosted(attempt);
  }

  async function answer(attemptId: string, approved: boolean): Promise<HostedAttempt | null> {
    const attempt = await collection.get(attemptId);
    if (attempt?.pageUrl !== undefined) {
      const ended = await end(attempt, approved ? "captured" : "declined");
      if (ended !== null) background(tell(ended));
    }
    return view(attemptId);
  }

  const underWay = new Set<Promise<void>>();
  /** Work that nobody waits for; what fails is asked for by the cinema, or found by the next look. */
  function background(work: Promise<void>): void {
    const watched = work.catch(() => {}).finally(() => underWay.delete(watched));
    underWay.add(watched);
  }
  const timer = setInterval(() => background(approveDue()), SETTLE_EVERY_MS);
  timer.unref();

  return {
    name: "simulated",
    accepts: (token) => cardOf(token) !== null,
    charge: (asked) => asProvider(charge(asked)),
    async lookup(attemptId) {
      const attempt = await asProvider(collection.get(attemptId));
      return attempt === null ? { status: "unknown" } : stateOf(attempt);
    },
    cancel: (attemptId) => asProvider(cancel(attemptId)),
    refund: (asked) => asProvider(refund(asked)),
    readCallback: (body, headers) => readCallback(secret, body, headers, clock.now()),
    healthy: () => store.healthy(),
    async close() {
      clearInterval(timer);
      closing.abort();
      await Promise.all(underWay);
      await store.close();
    },
    page: { view, answer },
    ledger: () => readLedger(store),
    async callbackFor(attemptId) {
      const attempt = await collection.get(attemptId);
      return signCallback(secret, attemptId, attempt?.status ?? "unknown", clock.now());
    },
  };
}

/** Where the cinema itself serves the provider's page; relative when it does not know its own address. */
function hostedPageUrl({ attemptId, returnUrl }: Charge): string {
  const path = `/pay/simulated/${encodeURIComponent(attemptId)}`;
  return returnUrl === undefined ? path : new URL(path, returnUrl).href;
}

function cancelledBeforeItCame(id: string): Omit<Attempt, "version"> {
  return { id, status: "cancelled", orderId: "", amount: 0, currency: "", token: "", postings: [] };
}

function hosted({ id: attemptId, amount, currency, status, pageUrl, returnUrl }: Attempt): HostedAttempt {
  return { attemptId, amount, currency, open: status === "pending" && pageUrl !== undefined, returnUrl };
}

/** The provider's own store being down is, to the cinema, the provider being down. */
async function asProvider<T>(work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    if (error instanceof StoreUnavailable) throw new ProviderUnavailable(error.message, { cause: error });
    throw error;
  }
}

/** Lets a charge hang, until its caller gives up or the provider closes. */
async function silence(signal: AbortSignal): Promise<never> {
  await pause(SILENCE_MS, signal);
  throw new ProviderUnavailable("the provider did not answer in time");
}

/** Waits; ends early, and quietly, on the signal. */
function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) return resolve();
    const timer = setTimeout(done, ms);
    signal.addEventListener("abort", done, { once: true });
    function done() {
      clearTimeout(timer);
      signal.removeEventListener("abort", done);
      resolve();
    }
  });
}
