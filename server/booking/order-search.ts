import { foldText } from "../basics/fold.ts";
import type { OrderDoc } from "../store/collections.ts";
import { normalOrderNumber } from "./numbers.ts";

/** What somebody at a counter says of a purchase: its number, an e-mail address, a seat, or a name. */
export type OrderWanted =
  | { by: "number"; number: string }
  | { by: "email"; email: string }
  | { by: "seat"; seatId: string }
  | { by: "name"; name: string };

/** As numbers are written; no seat and no name looks like one. */
const NUMBER = /^[34679CFHKMNRTWXY]{3}[-\s]?[34679CFHKMNRTWXY]{3}$/i;
/** Row label and number, in either case. */
const SEAT = /^([A-Z]{1,3})\s?(\d{1,3})$/i;

/** Reads a search as people type it; null: it says nothing. */
export function orderWanted(typed: string): OrderWanted | null {
  const text = typed.trim();
  if (text === "") return null;
  if (text.includes("@")) return { by: "email", email: text.toLowerCase() };
  if (NUMBER.test(text)) return { by: "number", number: normalOrderNumber(text) };
  const [, row, number] = SEAT.exec(text) ?? [];
  if (row !== undefined && number !== undefined) return { by: "seat", seatId: row.toUpperCase() + Number(number) };
  return { by: "name", name: foldText(text) };
}

/** Whether an order is what was asked for. `customerId`: whose account has the address. */
export function isWanted(order: OrderDoc, wanted: OrderWanted, customerId?: string): boolean {
  switch (wanted.by) {
    case "number":
      return order.number === wanted.number;
    case "email":
      if (customerId !== undefined && order.customerId === customerId) return true;
      return order.contact?.email?.toLowerCase() === wanted.email;
    case "seat":
      return order.lines.some(({ seatId }) => seatId === wanted.seatId);
    case "name":
      return foldText(`${order.contact?.name ?? ""} ${order.film.title}`).includes(wanted.name);
    default:
      return wanted satisfies never;
  }
}
