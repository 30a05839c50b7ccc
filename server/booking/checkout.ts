/**
 * Checkout: from a hold to an order with its money asked for.
 *
 * Promises: seats are claimed in the ledger before any money is asked for, and money is asked for only
 * on an attempt that the ledger has recorded. Run again with the same order id, after whatever death,
 * it goes on where it stopped: one order, one charge.
 */
import type { Background } from "../basics/background.ts";
import { type Clock, timestamp } from "../basics/clock.ts";
import { type AttemptState, type PaymentProvider, ProviderUnavailable } from "../payment/port.ts";
import { type Outcome, type Refusal, refuse } from "../protocol/errors.ts";
import type { Channel, CheckoutRequest } from "../protocol/resources.ts";
import { type HoldRecord, MapUnavailable, type SeatMap } from "../seatmap/port.ts";
import type { BookedLine, OrderDoc } from "../store/collections.ts";
import { refusalOf } from "./answers.ts";
import type { Blocks } from "./blocks.ts";
import { claimsOf, type Ledger, seatsOf, TOMBSTONE_VERSION } from "./ledger.ts";
import { newOrderNumber } from "./numbers.ts";
import { passBy, type Reached } from "./points.ts";
import { priceLines } from "./pricing.ts";
import type { Settlement } from "./settlement.ts";
import { type SellableShowtime, type ShowtimeSource, sellsOn } from "./showtimes.ts";

/** Who buys, as proved by a token. */
export interface Buyer {
  sessionId: string;
  channel: Channel;
  /** Takes cash over a counter. */
  maySell: boolean;
  /** Holds and sells seats that are kept from sale. */
  maySellBlocked?: boolean;
  customerId?: string;
  deviceId?: string;
  clerkId?: string;
}

/** One checkout. The id of its order is made before it begins; see `createIdempotency`. */
export interface Purchase {
  orderId: string;
  /** Somebody may have begun with this id before. */
  repeated: boolean;
  buyer: Buyer;
  request: CheckoutRequest;
  /** The cinema as the buyer reaches it: where the provider's page leads back to. */
  returnUrl?: string;
}

export interface CheckoutDeps {
  ledger: Ledger;
  /** A map that loads itself. */
  map: Pick<SeatMap, "beginPayment" | "settle" | "endPayment">;
  /** Reads a showtime's map anew from the ledger. */
  reload(showtimeId: string): Promise<void>;
  showtimes: ShowtimeSource;
  provider: Pick<PaymentProvider, "name" | "accepts" | "charge" | "healthy">;
  settlement: Pick<Settlement, "drive">;
  blocks: Pick<Blocks, "lend">;
  background: Background;
  clock: Clock;
  /** How long an order can be paid. */
  windowMs: number;
  reached?: Reached;
}

export interface Checkout {
  /**
   * Answers a card order as `pending` once the provider has it (what becomes of it comes by `order:changed`),
   * a cash order as `confirmed`. Throws `MapUnavailable`, `StoreUnavailable` or `ProviderUnavailable` when the
   * outcome is unknown: nothing is lost, run it again with the same order id.
   */
  begin(purchase: Purchase): Promise<Outcome<{ order: OrderDoc }>>;
}

/** How long the answer waits for the provider to take the charge, so that a `nextAction` can be in it. */
const ACCEPTANCE_MS = 1_500;
/** Nobody else looks at an order that this process is working on for this long. */
const CARE_MS = 3_000;

/** What has been judged before anything is touched. */
interface Basket {
  showtime: SellableShowtime;
  lines: BookedLine[];
  total: number;
}

/** What an order keeps of buyer and house. */
type Noted = Pick<OrderDoc, "contact" | "seller">;

