/** One guest of the crowd: looks, chooses, hesitates, buys or leaves; then somebody else comes. */
import { randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import type { ErrorCode } from "../protocol/errors.ts";
import type { Hold } from "../protocol/events.ts";
import type { CheckoutRequest, Order, Page, Showtime, ShowtimeSeats } from "../protocol/resources.ts";
import type { CrowdClient } from "./crowd-client.ts";
import {
  type Act,
  nextStep,
  partySize,
  pause,
  pickCard,
  pickSeats,
  pickShowtime,
  pickTickets,
  type Random,
} from "./crowd-mind.ts";

/** What the crowd has done so far. */
export interface Tally {
  /** Seats in the hand of each guest right now. */
  held: Map<number, number>;
  seatsSold: number;
  orders: number;
  declined: number;
  /** Somebody else was faster. */
  beaten: number;
  walkedAway: number;
}

export interface GuestDeps {
  name: number;
  client: CrowdClient;
  random: Random;
  /** How many times faster than people. */
  haste: number;
  tally: Tally;
  signal: AbortSignal;
}

/** Showtimes that guests choose from: the next ones, about an evening of a small cinema. */
const CHOICE = 12;
/** How far ahead they look, in milliseconds: late at night the next showtimes are tomorrow's. */
const AHEAD_MS = 36 * 3_600_000;
/** Showtimes that start sooner than this may close while one is choosing. */
const HURRY_MS = 10 * 60_000;
/** How often one chooses other seats after somebody was faster. */
const TRIES = 4;

/** A showtime that a guest stands before. */
interface Sight {
  showtime: Showtime;
  seats: ShowtimeSeats["layout"]["seats"];
  party: number;
}

/** What the programme offers now, soonest first. */
export async function nextShowtimes(client: Pick<CrowdClient, "call">): Promise<Showtime[]> {
  const from = new Date(Date.now() + HURRY_MS).toISOString();
  const to = new Date(Date.now() + AHEAD_MS).toISOString();
  const answer = await client.call<Page<Showtime>>("GET", `/showtimes?from=${from}&to=${to}&status=on-sale&limit=200`);
  if (!answer.ok) throw new Error(`the programme can't be read: ${answer.problem.detail}`);
  return answer.body.items.sort((a, b) => a.startsAt.localeCompare(b.startsAt)).slice(0, CHOICE);
}

/** Comes again and again until stopped; then lets go of its seats. Never rejects for being stopped. */
export async function liveAsGuest(deps: GuestDeps): Promise<void> {
  const { client, signal, random } = deps;
  try {
    await take("arrive", deps, random());
    await client.renew();
    for (;;) {
      await visit(deps);
      await take("rest", deps);
    }
  } catch (error) {
    if (!signal.aborted) throw error;
  } finally {
    await client.leave();
  }
}

/** Passes the time that an act takes, or a part of it. */
function take(act: Act, { random, haste, signal }: GuestDeps, part = 1): Promise<void> {
  return sleep((pause(act, random) * part) / haste, undefined, { signal });
}

async function visit(deps: GuestDeps): Promise<void> {
  const { client, random } = deps;
  const party = partySize(random);
  const showtime = pickShowtime(await nextShowtimes(client), party, random);
  await take("browse", deps);
  if (showtime === null || !(await client.watch(showtime.id))) return;
  const answer = await client.call<ShowtimeSeats>("GET", `/showtimes/${showtime.id}/seats`);
  if (answer.ok) await choose(deps, { showtime, seats: answer.body.layout.seats, party });
  deps.tally.held.delete(deps.name);
  await client.watch(null);
}

async function choose(deps: GuestDeps, sight: Sight): Promise<void> {
  await take("look", deps);
  let hold = await holdSeats(deps, sight);
  for (let changes = 0; hold !== null; changes++) {
    await take("think", deps);
    const step = nextStep(changes, deps.random);
    switch (step) {
      case "pay":
        return buy(deps, sight, hold);
      case "release":
        return release(deps, sight);
      case "walk-away":
        return walkAway(deps);
      case "extend":
        await deps.client.ask("hold:extend", { requestId: randomUUID(), showtimeId: sight.showtime.id });
        break;
      case "change":
        await release(deps, sight);
        hold = await holdSeats(deps, sight);
        break;
    }
  }
}

/** Taken by another: look again. Anything else: not here, not now. */
const WORTH_ANOTHER_TRY: ReadonlySet<ErrorCode> = new Set(["seat_taken", "orphan_seat"]);

async function holdSeats(deps: GuestDeps, { showtime, seats, party }: Sight): Promise<Hold | null> {
  const { client, random, tally } = deps;
  for (let attempt = 0; attempt < TRIES; attempt++) {
    const wanted = pickSeats(seats, client.map()?.states ?? "", party, random);
    if (wanted === null) return null;
    const request = { requestId: randomUUID(), showtimeId: showtime.id, seats: wanted };
    const answer = await client.ask("seats:hold", request);
    if (answer.ok) {
      tally.held.set(deps.name, answer.hold.seats.length);
      return answer.hold;
    }
    if (!WORTH_ANOTHER_TRY.has(answer.error.code)) return null;
    tally.beaten++;
    await take("giveUp", deps);
  }
  return null;
}

async function release({ client, tally, name }: GuestDeps, { showtime }: Sight): Promise<void> {
  tally.held.delete(name);
  await client.ask("seats:release", { requestId: randomUUID(), showtimeId: showtime.id });
}

/** The seats stay held until their time is over; who comes next is somebody else. */
async function walkAway({ client, tally, name }: GuestDeps): Promise<void> {
  tally.walkedAway++;
  tally.held.delete(name);
  await client.renew();
}

async function buy(deps: GuestDeps, sight: Sight, hold: Hold, declinedBefore = false): Promise<void> {
  const { client, random, tally } = deps;
  const showtimeId = sight.showtime.id;
  const lines = pickTickets(hold.seats, sight.seats, sight.showtime.prices, random);
  await take("pay", deps);
  const payment = { method: "card", token: pickCard(declinedBefore, random) } as const;
  const order = await pay(deps, { showtimeId, hold: hold.token, lines, payment });
  if (order?.status === "confirmed") {
    tally.orders++;
    tally.seatsSold += order.lines.length;
  } else if (order?.status === "declined") {
    tally.declined++;
    const back = await client.ask("hold:resume", { showtimeId });
    if (!back.ok || back.hold === null) return;
    return declinedBefore ? release(deps, sight) : buy(deps, sight, back.hold, true);
  } else await release(deps, sight);
}

/** The order when it is decided; null when it was refused. */
async function pay({ client }: GuestDeps, request: CheckoutRequest): Promise<Order | null> {
  const made = await client.call<Order>("POST", "/orders", request, { "idempotency-key": randomUUID() });
  if (!made.ok) return null;
  let order = made.body;
  while (order.status === "pending") {
    const answer = await client.call<Order>("GET", `/orders/${order.id}?wait=20`);
    if (!answer.ok) return null;
    order = answer.body;
  }
  return order;
}
