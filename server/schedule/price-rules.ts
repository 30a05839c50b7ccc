import { foldText } from "../basics/fold.ts";
import { type FieldError, type Outcome, refuse } from "../protocol/errors.ts";
import type { Price, PriceRule, Weekday } from "../protocol/resources.ts";
import type { PriceListDoc } from "../store/collections.ts";
import type { LocalTime } from "./calendar.ts";

export type Priced = Outcome<{ prices: Price[] }>;

const ALL_DAYS: readonly Weekday[] = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];
/** Later than every time of day. */
const ALWAYS = "24:00";

/**
 * The prices of a showtime by a list: for each zone and ticket type the first rule that fits, and what the
 * showtime's attributes add; `shown` is its start on the cinema's day, whose late shows are no matinees. Pure. Refuses `invalid_request` on `startsAt` where the list does not count that day.
 */
export function pricesBy(list: PriceListDoc, shown: LocalTime, attributes: readonly string[]): Priced {
  const { validFrom, validUntil } = list;
  if ((validFrom ?? "") > shown.date || (validUntil !== undefined && validUntil < shown.date)) return notThen(list);
  const prices = new Map<string, Price>();
  for (const rule of list.rules) {
    const { zone, ticketTypeId, amount } = rule;
    const key = `${zone}:${ticketTypeId}`;
    if (!prices.has(key) && fits(rule, shown)) prices.set(key, { zone, ticketTypeId, amount });
  }
  const more = surchargeOf(list, attributes);
  return { ok: true, prices: [...prices.values()].map((price) => ({ ...price, amount: price.amount + more })) };
}

function notThen({ name, validFrom = "…", validUntil = "…" }: PriceListDoc): Priced {
  const message = `${name} counts from ${validFrom} to ${validUntil}`;
  return refuse("invalid_request", message, { errors: [{ path: "startsAt", message }] });
}

function fits({ days, before }: PriceRule, { time, weekday }: Pick<LocalTime, "time" | "weekday">): boolean {
  return (days ?? ALL_DAYS).includes(weekday) && (before === undefined || time < before);
}

function surchargeOf({ surcharges }: PriceListDoc, attributes: readonly string[]): number {
  const shown = new Set(attributes.map(foldText));
  return surcharges.reduce((sum, { attribute, amount }) => (shown.has(foldText(attribute)) ? sum + amount : sum), 0);
}

/** What is wrong with a list by itself: a rule that never gets its turn, a surcharge named twice, no day left. */
export function listFaults(
  list: Pick<PriceListDoc, "rules" | "surcharges" | "validFrom" | "validUntil">,
): FieldError[] {
  const { rules, surcharges, validFrom, validUntil } = list;
  const hidden = rules.flatMap((rule, at) =>
    rules.slice(0, at).some((earlier) => covers(earlier, rule))
      ? [{ path: `rules.${at}`, message: "an earlier rule leaves nothing to it" }]
      : [],
  );
  const names = surcharges.map(({ attribute }) => foldText(attribute));
  const twice = names.flatMap((name, at) =>
    names.indexOf(name) < at ? [{ path: `surcharges.${at}.attribute`, message: "has a surcharge already" }] : [],
  );
  const isOver = validFrom !== undefined && validUntil !== undefined && validUntil < validFrom;
  return [...hidden, ...twice, ...(isOver ? [{ path: "validUntil", message: "lies before validFrom" }] : [])];
}

function covers(earlier: PriceRule, rule: PriceRule): boolean {
  if (earlier.zone !== rule.zone || earlier.ticketTypeId !== rule.ticketTypeId) return false;
  const days = earlier.days ?? ALL_DAYS;
  return (
    (rule.days ?? ALL_DAYS).every((day) => days.includes(day)) && (earlier.before ?? ALWAYS) >= (rule.before ?? ALWAYS)
  );
}
