import { randomUUID } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach } from "vitest";
import type { Buyer } from "../../server/booking/checkout.ts";
import { createLedger, type Ledger } from "../../server/booking/ledger.ts";
import { toOrder } from "../../server/booking/order-view.ts";
import { createCatalogue } from "../../server/catalogue/catalogue.ts";
import { readConfig } from "../../server/config.ts";
import { createMetrics } from "../../server/http/plugins/metrics.ts";
import { createKeys } from "../../server/identity/keys.ts";
import type { PaymentProvider } from "../../server/payment/port.ts";
import type { Outcome } from "../../server/protocol/errors.ts";
import type { Order } from "../../server/protocol/resources.ts";
import { createTickets } from "../../server/receipts/tickets.ts";
import { createCalendar } from "../../server/schedule/calendar.ts";
import { createPriceLists } from "../../server/schedule/price-lists.ts";
import { createSchedule } from "../../server/schedule/schedule.ts";
import { createSettings } from "../../server/schedule/settings.ts";
import { createShowtimes } from "../../server/schedule/source.ts";
import { createMapLoader, loadedMap } from "../../server/seatmap/loader.ts";
import { createMemorySeatMap } from "../../server/seatmap/memory/map.ts";
import type { SeatMap } from "../../server/seatmap/port.ts";
import { joinSelling, type Selling } from "../../server/selling.ts";
import type { OrderDoc } from "../../server/store/collections.ts";
import { openEmbeddedStore } from "../../server/store/embedded/store.ts";
import type { Store } from "../../server/store/port.ts";
import { openProvider, type TestProvider } from "./provider.ts";
import { faultsOf } from "./purchase.ts";
import { stock } from "./rooms.ts";

/** The rooms of selling on a real store, a real map and the simulated provider, at any speed of time. */
export interface SellingRooms extends Selling {
  showtimeId: string;
  ticketTypeId: string;
  seats: string[];
  ledger: Ledger;
  map: SeatMap;
  books: TestProvider;
  /** Everybody's clock goes forward: ours, the map's, the provider's. */
  pass(ms: number): void;
  /** The seat map forgets everything, as an emptied Redis does. */
  loseMap(): void;
  /** Seats as a session's hold. */
  hold(sessionId: string, seats: string[]): Promise<string>;
  /** Checks out a hold by card, once per key. */
  buy(asked: Asked): Promise<Outcome<{ order: OrderDoc }>>;
  /** Drives everything that is due until nothing is, and ends what is overdue on the map. */
  settle(): Promise<void>;
  /** What is wrong between the three books. */
  faults(): Promise<string[]>;
  allOrders(): Promise<Order[]>;
  close(): Promise<void>;
}

export interface Asked {
  sessionId: string;
  hold: string;
  seats: string[];
  key?: string;
  card?: string;
  email?: string;
  customerId?: string;
}

export interface SellingOptions {
  /** Stands before the provider: swallows answers, for example. */
  wrapProvider?: (provider: PaymentProvider) => PaymentProvider;
  /** Stands before the store: a broken guard, for a negative control. */
  wrapStore?: (store: Store) => Store;
}

export const WINDOW_S = 60;
const CHART = [..."ABCDEFGHIJ"].map((row) => `${row} ${"s".repeat(20)}`).join("\n");

