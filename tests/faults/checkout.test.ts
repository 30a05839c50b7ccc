import { randomUUID } from "node:crypto";
import { afterEach, describe, expect, it, vi } from "vitest";
import { type PaymentProvider, ProviderUnavailable } from "../../server/payment/port.ts";
import type { OrderDoc } from "../../server/store/collections.ts";
import type { Collection, Store, Stored } from "../../server/store/port.ts";
import { times } from "../support/counts.ts";
import { eventually } from "../support/poll.ts";
import { openSelling, type SellingOptions, type SellingRooms, WINDOW_S } from "../support/selling.ts";

/** Money and seats under fault, on real books; time is made to pass. */
vi.setConfig({ testTimeout: times(30_000, 300_000, 3_000_000) });
const opened: SellingRooms[] = [];
async function open(options?: SellingOptions): Promise<SellingRooms> {
  const rooms = await openSelling(options);
  opened.push(rooms);
  return rooms;
}
afterEach(async () => {
  await Promise.all(opened.splice(0).map((rooms) => rooms.close()));
});

const seatOf = (rooms: SellingRooms, place: number) => rooms.seats[place] as string;

/** Purchases of one house, and how many of them at a time: they wait for the disk together. */
const IN_ONE_HOUSE = 100;
const ABREAST = 20;

/** Repeats a purchase of a seat of its own, in as many houses as it takes, and compares the books of each. */
async function repeat(
  count: number,
  options: SellingOptions,
  purchase: (rooms: SellingRooms, place: number) => Promise<void>,
) {
  for (let left = count; left > 0; left -= IN_ONE_HOUSE) {
    const rooms = await openSelling(options);
    const places = Array.from({ length: Math.min(left, IN_ONE_HOUSE) }, (_, place) => place);
    try {
      for (let first = 0; first < places.length; first += ABREAST)
        await Promise.all(places.slice(first, first + ABREAST).map((place) => purchase(rooms, place)));
      await rooms.settle();
      expect(await rooms.faults()).toEqual([]);
    } finally {
      await rooms.close();
    }
  }
}

async function bought(rooms: SellingRooms, place: number, card?: string, email?: string): Promise<OrderDoc> {
  const sessionId = `ses_${randomUUID()}`;
  const seats = [seatOf(rooms, place)];
  const answer = await rooms.buy({ sessionId, hold: await rooms.hold(sessionId, seats), seats, card, email });
  if (!answer.ok) throw new Error(answer.code);
  return answer.order;
}

const statusOf = async (rooms: SellingRooms, { id }: { id: string }) => (await rooms.ledger.order(id))?.status;

describe("the provider's answer is swallowed", () => {
  /** Every charge happens; the first answer of each attempt gets lost. */
  function swallowing(provider: PaymentProvider): PaymentProvider {
    const seen = new Set<string>();
    return {
      ...provider,
      async charge(charge) {
        const state = await provider.charge(charge);
        if (seen.has(charge.attemptId)) return state;
        seen.add(charge.attemptId);
        throw new ProviderUnavailable("the answer got lost");
      },
    };
  }

  it("[C20] the client repeats the key: one capture, the same order", async () => {
    await repeat(times(20, 500, 5_000), { wrapProvider: swallowing }, async (rooms, place) => {
      const [sessionId, seats, key] = [`ses_${place}`, [seatOf(rooms, place)], randomUUID()];
      const asked = { sessionId, hold: await rooms.hold(sessionId, seats), seats, key };
      await expect(rooms.buy(asked)).rejects.toThrow(ProviderUnavailable);
      const repeated = await rooms.buy(asked);
      if (!repeated.ok) throw new Error(repeated.code);
      await rooms.background.settled();
      expect(await statusOf(rooms, repeated.order)).toBe("confirmed");
      expect(await rooms.ledger.find({ sessionId }, { limit: 2 })).toHaveLength(1);
    });
  });

  it("[C20] nobody repeats it: whoever looks next finds the money and confirms", async () => {
    const rooms = await open({ wrapProvider: swallowing });
    const [sessionId, seats] = ["ses_a", [seatOf(rooms, 0)]];
    const hold = await rooms.hold(sessionId, seats);
    await expect(rooms.buy({ sessionId, hold, seats })).rejects.toThrow(ProviderUnavailable);
    rooms.pass(5_000);
    await rooms.settle();
    expect(await rooms.faults()).toEqual([]);
    expect((await rooms.allOrders()).map(({ status }) => status)).toEqual(["confirmed"]);
  });

  it("[C21] the provider is down: nothing is charged, and the order ends with its window", async () => {
    let isDown = false;
    const rooms = await open({
      wrapProvider: (provider) => ({
        ...provider,
        charge: (charge) => (isDown ? Promise.reject(new ProviderUnavailable("down")) : provider.charge(charge)),
        lookup: (id) => (isDown ? Promise.reject(new ProviderUnavailable("down")) : provider.lookup(id)),
        cancel: (id) => (isDown ? Promise.reject(new ProviderUnavailable("down")) : provider.cancel(id)),
      }),
    });
    isDown = true;
    await expect(bought(rooms, 0)).rejects.toThrow(ProviderUnavailable);
    rooms.pass(WINDOW_S * 1000);
    await rooms.settle();
    const [order] = await rooms.allOrders();
    expect(order).toMatchObject({ status: "expired", payment: { status: "pending" } });
    isDown = false;
    rooms.pass(5_000);
    await rooms.settle();
    expect(await rooms.faults()).toEqual([]);
    expect((await rooms.allOrders())[0]?.payment.status).toBe("cancelled");
  });
});

