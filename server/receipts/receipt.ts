/**
 * What a receipt says, whatever it is printed on: taken from the order alone, which froze the seller,
 * the prices and the VAT rate when it was made, so a reprint says what the first print said.
 */
import { type Outcome, refuse } from "../protocol/errors.ts";
import type { OrderRefund, PaymentMethod, Zone } from "../protocol/resources.ts";
import type { OrderDoc, Seller } from "../store/collections.ts";

export interface ReceiptLine {
  seatId: string;
  ticketType: string;
  zone: Zone;
  price: number;
}

export interface ReceiptTicket {
  id: string;
  seatId: string;
  ticketType: string;
  code: string;
}

/** Money in integer minor units of `currency`, times RFC 3339 in UTC. */
export interface Receipt {
  seller: Seller;
  receiptNumber: string;
  orderNumber: string;
  issuedAt: string;
  film: string;
  startsAt: string;
  auditorium: string;
  lines: ReceiptLine[];
  /** What was taken off, as positive amounts. */
  discounts: { label: string; amount: number }[];
  total: number;
  vat: VatBreakdown;
  currency: string;
  method: PaymentMethod;
  /** Money given back or on its way; a refund that failed gave nothing. */
  refunds: { at: string; amount: number }[];
  /** Those still good. */
  tickets: ReceiptTicket[];
}

export interface VatBreakdown {
  /** Percent. */
  rate: number;
  net: number;
  vat: number;
}

/** The receipt of an order; `order_state` before it was confirmed. */
export function receiptOf(order: OrderDoc): Outcome<{ receipt: Receipt }> {
  const { receiptNumber, confirmedAt } = order;
  if (receiptNumber === undefined || confirmedAt === undefined)
    return refuse("order_state", "There is no receipt before the order is confirmed");
  const receipt: Receipt = {
    seller: order.seller,
    receiptNumber,
    orderNumber: order.number,
    issuedAt: confirmedAt,
    film: order.film.title,
    startsAt: order.startsAt,
    auditorium: order.auditorium.name,
    lines: order.lines.map(({ seatId, ticketTypeName, zone, price }) => ({
      seatId,
      ticketType: ticketTypeName,
      zone,
      price,
    })),
    discounts: order.discounts.map(({ label, amount }) => ({ label, amount: Math.abs(amount) })),
    total: order.total,
    vat: splitVat(order.total, order.seller.vatRate),
    currency: order.currency,
    method: order.payment.method,
    refunds: order.refunds.filter(gaveBack).map(({ at, amount }) => ({ at, amount })),
    tickets: ticketsOf(order),
  };
  return { ok: true, receipt };
}

/**
 * Parts a gross amount into net and VAT, in integers: `net + vat` is exactly `gross`, and the VAT is the true
 * one rounded to the nearest minor unit, halves up. The rate counts to a hundredth of a percent.
 */
export function splitVat(gross: number, rate: number): VatBreakdown {
  const hundredths = Math.round(rate * 100);
  const whole = 10_000 + hundredths;
  const vat = Math.floor((2 * gross * hundredths + whole) / (2 * whole));
  return { rate, net: gross - vat, vat };
}

function gaveBack(refund: OrderRefund): boolean {
  return refund.status !== "failed";
}

function ticketsOf(order: OrderDoc): ReceiptTicket[] {
  const typeOf = new Map(order.lines.map((line) => [line.seatId, line.ticketTypeName]));
  return (order.tickets ?? []).map(({ id, seatId, code }) => ({
    id,
    seatId,
    code,
    ticketType: typeOf.get(seatId) ?? "",
  }));
}
