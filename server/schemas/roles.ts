import { z } from "zod";
import { PERMISSIONS } from "../protocol/resources.ts";
import { line } from "./paging.ts";

export const roleInput = z.strictObject({ name: line(80), permissions: z.array(z.enum(PERMISSIONS)).max(100) });
export const rolePatch = roleInput.partial();
