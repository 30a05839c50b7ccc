import { z } from "zod";
import { foldText } from "../basics/fold.ts";
import { line, moment } from "./paging.ts";

/** Dearest ticket in minor units: more is a typing error. */
export const AMOUNT_MAX = 100_000_000;
/** Rules of one list: every zone and ticket type of a big house, on every day of the week. */
const RULES_MAX = 500;
const SURCHARGES_MAX = 50;

const amount = z.number().int().min(0).max(AMOUNT_MAX);

export const price = z.strictObject({
  zone: z.enum(["standard", "vip"]),
  ticketTypeId: z.string().max(100),
  amount,
});

export const attribute = line(30);
/** Each once, whatever its case and accents, as it was written first. */
export const attributes = z.array(attribute).max(20).transform(onceEach);

function onceEach(names: readonly string[]): string[] {
  const seen = new Map<string, string>();
  for (const name of names) if (!seen.has(foldText(name))) seen.set(foldText(name), name);
  return [...seen.values()];
}

const rule = z.strictObject({
  ...price.shape,
  days: z
    .array(z.enum(["mon", "tue", "wed", "thu", "fri", "sat", "sun"]))
    .min(1)
    .max(7)
    .optional(),
  before: z.iso.time({ precision: -1, error: "must be a time of day as in 17:00" }).optional(),
});

const name = line(100);
const rules = z.array(rule).min(1).max(RULES_MAX);
const surcharges = z.array(z.strictObject({ attribute, amount })).max(SURCHARGES_MAX);

export const priceListInput = z.strictObject({
  name,
  rules,
  surcharges: surcharges.default([]),
  validFrom: z.iso.date().optional(),
  validUntil: z.iso.date().optional(),
});
export type PriceListInput = z.output<typeof priceListInput>;

/** What is left out stays; null takes an optional field away. */
export const priceListPatch = z.strictObject({
  name: name.optional(),
  rules: rules.optional(),
  surcharges: surcharges.optional(),
  validFrom: z.iso.date().nullish(),
  validUntil: z.iso.date().nullish(),
});
export type PriceListPatch = z.output<typeof priceListPatch>;

export const quoteBody = z.strictObject({ startsAt: moment, attributes: attributes.default([]) });
