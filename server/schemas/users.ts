import { z } from "zod";
import { email, newPassword, preferences } from "./auth.ts";
import { line } from "./paging.ts";

export const userInput = z.strictObject({
  name: line(120),
  email,
  password: newPassword,
  roleIds: z.array(z.string().max(64)).max(20).optional(),
  preferences: preferences.optional(),
  status: z.enum(["active", "disabled"]).optional(),
});
export const userPatch = userInput.partial();
