import { beginningOf, wordsOf } from "../basics/fold.ts";
import type { OrderDoc } from "../store/collections.ts";
import { normalOrderNumber } from "./numbers.ts";

/** What somebody at a counter says of a purchase: its number, an e-mail address, a seat, or a name. */
export type OrderWanted =
  | { by: "number"; number: string }
  | { by: "email"; email: string }
  | { by: "seat"; seatId: string }
  | { by: "name"; words: string[] };

/** As numbers are written; no seat and no name looks like one. */
const NUMBER = /^[34679CFHKMNRTWXY]{3}[-\s]?[34679CFHKMNRTWXY]{3}$/i;
/** Row label and number, in either case. */
const SEAT = /^([A-Z]{1,3})\s?(\d{1,3})$/i;

/** Reads a search as people type it; null: it says nothing. */
export function orderWanted(typed: string): OrderWanted | null {
  const text = typed.trim();
  if (text === "") return null;
  if (text.includes("@")) return { by: "email", email: emailKey(text) };
  if (NUMBER.test(text)) return { by: "number", number: normalOrderNumber(text) };
  const [, row, number] = SEAT.exec(text) ?? [];
  if (row !== undefined && number !== undefined) return { by: "seat", seatId: row.toUpperCase() + Number(number) };
  return { by: "name", words: wordsOf(text) };
}

/** Whether an order is what was asked for. */
export function isWanted(order: OrderDoc, wanted: OrderWanted): boolean {
  switch (wanted.by) {
    case "number":
      return order.number === wanted.number;
    case "email":
      return emailKey(order.contact?.email ?? "") === wanted.email;
    case "seat":
      return order.lines.some(({ seatId }) => seatId === wanted.seatId);
    case "name": {
      const words = wordsOf(namesOf(order));
      return wanted.words.every((beginning) => words.some((word) => word.startsWith(beginning)));
    }
    default:
      return wanted satisfies never;
  }
}

/**
 * What an order is found by, in one index with its time: the address after an @, the id of its film, and the first
 * letters of each word of its buyer's name and its film's title.
 */
export function findKeysOf(order: Pick<OrderDoc, "contact" | "film">): string[] {
  const email = order.contact?.email;
  const words = wordsOf(namesOf(order)).map(beginningOf);
  return [...new Set([...(email === undefined ? [] : [`@${emailKey(email)}`]), order.film.id, ...words])];
}

/**
 * The condition on `findKeys` that narrows a search for words down the most; null where there is none. `isWhole`: it
 * is one key, so that results come in the order of time; a few letters are the beginning of many.
 */
export function nameCondition(words: readonly string[]): { key: string; isWhole: boolean } | null {
  const longest = words.reduce((one, other) => (other.length > one.length ? other : one), "");
  const key = beginningOf(longest);
  return longest === "" ? null : { key, isWhole: beginningOf(`${longest}x`) === key };
}

/** Addresses are the same whatever their case. */
export function emailKey(email: string): string {
  return email.trim().normalize("NFC").toLowerCase();
}

function namesOf({ contact, film }: Pick<OrderDoc, "contact" | "film">): string {
  return `${contact?.name ?? ""} ${film.title}`;
}