export async function openSelling(options: SellingOptions = {}): Promise<SellingRooms> {
  let offset = 0;
  const clock = { now: () => Date.now() + offset };
  const dataDir = await mkdtemp(join(tmpdir(), "butaca-selling-"));
  const bareStore = await openEmbeddedStore({ dataDir });
  const store = options.wrapStore?.(bareStore) ?? bareStore;
  let map = newMap();
  const forgetful = swappable(() => map);
  const books = await openProvider({ now: clock.now });
  const provider = options.wrapProvider?.(books.provider) ?? books.provider;
  const config = readConfig({ PAYMENT_WINDOW_S: String(WINDOW_S), DATA_DIR: dataDir });

  const catalogue = createCatalogue({ store, clock });
  const settings = createSettings({ store, clock });
  const showtimes = createShowtimes({ store, clock, layouts: catalogue.layouts, settings, currency: "EUR" });
  const calendar = createCalendar(config.CINEMA_TIME_ZONE);
  const priceLists = createPriceLists({ store, clock, ticketTypes: catalogue.ticketTypes, calendar });
  const schedule = createSchedule({ store, clock, catalogue, priceLists });
  const { filmId, auditoriumId, ticketTypeId, prices } = await stock({ catalogue } as never, CHART);
  const made = await schedule.create({
    ...{ filmId, auditoriumId, prices, attributes: [], status: "on-sale" },
    startsAt: new Date(clock.now() + 24 * 3_600_000).toISOString(),
  });
  if (!made.ok) throw new Error(made.message);
  const showtimeId = made.document.id;
  const layout = (await showtimes.sellable(showtimeId))?.layout;
  const ledger = createLedger({ store, clock });
  const loader = createMapLoader({ map: forgetful, ...showtimes, readBookings: (id) => ledger.readBookings(id) });
  const loading = loadedMap(forgetful, loader);
  const tickets = createTickets({ keys: createKeys({ store, clock }) });
  const payment = { provider, onCallback: () => {} };
  const parts = { clock, store, map: forgetful, payment, metrics: createMetrics(), close: async () => {} };
  const selling = joinSelling(config, parts, { ledger, map: loading, loader, showtimes, tickets }, {});
  const indexes = (seats: string[]) => seats.map((seat) => layout?.indexOf.get(seat) ?? -1);

  function newMap(): SeatMap {
    return createMemorySeatMap({ monotonic: () => performance.now() + offset });
  }

  async function hold(sessionId: string, seats: string[]): Promise<string> {
    const answer = await loading.hold({
      ...{ showtimeId, sessionId, seats: indexes(seats), requestId: randomUUID(), payloadHash: "x" },
      ...{ freshToken: `hld_${randomUUID()}`, ttlMs: 600_000, capMs: 900_000, maxSeats: 10 },
    });
    if (!answer.ok) throw new Error(answer.why);
    return answer.hold.token;
  }

  async function buy(asked: Asked): Promise<Outcome<{ order: OrderDoc }>> {
    const { sessionId, hold: token, seats, key = randomUUID(), card, email, customerId } = asked;
    const lines = seats.map((seatId) => ({ seatId, ticketTypeId }));
    const request = {
      ...{ showtimeId, hold: token, lines, payment: { method: "card" as const, token: card } },
      ...(email !== undefined && { contact: { email } }),
    };
    const buyer: Buyer = { sessionId, channel: "web", maySell: false, ...(customerId !== undefined && { customerId }) };
    const done = await selling.idempotency.once(
      { caller: sessionId, route: "orders", key, body: request, subject: "ord" },
      (orderId, repeated) => selling.checkout.begin({ orderId, repeated, buyer, request }),
    );
    if (!done.ok) return done;
    const order = done.result?.order ?? (await ledger.order(done.subjectId));
    if (order === null) throw new Error("the order is gone");
    return { ok: true, order };
  }

  async function settle(): Promise<void> {
    await selling.background.settled();
    const swept = await loading.expire(showtimeId);
    for (const bookingId of swept.ok ? swept.overdue : []) await selling.settlement.overdue(showtimeId, bookingId);
    for (;;) {
      const due = await ledger.takeDue(clock.now(), clock.now() + 1);
      if (due === null) return;
      const driven = await selling.settlement.drive(due.id);
      if (driven !== null && driven.nextCheckAt !== undefined && driven.nextCheckAt <= clock.now() + 1) return;
    }
  }

  async function allOrders(): Promise<Order[]> {
    const listed = await selling.orders.list({}, { limit: 100_000 });
    return listed.ok ? listed.items.map((order) => toOrder(order)) : [];
  }

  async function faults(): Promise<string[]> {
    const shown = await loading.snapshot(showtimeId);
    const states = shown.ok ? shown.snapshot.states : "";
    const bySeat = new Map((layout?.seats ?? []).map(({ id }, index) => [id, states[index] ?? "?"]));
    return faultsOf({ orders: await allOrders(), ledger: await books.provider.ledger(), states: bySeat });
  }

  return {
    ...selling,
    ...{ showtimeId, ticketTypeId, ledger, map: loading, books, hold, buy, settle, allOrders, faults },
    seats: (layout?.seats ?? []).map(({ id }) => id),
    pass: (ms) => {
      offset += ms;
    },
    loseMap: () => {
      map = newMap();
    },
    async close() {
      selling.orders.close();
      await selling.background.settled();
      await books.close();
      await store.close();
      await rm(dataDir, { recursive: true, force: true });
    },
  };
}

/** Opens rooms for the tests of a file; those of each test are closed after it. */
export function openHouses(): typeof openSelling {
  const opened: SellingRooms[] = [];
  afterEach(async () => {
    await Promise.all(opened.splice(0).map((rooms) => rooms.close()));
  });
  return async (options) => {
    const rooms = await openSelling(options);
    opened.push(rooms);
    return rooms;
  };
}

export const seatOf = (rooms: SellingRooms, place: number) => rooms.seats[place] as string;

/** Somebody new buys the seat at this place. */
export async function bought(rooms: SellingRooms, place: number, card?: string, email?: string): Promise<OrderDoc> {
  const sessionId = `ses_${randomUUID()}`;
  const seats = [seatOf(rooms, place)];
  const answer = await rooms.buy({ sessionId, hold: await rooms.hold(sessionId, seats), seats, card, email });
  if (!answer.ok) throw new Error(answer.code);
  return answer.order;
}

export const statusOf = async (rooms: SellingRooms, { id }: { id: string }) => (await rooms.ledger.order(id))?.status;

/** A map that always is the one that there is now. */
function swappable(current: () => SeatMap): SeatMap {
  return new Proxy({} as SeatMap, {
    get: (_target, name) => {
      const value = current()[name as keyof SeatMap] as unknown;
      return typeof value === "function"
        ? (...args: unknown[]) => (current()[name as keyof SeatMap] as (...args: unknown[]) => unknown)(...args)
        : value;
    },
    ownKeys: () => Reflect.ownKeys(current()),
    getOwnPropertyDescriptor: () => ({ enumerable: true, configurable: true }),
  });
}
