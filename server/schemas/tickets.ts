import { z } from "zod";
import { pagingFields, queryMoment } from "./paging.ts";

/** More than a QR symbol can carry: whatever a scanner reads is judged as a ticket, not refused as a request. */
const SCAN_MAX = 8_192;

/** Scanners like to end what they read with a line break. */
export const checkInBody = z.strictObject({
  code: z.string().trim().min(1).max(SCAN_MAX),
  showtimeId: z.string().min(1).max(100),
});

export const revocationsQuery = z.strictObject({ since: queryMoment, ...pagingFields });

export const receiptQuery = z.strictObject({ lang: z.enum(["es", "en"]).optional() });
