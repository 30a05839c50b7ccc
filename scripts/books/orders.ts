/** The orders of years, as selling would have written them: the n-th one is always the same, but for the time. */

import { derivedId } from "../../server/basics/ids.ts";
import { findKeysOf } from "../../server/booking/order-search.ts";
import type { OrderDoc } from "../../server/store/collections.ts";

/** Two years of purchases, the last one a moment ago. */
export const SPAN_MS = 2 * 365 * 86_400_000;
const PER_SHOWTIME = 400;
const PER_BUYER = 40;
const FILMS_SHOWN = 500;
/** Whose account asks for its history. */
const ASKING_BUYER = 7;

const WORDS = "el día noche amor casa ciudad perro sombra último secreto hombre mujer mar fuego tiempo luz".split(" ");
export const NAMES =
  "Ana García Marta Pérez Lucía Núñez Hugo Martín Pablo Ruiz Carmen Soto Diego Vidal Elena Castro".split(" ");
export const pick = (list: readonly string[], n: number): string => list[n % list.length] ?? "";
export const titleOf = (n: number): string =>
  `${pick(WORDS, n)} ${pick(WORDS, n * 7 + 3)} de ${pick(WORDS, n * 13 + 5)} ${n}`;

export interface Books {
  /** How many orders. */
  count: number;
  customerId: string;
}

export const filmIdOf = (n: number): string => filmOf(n).id;
export const showtimeIdOf = (n: number): string => showtimeId(showOf(n));
export const seatOf = (n: number): string => `A${(n % PER_SHOWTIME) * 2}`;
export const addressOf = (n: number, { count }: Books): string => `buyer${buyerOf(n, count)}@example.com`;

const LETTERS = "34679CFHKMNRTWXY";

/** A number of six letters, another for each order below 16 million, in no order. */
export function numberOf(n: number): string {
  const mixed = Math.imul(n, 0x9e3779b1);
  let text = "";
  for (let shift = 20; shift >= 0; shift -= 4) text += (shift === 8 ? "-" : "") + LETTERS[(mixed >>> shift) & 15];
  return text;
}

/** The n-th order, oldest first. Written out, as there are millions: spreading parts together takes four times as long. */
export function orderOf(n: number, { count, customerId }: Books, now: number): OrderDoc {
  const createdAt = new Date(now - SPAN_MS + (n / count) * SPAN_MS).toISOString();
  const id = derivedId("ord", String(n));
  const buyer = buyerOf(n, count);
  const film = filmOf(n);
  const isConfirmed = n % 10 !== 0;
  const showtime = showtimeIdOf(n);
  const lines = linesOf(n % PER_SHOWTIME);
  const order: OrderDoc = {
    id,
    version: 4,
    kind: "order",
    number: numberOf(n),
    status: isConfirmed ? "confirmed" : "expired",
    channel: "web",
    sessionId: `ses_${id.slice(4)}`,
    customerId: buyer === ASKING_BUYER ? customerId : userId(buyer),
    showtimeId: showtime,
    film,
    startsAt: createdAt,
    auditorium: AUDITORIUM,
    lines,
    total: 1900,
    currency: "EUR",
    discounts: [],
    refunds: [],
    deadlineAt: 0,
    seller: SELLER,
    payment: {
      method: "card",
      provider: "simulated",
      status: isConfirmed ? "captured" : "cancelled",
      attempts: [{ id: `${id}:1`, startedAt: createdAt }],
    },
    hold: HOLD,
    revision: 3,
    createdAt,
    updatedAt: createdAt,
  };
  const name = n % 3 === 0 ? "" : nameOf(n % NAMES.length);
  const keys = keysOfNames(film)(name);
  order.findKeys = keys;
  if (name !== "") {
    order.contact = { name, email: addressOf(n, { count, customerId }) };
    order.findKeys = [`@${order.contact.email}`, ...keys];
  }
  if (isConfirmed) confirm(order, n);
  return order;
}

const AUDITORIUM = { id: "aud_1", name: "Sala 1" };
const SELLER = {
  cinemaName: "Cine",
  legalName: "Cine S.L.",
  taxId: "B00000000",
  address: "Calle Mayor 1",
  vatRate: 10,
};
const HOLD = { token: "hld_x", expiresAt: 0, capAt: 0, graces: 0 };
/** As long as a signed ticket is. */
const CODE = "c".repeat(250);

function confirm(order: OrderDoc, n: number): void {
  const { id, showtimeId, lines, createdAt } = order;
  order.claims = lines.map(({ seatId }) => `${showtimeId}:${seatId}`);
  order.receiptSeries = "A2026";
  order.receiptSeq = n + 1;
  order.receiptNumber = `A2026-${String(n + 1).padStart(6, "0")}`;
  order.tickets = lines.map(({ seatId }) => ({ id: `tik_${id.slice(4)}${seatId}`, seatId, code: CODE }));
  order.confirmedAt = createdAt;
}

/** The same answer for the same argument without working it out again: there are millions of orders. */
function remembered<K, V>(work: (key: K) => V): (key: K) => V {
  const known = new Map<K, V>();
  return (key) => {
    const before = known.get(key);
    if (before !== undefined) return before;
    const answer = work(key);
    known.set(key, answer);
    return answer;
  };
}

const showtimeId = remembered((show: number) => derivedId("sht", String(show)));
const userId = remembered((buyer: number) => derivedId("usr", String(buyer)));
const film = remembered((n: number) => ({ id: derivedId("flm", String(n)), title: titleOf(n) }));
const filmOf = (n: number) => film(showOf(n) % FILMS_SHOWN);
const nameOf = remembered((n: number) => `${pick(NAMES, n * 2)} ${pick(NAMES, n * 6 + 1)}`);
const keysOfNames = remembered((shown: OrderDoc["film"]) =>
  remembered((name: string) => findKeysOf({ film: shown, ...(name !== "" && { contact: { name } }) })),
);
const linesOf = remembered((pair: number) =>
  [pair * 2, pair * 2 + 1].map((index): OrderDoc["lines"][number] => ({
    ...{ seatId: `A${index}`, index, ticketTypeId: "tty_adult", ticketTypeName: "Adulto" },
    ...{ zone: "standard", price: 950 },
  })),
);

function showOf(n: number): number {
  return Math.floor(n / PER_SHOWTIME);
}

function buyerOf(n: number, count: number): number {
  return n % Math.ceil(count / PER_BUYER);
}
