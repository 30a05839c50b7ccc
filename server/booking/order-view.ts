import { timestamp } from "../basics/clock.ts";
import type { Order } from "../protocol/resources.ts";
import type { OrderDoc } from "../store/collections.ts";

/** An order as its buyer sees it; staff see the note as well. */
export function toOrder(document: OrderDoc, forStaff = false): Order {
  const { id, number, showtimeId, film, startsAt, auditorium, status, total, currency, channel } = document;
  const { deviceId, discounts, contact, note, receiptNumber, createdAt, confirmedAt, tickets, refunds } = document;
  const revision = document.revision ?? document.version;
  const { method, provider, status: paymentStatus, nextAction } = document.payment;
  return {
    ...{ id, version: revision, number, showtimeId, film, startsAt, auditorium, status },
    lines: document.lines.map(({ seatId, ticketTypeId, zone, price }) => ({ seatId, ticketTypeId, zone, price })),
    ...{ total, currency, channel, deviceId, discounts },
    payment: { method, provider, status: paymentStatus, ...(status === "pending" && { nextAction }) },
    ...(status === "pending" && { payBy: timestamp(document.deadlineAt) }),
    ...(forStaff && { note }),
    ...{ contact, receiptNumber, createdAt, confirmedAt, tickets, refunds },
  };
}