export function createCheckout(deps: CheckoutDeps): Checkout {
  const { ledger, map, provider, settlement, background, clock } = deps;
  const reached = deps.reached ?? passBy;

  async function judge({ buyer, request }: Purchase): Promise<Outcome<Basket>> {
    const { method, token } = request.payment;
    if (method === "cash" && !buyer.maySell) return refuse("forbidden", "Cash is taken at the box office alone");
    const showtime = await deps.showtimes.sellable(request.showtimeId);
    if (showtime === null || showtime.status === "draft") return invalid("showtimeId", "is not a showtime");
    const priced = priceLines(showtime, await deps.showtimes.ticketTypes(), request.lines);
    if (!priced.ok) return priced;
    if (request.codes !== undefined && request.codes.length > 0) return invalid("codes.0", "is not a code we know");
    if (method === "card" && !provider.accepts(token)) return invalid("payment.token", "can't be charged");
    if (!sellsOn(showtime, buyer.channel, clock.now()))
      return refuse("showtime_closed", "This showtime is not on sale");
    if (method === "card" && !provider.healthy()) throw new ProviderUnavailable("the payment provider is down");
    return { ok: true, showtime, lines: priced.lines, total: priced.total };
  }

  async function start(purchase: Purchase): Promise<Outcome<{ order: OrderDoc }>> {
    const basket = await judge(purchase);
    if (!basket.ok) return basket;
    const { orderId: bookingId, buyer, request } = purchase;
    const { showtimeId, hold } = request;
    // Read before the payment is begun: without the store, nothing is, and the hold stays as it was.
    const noted = { contact: await contactOf(purchase), seller: await deps.showtimes.seller() };
    const begun = await map.beginPayment({
      ...{ showtimeId, hold, bookingId, sessionId: buyer.sessionId, windowMs: deps.windowMs },
      seats: basket.lines.map(({ index }) => index),
    });
    if (!begun.ok) return refusalOf(begun, basket.showtime.layout);
    reached("payment-begun", bookingId);
    const order = newOrder(purchase, { ...basket, ...noted }, begun.hold, begun.deadline);
    return insert(order, purchase, begun.hold);
  }

  /** What a buyer with an account leaves open is as in the account: staff look for purchases by name. */
  async function contactOf({ buyer: { customerId }, request: { contact } }: Purchase): Promise<OrderDoc["contact"]> {
    const account = customerId === undefined ? null : await ledger.contactOf(customerId);
    return account === null ? contact : { ...account, ...contact };
  }

  function newOrder(purchase: Purchase, basket: Basket & Noted, hold: HoldRecord, deadlineAt: number) {
    const { buyer, request, orderId: id } = purchase;
    const { showtime, lines, total, contact, seller } = basket;
    const { sessionId, channel, customerId, deviceId, clerkId } = buyer;
    const isCash = request.payment.method === "cash";
    const { token, expiresAt, capAt, graces } = hold;
    const { id: showtimeId, film, startsAt, auditorium, currency } = showtime;
    return {
      ...{ id, kind: "order" as const, number: newOrderNumber(), status: "pending" as const },
      ...{ channel, sessionId, customerId, deviceId, clerkId, contact, seller },
      ...{ showtimeId, film, startsAt, auditorium, lines, total, currency, discounts: [], refunds: [] },
      claims: claimsOf({ showtimeId, lines }),
      payment: {
        method: request.payment.method,
        provider: isCash ? "cash" : provider.name,
        // Cash has changed hands before the clerk presses the key.
        status: isCash ? ("captured" as const) : ("pending" as const),
        attempts: [],
      },
      hold: { token, expiresAt, capAt, graces },
      deadlineAt,
      mapDue: true as const,
      nextCheckAt: clock.now() + CARE_MS,
    };
  }

  type NewOrder = ReturnType<typeof newOrder>;

  /** The ledger decides who has the seats. A refusal may be our own write, made before an answer was lost. */
  async function insert(order: NewOrder, purchase: Purchase, hold: HoldRecord): Promise<Outcome<{ order: OrderDoc }>> {
    const inserted = await ledger.insert(order);
    if (inserted.ok) {
      reached("order-inserted", order.id);
      return { ok: true, order: inserted.document };
    }
    const known = await ledger.booking(order.id);
    if (known?.kind === "order") return { ok: true, order: known };
    if (known?.kind === "tombstone") return GIVEN_UP;
    if (inserted.index === "number") return insert({ ...order, number: newOrderNumber() }, purchase, hold);
    const mayLend = inserted.index === "claims" && purchase.buyer.maySellBlocked === true;
    if (mayLend && (await deps.blocks.lend(order))) return insert(order, purchase, hold);
    return loseSeats(order, hold);
  }

  /** Somebody owns a seat that the map showed as ours: the map was wrong. The other seats go back to the buyer. */
  async function loseSeats(order: NewOrder, hold: HoldRecord): Promise<Refusal> {
    const { id: bookingId, showtimeId, claims } = order;
    const taken = await ledger.owned(claims);
    await ledger.bury(bookingId, showtimeId);
    // The hold comes back first: the reload then takes from it what others own, and keeps the rest.
    const back = { ...hold, minLeftMs: 0, maxGraces: 0 };
    await map.endPayment({ showtimeId, bookingId, version: TOMBSTONE_VERSION, back });
    await deps.reload(showtimeId);
    const seats = taken.map((claim) => claim.slice(showtimeId.length + 1));
    return refuse("seat_taken", "Someone else has these seats", { seats });
  }

  /** The order's seats are in the map as of this moment, or no money is asked for. Answers the map's time. */
  async function attach(order: OrderDoc): Promise<number> {
    const attached = await map.settle({ showtimeId: order.showtimeId, booking: seatsOf(order) });
    if (!attached.ok) throw new MapUnavailable(`the map did not take an order: ${attached.why}`);
    reached("attached", order.id);
    return attached.at;
  }

  /** Null: the order changed meanwhile, look again. */
  async function recordAttempt(order: OrderDoc): Promise<OrderDoc | null> {
    const attempts = [{ id: `${order.id}:1`, startedAt: timestamp(clock.now()) }];
    const recorded = await ledger.change(order, {
      set: { payment: { ...order.payment, attempts }, nextCheckAt: clock.now() + CARE_MS },
      unset: ["mapDue"],
    });
    if (!recorded.ok) return null;
    reached("attempt-recorded", order.id);
    return recorded.document;
  }

  /** Asks for the money of a pending card order, from wherever its checkout stopped. */
  async function pay(orderId: string, known: OrderDoc | null, purchase: Purchase): Promise<OrderDoc> {
    const order = known ?? (await ledger.order(orderId));
    if (order === null) throw new Error(`order ${orderId} is gone`);
    if (order.status !== "pending" || order.payment.status !== "pending") return order;
    const mapNow = await attach(order);
    const leftMs = order.deadlineAt - mapNow;
    if (leftMs <= 0) return (await settlement.drive(orderId)) ?? order;
    if (order.payment.attempts.length === 0) return pay(orderId, await recordAttempt(order), purchase);
    return charge(order, leftMs, purchase);
  }

  async function charge(order: OrderDoc, windowMs: number, purchase: Purchase): Promise<OrderDoc> {
    const { id: orderId, total: amount, currency } = order;
    const { token } = purchase.request.payment;
    const attemptId = order.payment.attempts.at(-1)?.id ?? "";
    const { returnUrl } = purchase;
    const charging = provider.charge({ attemptId, orderId, amount, currency, token, windowMs, returnUrl });
    reached("charge-sent", orderId);
    const state = await withinMs(ACCEPTANCE_MS, charging);
    if (state === "late") {
      background.run("a slow charge", async () => settlement.drive(orderId, await charging));
      return order;
    }
    reached("charge-answered", orderId);
    if (state.status === "pending") return noteNextAction(order, state);
    background.run("settling an order", () => settlement.drive(orderId, state));
    return order;
  }

  async function noteNextAction(order: OrderDoc, { nextAction }: AttemptState & { status: "pending" }) {
    if (nextAction === undefined) return order;
    const noted = await ledger.change(order, { set: { payment: { ...order.payment, nextAction } } });
    return noted.ok ? noted.document : ((await ledger.order(order.id)) ?? order);
  }

  async function begin(purchase: Purchase): Promise<Outcome<{ order: OrderDoc }>> {
    const { orderId, repeated } = purchase;
    const known = repeated ? await ledger.booking(orderId) : null;
    if (known !== null && known.kind !== "order") return GIVEN_UP;
    const begun = known === null ? await start(purchase) : { ok: true as const, order: known };
    if (!begun.ok) return begun;
    if (begun.order.payment.method === "card") return { ok: true, order: await pay(orderId, begun.order, purchase) };
    return { ok: true, order: (await settlement.drive(orderId)) ?? begun.order };
  }

  return { begin };
}

const GIVEN_UP = refuse("hold_expired", "This checkout was given up; choose your seats again");

function invalid(path: string, message: string): Refusal {
  return refuse("invalid_request", `${path} ${message}`, { errors: [{ path, message }] });
}

/** The result, or "late"; the work goes on, and its failure is its caller's to watch only when it was not late. */
async function withinMs<T>(ms: number, work: Promise<T>): Promise<T | "late"> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<"late">((resolve) => {
    timer = setTimeout(resolve, ms, "late");
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}
