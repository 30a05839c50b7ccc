import { z } from "zod";
import { line, moment, orAbsent, pagingFields, queryMoment } from "./paging.ts";

/** Dearest ticket in minor units: more is a typing error. */
const AMOUNT_MAX = 100_000_000;
/** Four weeks: no wheelchair space is given away earlier. */
const RELEASE_MAX_MINUTES = 40_320;

const price = z.strictObject({
  zone: z.enum(["standard", "vip"]),
  ticketTypeId: z.string().max(100),
  amount: z.number().int().min(0).max(AMOUNT_MAX),
});

const required = { filmId: z.string().max(100), auditoriumId: z.string().max(100), startsAt: moment };
const attributes = z.array(line(30)).max(20);
const prices = z.array(price).max(200);
const orphanRule = z.enum(["off", "warn", "enforce"]);
const accessReleaseMinutes = z.number().int().min(0).max(RELEASE_MAX_MINUTES);
const status = z.enum(["draft", "on-sale", "closed", "cancelled"]);

export const showtimeInput = z.strictObject({
  ...required,
  attributes: attributes.default([]),
  prices: prices.default([]),
  status: z.enum(["draft", "on-sale"], { error: "a new showtime is draft or on-sale" }).default("draft"),
  orphanRule: orphanRule.optional(),
  accessReleaseMinutes: accessReleaseMinutes.optional(),
});
export type ShowtimeInput = z.output<typeof showtimeInput>;

/** What is left out stays; null takes an optional field away. */
export const showtimePatch = z.strictObject({
  ...z.strictObject({ ...required, attributes, prices, status }).partial().shape,
  orphanRule: orphanRule.nullish(),
  accessReleaseMinutes: accessReleaseMinutes.nullish(),
});
export type ShowtimePatch = z.output<typeof showtimePatch>;

export const showtimesQuery = z.strictObject({
  ...pagingFields,
  filmId: orAbsent(z.string().max(100)),
  from: queryMoment,
  to: queryMoment,
  status: orAbsent(status),
});
export type ShowtimesQuery = z.output<typeof showtimesQuery>;
