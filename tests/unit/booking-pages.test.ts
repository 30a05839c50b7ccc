import { afterAll, beforeAll, expect, it } from "vitest";
import { createLedger } from "../../server/booking/ledger.ts";
import { findKeysOf } from "../../server/booking/order-search.ts";
import { createOrders, type OrderFilter, type Orders } from "../../server/booking/orders.ts";
import { bookings, type OrderDoc } from "../../server/store/collections.ts";
import type { Collection } from "../../server/store/port.ts";
import { anOrder } from "../support/orders.ts";
import { type TempStore, tempStore } from "../support/store.ts";

let temp: TempStore;
let documents: Collection<OrderDoc>;
let orders: Orders;
beforeAll(async () => {
  temp = await tempStore();
  documents = temp.store.collection(bookings) as unknown as Collection<OrderDoc>;
  const ledger = createLedger({ store: temp.store, clock: { now: Date.now } });
  const settlement = { cancel: () => Promise.reject(new Error("nobody cancels here")) };
  orders = createOrders({ ledger, settlement, news: { listen: () => () => {} } });
});
afterAll(() => temp.cleanUp());

async function page(filter: OrderFilter, limit: number, after?: string) {
  const listed = await orders.list(filter, { limit, ...(after !== undefined && { after }) });
  if (!listed.ok) throw new Error(listed.message);
  return { ids: listed.items.map(({ id }) => id), nextId: listed.nextId };
}

it("[C90] pending orders are listed on after the last one has been paid, those of the same moment too", async () => {
  const ids: string[] = [];
  for (const [n, second] of [10, 11, 12, 12, 12, 13, 14].entries()) {
    const createdAt = `2026-03-14T17:00:${second}.000Z`;
    const number = `K7M4R${n}`;
    const order = anOrder({ id: `ord_page${n}`, status: "pending", createdAt, number });
    const { receiptSeries: _series, receiptSeq: _seq, receiptNumber: _receipt, ...unpaid } = order;
    expect((await documents.insert(unpaid)).ok).toBe(true);
    ids.unshift(order.id);
  }
  const filter = { status: "pending", from: "2026-03-14T17:00:11.000Z" } as const;
  const first = await page(filter, 4);
  expect(first.ids).toEqual(ids.slice(0, 4));
  await documents.update(ids[3] as string, {}, { set: { status: "confirmed" } });
  const second = await page(filter, 4, first.nextId ?? undefined);
  expect(second).toEqual({ ids: ids.slice(4, 6), nextId: null });
});

it("[U105] of a short name, those who are called so come first, then those whose name begins so; each once, page by page", async () => {
  const wanted: string[] = [];
  for (const [n, name] of ["Anabel Ruiz", "Ana Sanz", "Analía Díaz", "Ana Anaya", "Eva Sanz", "Ana Gil"].entries()) {
    const id = `ord_name${n}`;
    const contact = { name, email: `${n}@example.com` };
    const order = anOrder({ id, contact, number: `N7M4R${n}`, createdAt: `2026-03-15T17:00:1${n}.000Z` });
    const unique = { receiptSeq: n, receiptNumber: `A-${n}`, findKeys: findKeysOf(order) };
    expect((await documents.insert({ ...order, ...unique })).ok).toBe(true);
    if (name.startsWith("Ana ")) wanted.unshift(id);
  }
  const filter = { q: "ana", from: "2026-03-15T00:00:00.000Z" };
  const first = await page(filter, 2);
  expect(first.ids).toEqual(wanted.slice(0, 2));
  const second = await page(filter, 2, first.nextId ?? undefined);
  expect(second.ids[0]).toBe(wanted[2]);
  const third = await page(filter, 2, second.nextId ?? undefined);
  expect([...second.ids.slice(1), ...third.ids].sort()).toEqual(["ord_name0", "ord_name2"]);
  expect(third.nextId).toBeNull();
});
