/** What the API answers about purchases and tickets, for its description alone; see `answers.ts`. */
import { z } from "zod";
import { ORDER_STATUSES } from "./orders.ts";

const id = z.string();
const moment = z.iso.datetime();
const amount = z.int().min(0).meta({ description: "Minor units of the currency" });
const film = z.object({ id, title: z.string() });
const auditorium = z.object({ id, name: z.string() });

/** Open: orders grow parts, such as an exchange under way. */
export const orderAnswer = z.looseObject({
  id,
  version: z.int().min(1),
  number: z.string(),
  showtimeId: id,
  film,
  startsAt: moment,
  auditorium,
  status: z.enum(ORDER_STATUSES),
  lines: z.array(z.object({ seatId: id, ticketTypeId: id, zone: z.enum(["standard", "vip"]), price: amount })),
  total: amount,
  currency: z.string(),
  channel: z.enum(["web", "kiosk", "box-office"]),
  deviceId: id.optional(),
  discounts: z.array(z.object({ code: z.string(), label: z.string(), amount })),
  payment: z.object({
    method: z.enum(["card", "cash"]),
    provider: z.string(),
    status: z.enum(["pending", "captured", "declined", "cancelled", "refunded"]),
    nextAction: z.object({ type: z.literal("redirect"), url: z.string() }).optional(),
  }),
  payBy: moment.optional().meta({ description: "Until when a pending order may be paid" }),
  contact: z.object({ name: z.string().optional(), email: z.string().optional() }).optional(),
  note: z.string().optional().meta({ description: "For staff alone" }),
  receiptNumber: z.string().optional(),
  createdAt: moment,
  confirmedAt: moment.optional(),
  tickets: z.array(z.object({ id, seatId: id, code: z.string() })).optional(),
  refunds: z.array(
    z.object({ id, amount, lines: z.array(z.string()), at: moment, status: z.enum(["pending", "done", "failed"]) }),
  ),
});

export const checkInAnswer = z.object({
  ticketId: id,
  seatId: id,
  ticketType: z.string(),
  order: z.object({ id, number: z.string(), showtimeId: id, film, startsAt: moment, auditorium }),
  firstUse: z.literal(true),
});

export const revocationsAnswer = z.looseObject({
  items: z.array(z.looseObject({ ticketId: id })),
  nextCursor: z.string().nullable(),
  asOf: moment.meta({ description: "Ask from here the next time" }),
});

export const receiptAnswer = {
  description: "The receipt with its tickets, by `Accept`",
  content: { "text/html": { schema: z.string() }, "application/pdf": { schema: z.string() } },
};
