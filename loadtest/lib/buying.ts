/** A whole purchase: seats, order, money, tickets. Whatever servers do meanwhile, it must come to its end. */
import type { Hold } from "../../server/protocol/events.ts";
import type { CheckoutRequest, Order, Seat } from "../../server/protocol/resources.ts";
import { figures } from "./figures.ts";
import { call } from "./http.ts";
import type { Link } from "./link.ts";
import type { Offer } from "./programme.ts";
import { dice } from "./time.ts";

/** `elsewhere`: others were faster too often here, or no room is left. */
export type Bought =
  | { outcome: "bought"; order: Order }
  | { outcome: "elsewhere" }
  | { outcome: "failed"; why: string };

export interface Shopping {
  link: Link;
  token: string;
  offer: Offer;
  /** As seen at the moment. */
  states(): string;
  seats: number;
}

/** How often one chooses other seats after somebody was faster. */
const TRIES = 20;
/** An order leaves `pending` within this many waits of 20 s, or something is wrong. */
const WAITS = 4;

export async function buy(shopping: Shopping): Promise<Bought> {
  const startedAt = Date.now();
  const held = await holdSomewhere(shopping);
  if (held === "elsewhere") return { outcome: "elsewhere" };
  if ("why" in held) return { outcome: "failed", why: held.why };
  const bought = await pay(shopping, held);
  if (bought.outcome === "bought") figures.purchaseTime.add(Date.now() - startedAt);
  return bought;
}

async function holdSomewhere(shopping: Shopping): Promise<Hold | "elsewhere" | { why: string }> {
  for (let tries = 0; tries < TRIES; tries++) {
    const seats = chooseSeats(shopping.offer.seats, shopping.states(), shopping.seats);
    if (seats === null) return "elsewhere";
    const held = await holdSeats(shopping.link, shopping.offer.showtimeId, seats);
    if (held.ok) return held.hold;
    if (held.error.code === "showtime_closed" || held.error.code === "hold_limit") return "elsewhere";
    if (held.error.code !== "seat_taken") return { why: `seats:hold answered ${held.error.code}` };
  }
  return "elsewhere";
}

/** One hold, timed and counted. */
export async function holdSeats(link: Link, showtimeId: string, seats: string[]) {
  const startedAt = Date.now();
  const held = await link.ask("seats:hold", { requestId: crypto.randomUUID(), showtimeId, seats });
  figures.holdTime.add(Date.now() - startedAt);
  if (held.ok) figures.holds.add(1);
  else figures.refusals.add(1, { code: held.error.code });
  return held;
}

async function pay({ token, offer }: Shopping, hold: Hold): Promise<Bought> {
  const body: CheckoutRequest = {
    showtimeId: offer.showtimeId,
    hold: hold.token,
    lines: hold.seats.map((seatId) => ({ seatId, ticketTypeId: ticketTypeOf(offer, seatId) })),
    payment: { method: "card" },
  };
  const key = crypto.randomUUID();
  const placed = await call<Order>("POST", "/orders", { token, body, key });
  if (!placed.ok) {
    figures.refusals.add(1, { code: placed.problem.code });
    return { outcome: "failed", why: `POST /orders answered ${placed.status} ${placed.problem.code}` };
  }
  const order = await untilSettled(placed.body, token);
  if (order.status !== "confirmed") return { outcome: "failed", why: `order ${order.id} is ${order.status}` };
  if (order.tickets?.length !== hold.seats.length)
    return { outcome: "failed", why: `order ${order.id} has no tickets` };
  figures.tickets.add(hold.seats.length);
  return { outcome: "bought", order };
}

async function untilSettled(placed: Order, token: string): Promise<Order> {
  let order = placed;
  for (let waits = 0; waits < WAITS && order.status === "pending"; waits++) {
    const answer = await call<Order>("GET", `/orders/${order.id}?wait=20`, { token });
    if (answer.ok) order = answer.body;
  }
  return order;
}

/** Free seats side by side, somewhere in the house; those for wheelchairs and companions are left to who needs them. */
export function chooseSeats(seats: readonly Seat[], states: string, count: number): string[] | null {
  const start = dice(seats.length);
  for (let step = 0; step < seats.length; step++) {
    const first = (start + step) % seats.length;
    const chosen = seats.slice(first, first + count);
    if (chosen.length === count && chosen.every((seat, at) => isFree(seat, states[first + at], chosen[0], at)))
      return chosen.map(({ id }) => id);
  }
  return null;
}

function isFree(seat: Seat, state: string | undefined, first: Seat | undefined, at: number): boolean {
  const isBeside = first !== undefined && seat.y === first.y && seat.x === first.x + at;
  return isBeside && state === "A" && (seat.kind === "standard" || seat.kind === "vip");
}

function ticketTypeOf({ seats, prices }: Offer, seatId: string): string {
  const zone = seats.find(({ id }) => id === seatId)?.zone;
  return prices.find((price) => price.zone === zone)?.ticketTypeId ?? "";
}
