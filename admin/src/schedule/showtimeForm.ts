import type { FieldError } from "../../../server/protocol/errors.ts";
import type { Price, Showtime, ShowtimeCheck, Zone } from "../../../server/protocol/resources.ts";
import type { ShowtimeStatus } from "../../../server/protocol/states.ts";
import { amountText } from "../prices/priceListForm.ts";
import type { Body, FormSpec } from "../state/form.ts";
import type { Resource } from "../state/resource.ts";
import { readAmount } from "../state/sale.ts";
import { localOf, momentOf } from "./clock.ts";

/** A showtime as it is edited: times by the cinema's clocks, money as typed. */
export type ShowtimeValues = {
  filmId: string;
  /** Shown; the id is what counts. */
  filmTitle: string;
  auditoriumId: string;
  day: string;
  time: string;
  attributes: readonly string[];
  /** Empty: prices by hand. */
  priceListId: string;
  /** By hand: `zone ticketTypeId` to the amount as typed. */
  prices: Readonly<Record<string, string>>;
  status: string;
  orphanRule: string;
  accessReleaseMinutes: string;
};

/** Where a new showtime begins. */
export interface Beginning {
  auditoriumId: string;
  day: string;
  time: string;
  priceListId: string;
}

export interface ShowtimeFormDeps {
  resource: Resource<Showtime>;
  timeZone: string;
  /** Digits of the currency after the point. */
  digits: number;
  beginning: Beginning;
}

export const STATUSES: readonly ShowtimeStatus[] = ["draft", "on-sale", "closed", "cancelled"];

/** What a showtime can become from what it is: a shown one is never a draft again, cancelled is final. */
export function nextStatuses(status: ShowtimeStatus | null): readonly ShowtimeStatus[] {
  switch (status) {
    case null:
      return ["draft", "on-sale"];
    case "draft":
      return STATUSES;
    case "on-sale":
    case "closed":
      return STATUSES.filter((one) => one !== "draft");
    case "cancelled":
      return ["cancelled"];
  }
}

export function priceKey({ zone, ticketTypeId }: Pick<Price, "zone" | "ticketTypeId">): string {
  return `${zone} ${ticketTypeId}`;
}

export function showtimeSpec(deps: ShowtimeFormDeps): FormSpec<Showtime, ShowtimeValues> {
  return {
    resource: deps.resource,
    valuesOf: (showtime) => valuesOf(showtime, deps),
    bodyOf: (values) => bodyOf(values, deps),
    faultsOf: (values) => faultsOf(values, deps),
    patchOf,
    faultOf,
  };
}

/** Where a fault of the API stands in the form, and what it means there. */
export function faultOf({ path }: FieldError, { priceListId }: Pick<ShowtimeValues, "priceListId">) {
  switch (path.split(".")[0]) {
    case "filmId":
      return { field: "filmTitle", text: "film" };
    case "auditoriumId":
      return { field: "auditoriumId", text: "auditorium" };
    case "prices":
      return { field: priceListId === "" ? "prices" : "priceListId", text: "unpriced" };
    case "priceListId":
      return { field: "priceListId", text: "noList" };
    case "startsAt":
      return { field: "day", text: "notThen" };
    default:
      return undefined;
  }
}

/** Prices by a list are made anew when what they depend on changes, and come from one source alone. */
function patchOf({ prices, ...part }: Body, { priceListId }: ShowtimeValues): Body {
  if (priceListId === "") return prices === undefined ? part : { ...part, prices };
  return "startsAt" in part || "attributes" in part ? { ...part, priceListId } : part;
}

function valuesOf(showtime: Showtime | null, { timeZone, digits, beginning }: ShowtimeFormDeps): ShowtimeValues {
  if (showtime === null)
    return {
      ...{ filmId: "", filmTitle: "", attributes: [], prices: {}, status: "draft" },
      ...{ orphanRule: "", accessReleaseMinutes: "" },
      ...beginning,
    };
  const prices = showtime.prices.map((price) => [priceKey(price), amountText(price.amount, digits)]);
  return {
    ...{ filmId: showtime.filmId, filmTitle: showtime.film.title, auditoriumId: showtime.auditoriumId },
    ...localOf(showtime.startsAt, timeZone),
    attributes: showtime.attributes,
    priceListId: showtime.priceListId ?? "",
    prices: showtime.priceListId === undefined ? Object.fromEntries(prices) : {},
    status: showtime.status,
    orphanRule: showtime.orphanRule ?? "",
    accessReleaseMinutes: showtime.accessReleaseMinutes === undefined ? "" : String(showtime.accessReleaseMinutes),
  };
}

function bodyOf(values: ShowtimeValues, { timeZone, digits }: ShowtimeFormDeps): Body {
  const { filmId, auditoriumId, attributes, priceListId, status, orphanRule, accessReleaseMinutes } = values;
  return {
    ...{ filmId, auditoriumId, attributes, status },
    startsAt: momentOf(values, timeZone) ?? "",
    ...(priceListId === "" ? { prices: pricesOf(values.prices, digits) } : { priceListId }),
    ...(orphanRule !== "" && { orphanRule }),
    ...(accessReleaseMinutes.trim() !== "" && { accessReleaseMinutes: Number(accessReleaseMinutes) }),
  };
}

/** Cells that hold an amount; empty ones are not sold. */
export function pricesOf(prices: ShowtimeValues["prices"], digits: number): Price[] {
  return Object.entries(prices).flatMap(([key, text]) => {
    const [zone, ticketTypeId = ""] = key.split(" ") as [Zone, string?];
    const amount = text.trim() === "" ? null : readAmount(text, digits);
    return amount === null ? [] : [{ zone, ticketTypeId, amount }];
  });
}

function faultsOf(values: ShowtimeValues, { timeZone, digits }: ShowtimeFormDeps): Record<string, string> {
  const faults: Record<string, string> = {};
  if (values.filmId === "") faults.filmTitle = "film";
  if (values.auditoriumId === "") faults.auditoriumId = "auditorium";
  if (momentOf(values, timeZone) === null) faults[values.day === "" ? "day" : "time"] = "moment";
  const isAmount = (text: string) => text.trim() === "" || readAmount(text, digits) !== null;
  if (values.priceListId === "" && !Object.values(values.prices).every(isAmount)) faults.prices = "amount";
  if (!/^\d*$/.test(values.accessReleaseMinutes.trim())) faults.accessReleaseMinutes = "minutes";
  return faults;
}

/** What the server is asked before anything is saved; null while there is too little to ask about. */
export function checkBody(values: ShowtimeValues, deps: ShowtimeFormDeps, showtimeId?: string): Body | null {
  const body = bodyOf(values, deps);
  if (values.filmId === "" || values.auditoriumId === "" || body.startsAt === "") return null;
  return { ...body, ...(showtimeId !== undefined && { showtimeId }) };
}

/** What of an answer stands in the way of saving. */
export function isClear({ conflicts, errors }: Pick<ShowtimeCheck, "conflicts" | "errors">): boolean {
  return conflicts.length === 0 && errors.length === 0;
}
