import type { FieldError } from "../../../server/protocol/errors.ts";
import type { PriceList, PriceRule, Weekday } from "../../../server/protocol/resources.ts";
import type { Body, FormSpec } from "../state/form.ts";
import type { Resource } from "../state/resource.ts";
import { readAmount } from "../state/sale.ts";

export const WEEKDAYS: readonly Weekday[] = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];

/** A column of the grid: when its prices count, and the amounts as typed, by `zone ticketTypeId`. */
export type PriceColumn = {
  /** None: every day. */
  days: readonly Weekday[];
  /** Starts before this time; empty: at any time. */
  before: string;
  amounts: Readonly<Record<string, string>>;
};

export type Surcharge = { attribute: string; amount: string };

export type PriceListValues = {
  name: string;
  validFrom: string;
  validUntil: string;
  /** From the first that counts to the last. */
  columns: readonly PriceColumn[];
  surcharges: readonly Surcharge[];
};

export const ALWAYS: PriceColumn = { days: [], before: "", amounts: {} };

export function priceListSpec(resource: Resource<PriceList>, digits: number): FormSpec<PriceList, PriceListValues> {
  return {
    resource,
    valuesOf: (list) => ({
      name: list?.name ?? "",
      validFrom: list?.validFrom ?? "",
      validUntil: list?.validUntil ?? "",
      columns: list === null ? [ALWAYS] : columnsOf(list.rules, digits),
      surcharges: (list?.surcharges ?? []).map(({ attribute, amount }) => {
        return { attribute, amount: amountText(amount, digits) };
      }),
    }),
    bodyOf: (values) => bodyOf(values, digits),
    faultsOf: (values) => faultsOf(values, digits),
    faultOf,
  };
}

/** Where a fault of the API stands in the grid, and what it means there. */
function faultOf({ path }: FieldError) {
  const [field, , inner] = path.split(".");
  if (field === "rules") return { field: "columns", text: inner === "ticketTypeId" ? "noType" : "hidden" };
  if (field === "surcharges") return { field: "surcharges", text: "twice" };
  return field === "validUntil" ? { field, text: "order" } : undefined;
}

/**
 * Rules as columns: each rule goes into the first column of its days and time that is not before the column of an
 * earlier rule for the same seat and ticket. So the order in which they count stays, whatever the list looks like.
 */
export function columnsOf(rules: readonly PriceRule[], digits: number): PriceColumn[] {
  const columns: { days: readonly Weekday[]; before: string; amounts: Record<string, string> }[] = [];
  const last = new Map<string, number>();
  for (const { zone, ticketTypeId, amount, days = [], before = "" } of rules) {
    const key = `${zone} ${ticketTypeId}`;
    const from = (last.get(key) ?? -1) + 1;
    const same = (column: PriceColumn) => column.before === before && column.days.join() === days.join();
    let at = columns.findIndex((column, index) => index >= from && same(column));
    if (at < 0) at = columns.push({ days, before, amounts: {} }) - 1;
    const column = columns[at];
    if (column) column.amounts[key] = amountText(amount, digits);
    last.set(key, at);
  }
  return columns.length > 0 ? columns : [ALWAYS];
}

/** Columns as rules, the first column's first. Empty cells are no rule; what can't be read is left out. */
export function rulesOf(columns: readonly PriceColumn[], digits: number): PriceRule[] {
  return columns.flatMap(({ days, before, amounts }) =>
    Object.entries(amounts).flatMap(([key, text]) => {
      const [zone, ticketTypeId = ""] = key.split(" ") as [PriceRule["zone"], string?];
      const amount = text.trim() === "" ? null : readAmount(text, digits);
      if (amount === null) return [];
      return [{ zone, ticketTypeId, amount, ...(days.length > 0 && { days: [...days] }), ...(before && { before }) }];
    }),
  );
}

export function amountText(amount: number, digits: number): string {
  return (amount / 10 ** digits).toFixed(digits).replace(".", ",");
}

function bodyOf({ name, validFrom, validUntil, columns, surcharges }: PriceListValues, digits: number): Body {
  return {
    name: name.trim(),
    rules: rulesOf(columns, digits),
    surcharges: surcharges
      .filter(({ attribute }) => attribute.trim() !== "")
      .map(({ attribute, amount }) => ({ attribute: attribute.trim(), amount: readAmount(amount, digits) ?? 0 })),
    ...(validFrom !== "" && { validFrom }),
    ...(validUntil !== "" && { validUntil }),
  };
}

function faultsOf(values: PriceListValues, digits: number): Record<string, string> {
  const faults: Record<string, string> = {};
  const isAmount = (text: string) => text.trim() === "" || readAmount(text, digits) !== null;
  if (values.name.trim() === "") faults.name = "required";
  if (!values.columns.every(({ amounts }) => Object.values(amounts).every(isAmount))) faults.columns = "amount";
  else if (rulesOf(values.columns, digits).length === 0) faults.columns = "noPrice";
  if (!values.columns.every(({ before }) => before === "" || /^([01]\d|2[0-3]):[0-5]\d$/.test(before)))
    faults.columns = "time";
  if (!values.surcharges.every(({ amount }) => isAmount(amount))) faults.surcharges = "amount";
  if (values.validFrom !== "" && values.validUntil !== "" && values.validUntil < values.validFrom)
    faults.validUntil = "order";
  return faults;
}
