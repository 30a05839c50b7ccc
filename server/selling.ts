import { createBackground } from "./basics/background.ts";
import { createBlocks } from "./booking/blocks.ts";
import { createCheckout } from "./booking/checkout.ts";
import { createIdempotency } from "./booking/idempotency.ts";
import type { Ledger } from "./booking/ledger.ts";
import { createReceiptSeries } from "./booking/numbers.ts";
import { createOrderNews } from "./booking/order-news.ts";
import { createOrders } from "./booking/orders.ts";
import { createSettlement } from "./booking/settlement.ts";
import type { ShowtimeSource } from "./booking/showtimes.ts";
import type { Config } from "./config.ts";
import type { Overrides, Parts } from "./parts.ts";
import type { Tickets } from "./receipts/tickets.ts";
import type { MapLoader } from "./seatmap/loader.ts";
import type { SeatMap } from "./seatmap/port.ts";
import { startReconciler } from "./workers/reconciler.ts";
import type { Loop } from "./workers/repeat.ts";
import { startSweeper } from "./workers/sweeper.ts";

export interface SellingDeps {
  ledger: Ledger;
  /** The map that loads itself. */
  map: SeatMap;
  loader: MapLoader;
  showtimes: ShowtimeSource;
  tickets: Tickets;
}

/** Joins everything between a hold and a paid order. */
export function joinSelling(config: Config, parts: Parts, deps: SellingDeps, { reached }: Overrides) {
  const { store, clock } = parts;
  const { provider } = parts.payment;
  const { ledger, map, showtimes } = deps;
  const report = createReporter();
  const background = createBackground(report.tell);
  const news = createOrderNews({ map, onError: report.tell });
  const receiptSeries = createReceiptSeries(config.CINEMA_TIME_ZONE);
  const shared = { ledger, map, provider, showtimes, clock, reached };
  const settlement = createSettlement({ ...shared, receiptSeries, news, issueTickets: deps.tickets.issue });
  const windowMs = config.PAYMENT_WINDOW_S * 1000;
  const { reload } = deps.loader;
  const blocks = createBlocks({ ...shared, store, reload });
  const checkout = createCheckout({ ...shared, settlement, blocks, background, reload, windowMs });
  const idempotency = createIdempotency({ store, clock, reached });
  const orders = createOrders({ ledger, news, settlement });
  return { checkout, settlement, blocks, idempotency, orders, background, report };
}

export type Selling = ReturnType<typeof joinSelling>;

/** The loops that look after holds and orders. */
export function startSelling(
  parts: Parts,
  { ledger, loader: { restore } }: Pick<SellingDeps, "ledger" | "loader">,
  { settlement, blocks, idempotency, report }: Pick<Selling, "settlement" | "blocks" | "idempotency" | "report">,
): Loop[] {
  const { store, clock, map } = parts;
  const onError = report.tell;
  return [
    startReconciler({ ledger, settlement, blocks, idempotency, clock, onError }),
    startSweeper({ store, map, restore, settlement, clock, onError }),
  ];
}

/** Failures of work that nobody waits for, told to whatever log there is by then. */
function createReporter() {
  let log: (what: string, error: unknown) => void = () => {};
  return {
    tell: (what: string, error: unknown) => log(what, error),
    to(target: (what: string, error: unknown) => void) {
      log = target;
    },
  };
}
