/** What the guests of the crowd decide: pure, and the same for the same seed. */
import type { Price, Seat, Showtime } from "../protocol/resources.ts";

/** A number in [0, 1). */
export type Random = () => number;

/** A repeatable source of randomness (mulberry32). */
export function seeded(seed: number): Random {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** One of some choices, each as likely as its weight says. Null when nothing has any weight. */
export function weigh<T>(choices: readonly (readonly [choice: T, weight: number])[], random: Random): T | null {
  let left = random() * choices.reduce((sum, [, weight]) => sum + weight, 0);
  for (const [choice, weight] of choices) {
    if (left < weight) return choice;
    left -= weight;
  }
  return null;
}

/** How long people take over things, in milliseconds: the usual time. */
const PACE_MS = { arrive: 20_000, browse: 4_000, look: 5_000, think: 9_000, pay: 5_000, giveUp: 2_000, rest: 18_000 };
export type Act = keyof typeof PACE_MS;

/** How long this one takes: half to twice the usual time. */
export function pause(act: Act, random: Random): number {
  return Math.round(PACE_MS[act] * 2 ** (2 * random() - 1));
}

/** How many come along. */
export function partySize(random: Random): number {
  const sizes = [
    [1, 15],
    [2, 50],
    [3, 18],
    [4, 17],
  ] as const;
  return weigh(sizes, random) ?? 2;
}

/**
 * A showtime with room for the party: everybody wants to see the same few, and which those are depends on nothing
 * but their ids. Null when all are full.
 */
export function pickShowtime(showtimes: readonly Showtime[], party: number, random: Random): Showtime | null {
  const ranked = [...showtimes].sort((a, b) => scatter(a.id) - scatter(b.id));
  const open = ranked.map((showtime, rank): [Showtime, number] => {
    const roomy = showtime.status === "on-sale" && showtime.counts.available >= party;
    return [showtime, roomy ? 1 / (rank + 1) : 0];
  });
  return weigh(open, random);
}

/** A number that looks random but belongs to a text. */
function scatter(text: string): number {
  let hash = 0;
  for (const character of text) hash = Math.imul(hash ^ (character.codePointAt(0) ?? 0), 0x9e3779b1) >>> 0;
  return hash;
}

/** Seats of a row between two aisles or takers. */
type Run = Seat[];

/** How far taste strays, in seats: enough that not all go for the very same seat, and yet some do. */
const TASTE = 3;

/**
 * Seats side by side for a party: near the middle, two thirds back, rarely leaving a single seat over. Spaces for
 * wheelchairs and their companions are left to who needs them. Null when nothing that big is free.
 */
export function pickSeats(seats: readonly Seat[], states: string, party: number, random: Random): string[] | null {
  const middle = { x: Math.max(...seats.map(({ x }) => x)) / 2, y: (Math.max(...seats.map(({ y }) => y)) * 2) / 3 };
  let best: { cost: number; seats: Seat[] } | null = null;
  for (const run of freeRuns(seats, states)) {
    for (let start = 0; start + party <= run.length; start++) {
      const taken = run.slice(start, start + party);
      const orphan = start === 1 || run.length - start - party === 1 ? 2 : 0;
      const cost = distance(taken, middle) + orphan + TASTE * random();
      if (best === null || cost < best.cost) best = { cost, seats: taken };
    }
  }
  return best?.seats.map(({ id }) => id) ?? null;
}

function freeRuns(seats: readonly Seat[], states: string): Run[] {
  const runs: Run[] = [];
  let last: Seat | undefined;
  for (const [index, seat] of seats.entries()) {
    const free = states[index] === "A" && (seat.kind === "standard" || seat.kind === "vip");
    const beside = last !== undefined && last.y === seat.y && last.x + 1 === seat.x;
    if (free && beside) runs.at(-1)?.push(seat);
    else if (free) runs.push([seat]);
    last = free ? seat : undefined;
  }
  return runs;
}

function distance(seats: readonly Seat[], middle: { x: number; y: number }): number {
  const first = seats[0];
  const last = seats.at(-1);
  if (first === undefined || last === undefined) return 0;
  return Math.abs((first.x + last.x) / 2 - middle.x) + 1.5 * Math.abs(first.y - middle.y);
}

/** What one does with seats in the hand. */
export type Step = "pay" | "change" | "extend" | "release" | "walk-away";

/** The next step; whoever has changed their mind twice comes to a decision. */
export function nextStep(changes: number, random: Random): Step {
  const wavering = changes < 2 ? 1 : 0;
  const steps: [Step, number][] = [
    ["pay", 64],
    ["change", 16 * wavering],
    ["extend", 8 * wavering],
    ["release", 8],
    ["walk-away", 4],
  ];
  return weigh(steps, random) ?? "pay";
}

export type PaymentToken = "sim_approve" | "sim_decline" | "sim_slow";

/** The card that comes out of the pocket; after a decline, a better one. */
export function pickCard(declinedBefore: boolean, random: Random): PaymentToken {
  const cards: [PaymentToken, number][] = [
    ["sim_approve", 86],
    ["sim_decline", declinedBefore ? 0 : 10],
    ["sim_slow", 4],
  ];
  return weigh(cards, random) ?? "sim_approve";
}

/** A ticket type for each seat, from those that have a price in its zone: the first of the list three times out of four. */
export function pickTickets(
  seatIds: readonly string[],
  seats: readonly Seat[],
  prices: readonly Price[],
  random: Random,
): { seatId: string; ticketTypeId: string }[] {
  const zones = new Map(seats.map(({ id, zone }) => [id, zone]));
  return seatIds.flatMap((seatId) => {
    const offers = prices.filter(({ zone }) => zone === zones.get(seatId));
    const offer = random() < 0.75 ? offers[0] : offers[Math.floor(random() * offers.length)];
    return offer === undefined ? [] : [{ seatId, ticketTypeId: offer.ticketTypeId }];
  });
}
