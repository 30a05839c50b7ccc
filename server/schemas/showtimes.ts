import { z } from "zod";
import { moment, orAbsent, pagingFields, queryMoment } from "./paging.ts";
import { attributes, price } from "./price-lists.ts";

/** Four weeks: no wheelchair space is given away earlier. */
const RELEASE_MAX_MINUTES = 40_320;

const required = { filmId: z.string().max(100), auditoriumId: z.string().max(100), startsAt: moment };
const prices = z.array(price).max(200);
const orphanRule = z.enum(["off", "warn", "enforce"]);
const accessReleaseMinutes = z.number().int().min(0).max(RELEASE_MAX_MINUTES);
const status = z.enum(["draft", "on-sale", "closed", "cancelled"]);
const priceListId = z.string().max(100);

/** Prices come from a list or are given one by one. */
function oneSource<T extends { prices?: unknown; priceListId?: string | null | undefined }>(
  input: T,
  context: z.RefinementCtx,
): void {
  if (input.prices === undefined || typeof input.priceListId !== "string") return;
  context.addIssue({ code: "custom", path: ["prices"], message: "come from the price list; leave out one of the two" });
}

const showtimeFields = z.strictObject({
  ...required,
  attributes: attributes.default([]),
  prices: prices.optional(),
  priceListId: priceListId.optional(),
  status: z.enum(["draft", "on-sale"], { error: "a new showtime is draft or on-sale" }).default("draft"),
  orphanRule: orphanRule.optional(),
  accessReleaseMinutes: accessReleaseMinutes.optional(),
});
export const showtimeInput = showtimeFields
  .superRefine(oneSource)
  .transform(({ prices = [], ...input }) => ({ ...input, prices }));
export type ShowtimeInput = z.output<typeof showtimeInput>;

/** What is left out stays; null takes an optional field away. */
export const showtimePatch = z
  .strictObject({
    ...z.strictObject({ ...required, attributes, prices, status }).partial().shape,
    priceListId: priceListId.nullish(),
    orphanRule: orphanRule.nullish(),
    accessReleaseMinutes: accessReleaseMinutes.nullish(),
  })
  .superRefine(oneSource);
export type ShowtimePatch = z.output<typeof showtimePatch>;

/** A showtime as it would be scheduled, or as one that is there would become. */
export const showtimeCheck = showtimeFields
  .extend({ showtimeId: z.string().max(100).optional(), status: status.default("draft") })
  .superRefine(oneSource)
  .transform(({ prices = [], ...input }) => ({ ...input, prices }));
export type ShowtimeCheckInput = z.output<typeof showtimeCheck>;

const day = z.iso
  .date()
  .refine((date) => date >= "1970-01-01" && date < "2199-12-01", "must lie between 1970 and 2199");

export const copyBody = z.strictObject({
  from: day,
  to: day,
  days: z.literal([1, 7]),
  auditoriumIds: z.array(z.string().max(100)).min(1).max(200).optional(),
  status: z.enum(["draft", "on-sale"]).default("draft"),
  dryRun: z.boolean().default(false),
  skipConflicts: z.boolean().default(false),
});
export type CopyInput = z.output<typeof copyBody>;

export const showtimesQuery = z.strictObject({
  ...pagingFields,
  filmId: orAbsent(z.string().max(100)),
  auditoriumId: orAbsent(z.string().max(100)),
  from: queryMoment,
  to: queryMoment,
  status: orAbsent(status),
});
export type ShowtimesQuery = z.output<typeof showtimesQuery>;
