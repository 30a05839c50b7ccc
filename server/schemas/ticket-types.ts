import { z } from "zod";
import { line } from "./paging.ts";

const name = line(100);
const order = z.number().int().min(0).max(10_000);
const active = z.boolean();

export const ticketTypeInput = z.strictObject({ name, order: order.default(0), active: active.default(true) });
export type TicketTypeInput = z.output<typeof ticketTypeInput>;

/** What is left out stays. */
export const ticketTypePatch = z.strictObject({ name, order, active }).partial();
export type TicketTypePatch = z.output<typeof ticketTypePatch>;
