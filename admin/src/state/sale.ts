import { computed, effect, type ReadonlySignal, signal } from "@preact/signals";
import type { Order, Page, Price, Seat, Showtime, TicketType } from "../../../server/protocol/resources.ts";
import { type Api, freshKey } from "../../../ui/connection/api.ts";
import type { Link } from "../../../ui/connection/link.ts";
import type { Outcome, Refusal } from "../../../ui/connection/outcome.ts";
import { createHoldDesk, type HoldDesk } from "../../../ui/live/hold.ts";

/** How far the sale is. While `taking` nothing can be changed. */
export type SalePhase = { phase: "choosing" } | { phase: "taking" } | { phase: "sold"; order: Order; change: number };

export interface SaleLine {
  seat: Seat;
  ticketTypeId: string;
  price: number;
}

/** A sale at the counter: seats, their ticket types, cash. */
export interface Sale {
  phase: ReadonlySignal<SalePhase>;
  desk: HoldDesk;
  /** Types on offer for at least one zone of this showtime, in the house's order. */
  types: ReadonlySignal<readonly TicketType[]>;
  lines: ReadonlySignal<readonly SaleLine[]>;
  total: ReadonlySignal<number>;
  priceOf(seat: Seat): number | null;
  /** Whether a seat can be sold as a type: its zone has a price for it. */
  sells(seat: Seat, ticketTypeId: string): boolean;
  setType(seatId: string, ticketTypeId: string): void;
  /** All seats as one type, and those still to come. */
  setAll(ticketTypeId: string): void;
  /** Sells for cash. `given`: what the buyer put down, for the change; null: the exact amount. */
  take(given: number | null): Promise<Outcome<object>>;
  /** Ready for the next buyer. */
  next(): void;
  close(): void;
}

export interface SaleDeps {
  api: Pick<Api, "get" | "post">;
  link: Link;
  showtime: Showtime;
  seats: readonly Seat[];
}

export function createSale({ api, link, showtime, seats }: SaleDeps): Sale {
  const desk = createHoldDesk({ link, showtimeId: showtime.id });
  const phase = signal<SalePhase>({ phase: "choosing" });
  const types = signal<readonly TicketType[]>([]);
  const chosen = signal<ReadonlyMap<string, string>>(new Map());
  const usual = signal<string | null>(null);
  const seatOf = new Map(seats.map((seat) => [seat.id, seat]));

  const lines = computed(() =>
    [...desk.mine.value].flatMap((seatId): SaleLine[] => {
      const seat = seatOf.get(seatId);
      const price = seat && priceFor(seat, chosen.value.get(seatId) ?? usual.value, showtime.prices);
      return seat && price ? [{ seat, ticketTypeId: price.ticketTypeId, price: price.amount }] : [];
    }),
  );
  const total = computed(() => lines.value.reduce((sum, line) => sum + line.price, 0));

  // One attempt keeps its key until its outcome is known, so that a lost answer is never a second sale.
  let attempt: { key: string; body: string } | null = null;

  async function loadTypes(): Promise<void> {
    const answer = await api.get<Page<TicketType>>("/ticket-types", { limit: 200 });
    if (!answer.ok) return;
    const sold = new Set(showtime.prices.map((price) => price.ticketTypeId));
    types.value = answer.body.items
      .filter((type) => type.active && sold.has(type.id))
      .sort((a, b) => a.order - b.order);
    usual.value ??= types.value[0]?.id ?? null;
  }
  const stop = link.whenLive(() => {
    if (types.peek().length === 0) void loadTypes();
  });
  const forget = effect(() => {
    if (desk.mine.value.size === 0) chosen.value = new Map();
  });

  async function order(token: string): Promise<Outcome<{ order: Order }>> {
    const request = {
      showtimeId: showtime.id,
      hold: token,
      lines: lines.peek().map(({ seat, ticketTypeId }) => ({ seatId: seat.id, ticketTypeId })),
      payment: { method: "cash" },
    };
    const body = JSON.stringify(request);
    if (attempt?.body !== body) attempt = { key: freshKey(), body };
    const answer = await api.post<Order>("/orders", request, { idempotencyKey: attempt.key });
    return answer.ok ? { ok: true, order: answer.body } : answer;
  }

  return {
    phase,
    desk,
    types,
    lines,
    total,
    priceOf: (seat) => priceFor(seat, usual.value, showtime.prices)?.amount ?? null,
    sells: (seat, ticketTypeId) =>
      showtime.prices.some((price) => price.zone === seat.zone && price.ticketTypeId === ticketTypeId),
    setType(seatId, ticketTypeId) {
      chosen.value = new Map(chosen.peek()).set(seatId, ticketTypeId);
    },
    setAll(ticketTypeId) {
      usual.value = ticketTypeId;
      chosen.value = new Map();
    },
    async take(given) {
      const hold = desk.hold.peek();
      if (hold === null || phase.peek().phase !== "choosing") return NOTHING_TO_SELL;
      const due = total.peek();
      phase.value = { phase: "taking" };
      const answer = await order(hold.token);
      if (!answer.ok) {
        phase.value = { phase: "choosing" };
        await desk.resume();
        return answer;
      }
      attempt = null;
      phase.value = { phase: "sold", order: answer.order, change: given === null ? 0 : given - due };
      return { ok: true };
    },
    next() {
      chosen.value = new Map();
      usual.value = types.peek()[0]?.id ?? null;
      phase.value = { phase: "choosing" };
      void desk.resume();
    },
    close() {
      stop();
      forget();
      if (desk.hold.peek() !== null && phase.peek().phase === "choosing") void desk.clear();
      desk.close();
    },
  };
}

const NOTHING_TO_SELL: Refusal = { ok: false, code: "hold_expired", message: "no seats are held" };

/** The price of a seat as one type; where its zone has no such type, the zone's first. */
function priceFor(seat: Seat, ticketTypeId: string | null, prices: readonly Price[]): Price | undefined {
  const inZone = prices.filter((price) => price.zone === seat.zone);
  return inZone.find((price) => price.ticketTypeId === ticketTypeId) ?? inZone[0];
}

/**
 * Minor units of what was typed: "20", "20,50", "20.5". Null when it is no amount; `digits` are those of
 * the currency.
 */
export function readAmount(text: string, digits: number): number | null {
  const clean = text.trim().replace(",", ".");
  if (!/^\d{1,7}(\.\d{1,3})?$/.test(clean)) return null;
  return Math.round(Number(clean) * 10 ** digits);
}
