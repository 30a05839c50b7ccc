/** Figures of selling for Prometheus: how orders go, and whether somebody looks after them in time. */
import { Counter, Gauge, type Registry } from "prom-client";
import type { Clock } from "../basics/clock.ts";
import type { Ledger } from "../booking/ledger.ts";
import type { OrderStatus } from "../protocol/resources.ts";
import { bookings } from "../store/collections.ts";
import type { Store } from "../store/port.ts";

/** All of them, so that a status nobody has had yet is a zero and not a gap. */
const STATUSES: Readonly<Record<OrderStatus, true>> = {
  pending: true,
  confirmed: true,
  declined: true,
  expired: true,
  cancelled: true,
  refunded: true,
  "partially-refunded": true,
};

/** The same ledger; what it writes is counted by the status that orders take on. Each order counts on one server. */
export function countOrders(ledger: Ledger, registry: Registry): Ledger {
  const orders = new Counter({
    name: "butaca_orders_total",
    help: "Orders that took on a status, by status",
    labelNames: ["status"],
    registers: [registry],
  });
  for (const status of Object.keys(STATUSES)) orders.inc({ status }, 0);

  function countWhen(isWritten: boolean, status: OrderStatus | undefined, before: OrderStatus | null): void {
    if (isWritten && status !== undefined && status !== before) orders.inc({ status });
  }

  return {
    ...ledger,
    async insert(order) {
      const inserted = await ledger.insert(order);
      countWhen(inserted.ok, order.status, null);
      return inserted;
    },
    async change(order, patch) {
      const changed = await ledger.change(order, patch);
      countWhen(changed.ok, patch.set?.status, order.status);
      return changed;
    },
    async changeNumbered(order, series, patch) {
      const changed = await ledger.changeNumbered(order, series, patch);
      countWhen(changed.ok, patch.set?.status, order.status);
      return changed;
    },
  };
}

/** A store that is slower than this must not keep the other figures from being read. */
const READ_WITHIN_MS = 1_000;

interface Outstanding {
  open: number;
  due: number;
  /** How long the one due longest has been waiting, in seconds. */
  age: number;
}

const UNKNOWN: Outstanding = { open: Number.NaN, due: Number.NaN, age: Number.NaN };

/** Shows what the reconciler has before it, of the whole cinema; NaN while the store can't be asked. */
export function addOrderFigures(registry: Registry, deps: { store: Store; clock: Clock }): void {
  const documents = deps.store.collection(bookings);
  let reading: Promise<Outstanding> | null = null;

  async function look(): Promise<Outstanding> {
    const now = deps.clock.now();
    const [open, due, first] = await Promise.all([
      documents.count({ nextCheckAt: { gte: 0 } }),
      documents.count({ nextCheckAt: { lte: now } }),
      documents.findOne({ nextCheckAt: { lte: now } }),
    ]);
    return { open, due, age: Math.max(0, now - (first?.nextCheckAt ?? now)) / 1000 };
  }

  /** One question for all three. */
  function read(): Promise<Outstanding> {
    reading ??= Promise.race([look().catch(() => UNKNOWN), unknownAfter(READ_WITHIN_MS)]).finally(() => {
      reading = null;
    });
    return reading;
  }

  const gauge = (name: string, help: string, figure: keyof Outstanding) =>
    new Gauge({
      ...{ name, help, registers: [registry] },
      async collect() {
        this.set((await read())[figure]);
      },
    });
  gauge("butaca_orders_open", "Orders whose seats, payment or refund are not final, of all servers", "open");
  gauge("butaca_orders_due", "Orders that are due to be looked after and nobody has taken, of all servers", "due");
  gauge("butaca_orders_due_age_seconds", "How long the order that is due longest has been waiting", "age");
}

function unknownAfter(ms: number): Promise<Outstanding> {
  return new Promise((resolve) => {
    setTimeout(resolve, ms, UNKNOWN).unref();
  });
}