describe("a slow bank", () => {
  it("[P1] approves after five seconds, and the order is found and confirmed without a callback", async () => {
    const rooms = await open();
    const order = await bought(rooms, 0, "sim_slow");
    rooms.pass(4_000);
    await rooms.settle();
    expect(await statusOf(rooms, order)).toBe("pending");
    rooms.pass(5_000);
    await eventually(async () => (await rooms.books.provider.lookup(`${order.id}:1`)).status === "captured");
    await rooms.settle();
    expect(await statusOf(rooms, order)).toBe("confirmed");
    expect(await rooms.faults()).toEqual([]);
  });
});

describe("callbacks", () => {
  it("[P10] five in parallel, in any order and before the charge's own answer: state only moves forward", async () => {
    const rank = { pending: 0, declined: 1, confirmed: 1 } as Record<string, number>;
    await repeat(times(20, 500, 5_000), {}, async (rooms, place) => {
      const approve = place % 4 !== 1;
      const order = await bought(rooms, place, place % 4 === 0 ? "sim_decline" : "sim_challenge");
      const ended = place % 4 > 1 ? "confirmed" : "declined";
      const attemptId = `${order.id}:1`;
      const before = await rooms.books.provider.lookup(attemptId);
      const decided = rooms.books.provider.page.answer(attemptId, approve);
      const seen: number[] = [];
      // One of the five is old news: what the provider said before the decision.
      const callbacks = [before, null, null, null, null].map(async (news, turn) => {
        if (turn % 2 === 0) await decided;
        await rooms.settlement.drive(order.id, news ?? (await rooms.books.provider.lookup(attemptId)));
        seen.push(rank[(await statusOf(rooms, order)) ?? ""] ?? -1);
      });
      await Promise.all(callbacks);
      expect(seen).toEqual(seen.toSorted((a, b) => a - b));
      expect(await statusOf(rooms, order)).toBe(ended);
      if (ended === "declined") await rooms.map.release(releaseOf(rooms, order));
    });
  });

  function releaseOf({ showtimeId }: SellingRooms, { sessionId }: OrderDoc) {
    return { showtimeId, sessionId, requestId: randomUUID(), payloadHash: "x" };
  }
});

