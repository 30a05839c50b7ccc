import { z } from "zod";
import { email, newPassword, preferences, preferencesPatch } from "./auth.ts";
import { line, orAbsent, pagingFields } from "./paging.ts";

export const userInput = z.strictObject({
  name: line(120),
  email,
  password: newPassword,
  roleIds: z.array(z.string().max(64)).max(20).optional(),
  preferences: preferences.optional(),
  status: z.enum(["active", "disabled"]).optional(),
});
export const userPatch = userInput.extend({ preferences: preferencesPatch }).partial();

export const usersQuery = z.strictObject({
  q: orAbsent(z.string().max(100)),
  roleId: orAbsent(z.string().max(64)),
  status: orAbsent(z.enum(["active", "disabled"])),
  ...pagingFields,
});
