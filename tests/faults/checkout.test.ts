import { randomUUID } from "node:crypto";
import { describe, expect, it, vi } from "vitest";
import { type PaymentProvider, ProviderUnavailable } from "../../server/payment/port.ts";
import type { OrderDoc } from "../../server/store/collections.ts";
import { times } from "../support/counts.ts";
import { eventually } from "../support/poll.ts";
import {
  bought,
  openHouses,
  openSelling,
  type SellingOptions,
  type SellingRooms,
  seatOf,
  statusOf,
  WINDOW_S,
} from "../support/selling.ts";

/** Money under fault, on real books; time is made to pass. */
vi.setConfig({ testTimeout: times(30_000, 300_000, 3_000_000) });
const open = openHouses();

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