describe("an approval that comes after the end", () => {
  const allLate = async (rooms: SellingRooms, count: number, email?: string) => {
    const places = Array.from({ length: count }, (_, place) => place);
    const orders = await Promise.all(places.map((place) => bought(rooms, place, "sim_late", email)));
    rooms.pass(WINDOW_S * 1000);
    await rooms.settle();
    for (const order of orders) expect(await statusOf(rooms, order)).toBe("expired");
    return orders;
  };
  const late = async (rooms: SellingRooms, email?: string) => (await allLate(rooms, 1, email))[0] as OrderDoc;
  const arrive = async (rooms: SellingRooms, ...orders: OrderDoc[]) => {
    rooms.pass(6_000);
    for (const { id } of orders)
      await eventually(async () => (await rooms.books.provider.lookup(`${id}:1`)).status !== "pending");
    await rooms.settle();
  };

  it("[P11] the seats are free and the buyer can be reached: the order is confirmed with them", async () => {
    const rooms = await open();
    const order = await late(rooms, "ana@example.com");
    await arrive(rooms, order);
    const [confirmed] = await rooms.allOrders();
    expect(confirmed).toMatchObject({
      id: order.id,
      status: "confirmed",
      payment: { status: "captured" },
      refunds: [],
    });
    expect(confirmed?.tickets).toHaveLength(1);
    expect(await rooms.faults()).toEqual([]);
  });

  it("[P12] nobody can be reached: all of it is refunded", async () => {
    const rooms = await open();
    await arrive(rooms, await late(rooms));
    const [expired] = await rooms.allOrders();
    const seat = seatOf(rooms, 0);
    expect(expired).toMatchObject({ status: "expired", payment: { status: "refunded" } });
    expect(expired?.refunds).toMatchObject([{ amount: 900, lines: [seat], status: "done" }]);
    expect(await rooms.faults()).toEqual([]);
  });

  it("[P12] the seats were sold to another, or are held by one: all of it is refunded", async () => {
    // Few: the bank approves two seconds after the window, and by then all must have ended.
    const inOneHouse = times(4, 10, 10);
    for (let left = times(4, 200, 2_000); left > 0; left -= inOneHouse) {
      const rooms = await openSelling();
      try {
        const orders = await allLate(rooms, inOneHouse, "ana@example.com");
        const taken = orders.map((_, place) =>
          place % 2 === 0 ? bought(rooms, place) : rooms.hold(`ses_rival_${place}`, [seatOf(rooms, place)]),
        );
        await Promise.all(taken);
        await arrive(rooms, ...orders);
        const ended = new Map((await rooms.allOrders()).map((order) => [order.id, order]));
        for (const { id } of orders)
          expect(ended.get(id)).toMatchObject({ status: "expired", payment: { status: "refunded" } });
        expect(await rooms.faults()).toEqual([]);
      } finally {
        await rooms.close();
      }
    }
  });

  it("[P13] after a cancel it is always refunded", async () => {
    const rooms = await open();
    const order = await bought(rooms, 0, "sim_late", "ana@example.com");
    rooms.pass(WINDOW_S * 1000 - 5_000);
    expect(await rooms.settlement.cancel(order.id)).toMatchObject({ ok: true, order: { status: "cancelled" } });
    rooms.pass(5_000);
    await arrive(rooms, order);
    const [cancelled] = await rooms.allOrders();
    expect(cancelled).toMatchObject({ status: "cancelled", payment: { status: "refunded" } });
    expect(await rooms.faults()).toEqual([]);
  });

  it("[P13] an early cancel is honoured: nothing is ever captured", async () => {
    const rooms = await open();
    const order = await bought(rooms, 0, "sim_late", "ana@example.com");
    await rooms.settlement.cancel(order.id);
    await rooms.settle();
    rooms.pass(WINDOW_S * 1000);
    await arrive(rooms, order);
    const [cancelled] = await rooms.allOrders();
    expect(cancelled).toMatchObject({ status: "cancelled", payment: { status: "cancelled" }, refunds: [] });
    expect(await rooms.faults()).toEqual([]);
  });
});

