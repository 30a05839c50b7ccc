import { z } from "zod";
import { orAbsent, pagingFields, queryMoment } from "./paging.ts";

/** Longer than any id, address or action that a row has. */
const name = orAbsent(z.string().max(200));
const outcome = z.enum(["done", "denied", "open"]);

export const auditQuery = z.strictObject({
  ...pagingFields,
  actor: name,
  action: name,
  subject: name,
  outcome: orAbsent(outcome),
  from: queryMoment,
  to: queryMoment,
});

const place = z.int().min(1);

const auditRow = z.object({
  id: z.string(),
  at: z.iso.datetime(),
  actor: z.object({ kind: z.string(), id: z.string() }),
  from: z.string().optional().meta({ description: "The address of who did it" }),
  action: z.string(),
  subject: z.string().optional(),
  outcome: outcome.meta({ description: "`open`: begun, and never heard of again" }),
  count: z.int().min(1),
  details: z.record(z.string(), z.unknown()).optional(),
  chain: z.string().optional().meta({ description: "Absent while repeats are still counted" }),
  seq: place.optional(),
  previousHash: z.string().optional(),
  hash: z.string().optional(),
});

export const auditPage = z.object({ items: z.array(auditRow), nextCursor: z.string().nullable() });

export const auditReport = z.object({
  ok: z.boolean(),
  chains: z.array(
    z.object({
      chain: z.string(),
      rows: z.int().min(0),
      head: z.string().meta({ description: "Hash of the last row" }),
      ok: z.boolean(),
      brokenAt: place.optional(),
      fault: z.enum(["changed", "missing", "cut-off"]).optional(),
      row: z.string().optional().meta({ description: "The row at that place" }),
      witness: z.string().optional().meta({ description: "The chain that knows better, or `note`" }),
    }),
  ),
  open: z.array(auditRow).meta({ description: "Changes that were begun and never heard of again" }),
});
