import { randomText } from "../basics/ids.ts";

/**
 * For order numbers, read aloud at a counter in two languages: no vowels, so no words; nothing that looks like
 * another (0 O, 1 I L, 8 B, 5 S, 2 Z) or sounds like one (B V P D, G J, Q).
 */
const NUMBER_ALPHABET = "34679CFHKMNRTWXY";
/** 16^6: 16 million; a number that exists already is drawn again. */
const NUMBER_LENGTH = 6;

/** A short number for an order, as `K7M-4RF`. Not unique by itself: the ledger's index is. */
export function newOrderNumber(): string {
  const text = randomText(NUMBER_LENGTH, NUMBER_ALPHABET);
  return `${text.slice(0, 3)}-${text.slice(3)}`;
}

/** A number as somebody typed it, in the form in which it is kept. */
export function normalOrderNumber(typed: string): string {
  const text = typed.toUpperCase().replace(/[^0-9A-Z]/g, "");
  return text.length === NUMBER_LENGTH ? `${text.slice(0, 3)}-${text.slice(3)}` : text;
}

export interface ReceiptNumber {
  receiptSeries: string;
  receiptSeq: number;
  receiptNumber: string;
}

/** The series of a moment: one a year, by the cinema's own calendar. */
export function createReceiptSeries(timeZone: string): (now: number) => string {
  const year = new Intl.DateTimeFormat("en", { year: "numeric", timeZone });
  return (now) => `A${year.format(now)}`;
}

/** How a receipt's number is written: sorts as text up to a million a year. */
export function receiptNumber(receiptSeries: string, receiptSeq: number): ReceiptNumber {
  return { receiptSeries, receiptSeq, receiptNumber: `${receiptSeries}-${String(receiptSeq).padStart(6, "0")}` };
}