describe("the seat map forgets everything", () => {
  /** Two buyers of one seat: the map is lost while the first one's order waits for its bank. */
  async function sellTwice(rooms: SellingRooms) {
    const seats = [seatOf(rooms, 0)];
    const first = await bought(rooms, 0, "sim_challenge");
    rooms.loseMap();
    const second = await (async () => {
      const hold = await rooms.hold("ses_second", seats);
      return rooms.buy({ sessionId: "ses_second", hold, seats });
    })().catch((error: Error) => error.message);
    await rooms.books.provider.page.answer(`${first.id}:1`, true);
    rooms.pass(10_000);
    await rooms.settle();
    return second;
  }

  it("[C22] nothing that the ledger sold or is selling can be held again", async () => {
    const rooms = await open();
    expect(await sellTwice(rooms)).toBe("seat_taken");
    expect(await rooms.faults()).toEqual([]);
    rooms.loseMap();
    expect(await rooms.faults()).toEqual([]);
  });

  it("[C22] negative control: without claims in the ledger the check finds the seat sold twice", async () => {
    const rooms = await open({ wrapStore: withoutClaims });
    await sellTwice(rooms);
    expect(await rooms.faults()).toContainEqual(expect.stringContaining("sold twice"));
  });

  /** The guard taken away: orders are written without the seats they claim. */
  function withoutClaims(store: Store): Store {
    return {
      ...store,
      collection<D extends Stored>(spec: Parameters<Store["collection"]>[0]) {
        const collection = store.collection(spec as never) as unknown as Collection<D>;
        return {
          ...collection,
          insert({ claims: _, ...document }: Record<string, unknown>) {
            return collection.insert(document as never);
          },
        } as Collection<D>;
      },
    } as Store;
  }

  it("[C23] a map that is wrong is corrected by the ledger: seat_taken, and the other seats stay held", async () => {
    const rooms = await open();
    const [a, b] = [seatOf(rooms, 0), seatOf(rooms, 1)];
    await bought(rooms, 0);
    await rooms.settle();
    // The map comes back from a time before the sale, and lets the seat be held.
    rooms.loseMap();
    const { readBookings } = rooms.ledger;
    rooms.ledger.readBookings = async () => [];
    const hold = await rooms.hold("ses_b", [a, b]).finally(() => {
      rooms.ledger.readBookings = readBookings;
    });
    const refused = await rooms.buy({ sessionId: "ses_b", hold, seats: [a, b] });
    expect(refused).toMatchObject({ ok: false, code: "seat_taken", seats: [a] });
    const kept = await rooms.map.holdOf({ showtimeId: rooms.showtimeId, sessionId: "ses_b" });
    expect(kept).toMatchObject({ ok: true, hold: { token: hold, seats: [1] } });
    await rooms.settle();
    await rooms.map.release({
      ...{ showtimeId: rooms.showtimeId, sessionId: "ses_b" },
      requestId: "1",
      payloadHash: "",
    });
    expect(await rooms.faults()).toEqual([]);
  });

  it("[C24] a checkout that died before its order is given up: its seats go free, it can't come back", async () => {
    const rooms = await open();
    const seats = [seatOf(rooms, 0)];
    const hold = await rooms.hold("ses_a", seats);
    const { showtimeId } = rooms;
    const bookingId = "ord_00000000000000000000";
    await rooms.map.beginPayment({ showtimeId, sessionId: "ses_a", hold, seats: [0], bookingId, windowMs: 1_000 });
    rooms.pass(1_000);
    await rooms.settle();
    expect(await rooms.ledger.booking(bookingId)).toMatchObject({ kind: "tombstone" });
    const begun = await rooms.checkout.begin({
      ...{ orderId: bookingId, repeated: true, buyer: { sessionId: "ses_a", channel: "web", maySell: false } },
      request: { showtimeId, hold, lines: [], payment: { method: "card" } },
    });
    expect(begun).toMatchObject({ ok: false, code: "hold_expired" });
    expect(await rooms.faults()).toEqual([]);
  });
});

describe("the check of the books", () => {
  it("[C25] negative control: it finds the charge of a server that asks for money before it writes the order", async () => {
    const rooms = await open();
    const orderId = "ord_00000000000000000000";
    const charge = { attemptId: `${orderId}:1`, orderId, amount: 900, currency: "EUR", windowMs: 1_000 };
    await rooms.books.provider.charge(charge);
    // Here it dies.
    expect(await rooms.faults()).toEqual([`${orderId}:1: charged without an order`]);
  });
});

describe("one key", () => {
  it("[C11] twenty times at once, and with another body: one effect", async () => {
    await repeat(times(10, 200, 2_000), {}, async (rooms, place) => {
      const [sessionId, seats, key] = [`ses_${place}`, [seatOf(rooms, place)], randomUUID()];
      const asked = { sessionId, hold: await rooms.hold(sessionId, seats), seats, key };
      const answers = await Promise.all(
        Array.from({ length: 20 }, (_, turn) => rooms.buy(turn % 5 === 4 ? { ...asked, card: "sim_slow" } : asked)),
      );
      const codes = answers.map((answer) => (answer.ok ? answer.order.id : answer.code));
      const orders = new Set(codes.filter((code) => code.startsWith("ord_")));
      expect(orders.size).toBe(1);
      expect(codes.filter((code) => code === "idempotency_mismatch")).toHaveLength(4);
      for (const code of codes.filter((each) => !orders.has(each)))
        expect(["idempotency_in_progress", "idempotency_mismatch"]).toContain(code);
      expect(await rooms.buy(asked)).toMatchObject({ ok: true, order: { id: [...orders][0] } });
      expect(await rooms.ledger.find({ sessionId }, { limit: 2 })).toHaveLength(1);
    });
  });
});
