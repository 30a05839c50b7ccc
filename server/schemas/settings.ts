import { z } from "zod";
import { line } from "./paging.ts";

/** A day either way of the start. */
const SALES_END_MINUTES_MAX = 1440;
/** Four weeks. */
const CANCEL_MINUTES_MAX = 40_320;

const salesEnd = z.number().int().min(-SALES_END_MINUTES_MAX).max(SALES_END_MINUTES_MAX);

/** A part of the settings; what is left out stays. */
export const settingsInput = z.strictObject({
  cinemaName: line(200).optional(),
  legalName: z.string().trim().max(200).optional(),
  taxId: z.string().trim().max(50).optional(),
  address: z.string().trim().max(500).optional(),
  vatRate: z.number().min(0).max(100).optional(),
  guestCancelMinutes: z.number().int().min(0).max(CANCEL_MINUTES_MAX).optional(),
  salesEndMinutes: z
    .strictObject({ web: salesEnd.optional(), kiosk: salesEnd.optional(), "box-office": salesEnd.optional() })
    .optional(),
});
export type SettingsInput = z.output<typeof settingsInput>;
