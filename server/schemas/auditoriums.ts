import { z } from "zod";
import { line } from "./paging.ts";

/** Longest chart in characters: 2,000 seats in rows of one with room to spare. */
const CHART_MAX = 100_000;

export const auditoriumInput = z.strictObject({ name: line(100), chart: z.string().max(CHART_MAX) });
export type AuditoriumInput = z.output<typeof auditoriumInput>;

export const auditoriumPatch = auditoriumInput.partial();
export type AuditoriumPatch = z.output<typeof auditoriumPatch>;
