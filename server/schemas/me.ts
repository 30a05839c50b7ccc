import { z } from "zod";
import { email, newPassword, preferencesPatch } from "./auth.ts";
import { ORDER_STATUSES } from "./orders.ts";
import { line, orAbsent, pagingFields } from "./paging.ts";

export const accountPatch = z.strictObject({
  name: line(120).optional(),
  email: email.optional(),
  preferences: preferencesPatch.optional(),
});

export const passwordChange = z.strictObject({ currentPassword: z.string().max(200), newPassword });

export const ownOrdersQuery = z.strictObject({ status: orAbsent(z.enum(ORDER_STATUSES)), ...pagingFields });

export const orderLookup = z.strictObject({ number: z.string().min(1).max(20), email: z.string().min(1).max(254) });
