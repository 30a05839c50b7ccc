import { z } from "zod";
import { line } from "./paging.ts";

export const ticketTypeInput = z.strictObject({
  name: line(100),
  order: z.number().int().min(0).max(10_000).default(0),
  active: z.boolean().default(true),
});
export type TicketTypeInput = z.output<typeof ticketTypeInput>;
