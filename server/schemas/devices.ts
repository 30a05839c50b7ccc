import { z } from "zod";
import { line } from "./paging.ts";

export const deviceInput = z.strictObject({ name: line(120), kind: z.enum(["kiosk", "box-office", "scanner"]) });

/** A device's kind is for life: it is what its tokens may do. */
export const devicePatch = z.strictObject({ name: line(120) });
