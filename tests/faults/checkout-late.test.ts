import { describe, expect, it, vi } from "vitest";
import type { OrderDoc } from "../../server/store/collections.ts";
import { times } from "../support/counts.ts";
import { eventually } from "../support/poll.ts";
import { bought, openHouses, openSelling, type SellingRooms, seatOf, statusOf, WINDOW_S } from "../support/selling.ts";

/** Money that arrives when the order has ended, on real books; time is made to pass. */
vi.setConfig({ testTimeout: times(30_000, 300_000, 3_000_000) });
const open = openHouses();

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
