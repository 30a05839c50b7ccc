import type { SalesEndMinutes, Settings } from "../../../server/protocol/resources.ts";
import type { Answer, Api } from "../../../ui/connection/api.ts";
import type { FormSpec } from "../state/form.ts";
import type { Resource } from "../state/resource.ts";

/** The settings as something that is managed: there is one of it. */
export type House = Settings & { id: string };

export const CHANNELS = ["web", "kiosk", "box-office"] as const satisfies readonly (keyof SalesEndMinutes)[];

export type HouseValues = Record<
  "cinemaName" | "address" | "legalName" | "taxId" | "vatRate" | "guestCancelMinutes" | keyof SalesEndMinutes,
  string
>;

/** Settings are read and changed; nobody makes another or takes it away. */
export function houseResource(api: Pick<Api, "get" | "patch">): Resource<House> {
  const named = (answer: Answer<Settings>): Answer<House> =>
    answer.ok ? { ...answer, body: { ...answer.body, id: "house" } } : answer;
  const never = async () => ({ ok: false, code: "method_not_allowed", message: "there is one house" }) as const;
  return {
    path: "/settings",
    get: async () => named(await api.get<Settings>("/settings")),
    change: async (_id, body, version) => named(await api.patch<Settings>("/settings", body, version)),
    page: never,
    all: never,
    create: never,
    remove: never,
  };
}

export function houseSpec(resource: Resource<House>): FormSpec<House, HouseValues> {
  return { resource, valuesOf, bodyOf, faultsOf };
}

function valuesOf(house: House | null): HouseValues {
  const { cinemaName = "", address = "", legalName = "", taxId = "", salesEndMinutes } = house ?? {};
  const text = (value: number | undefined) => (value === undefined ? "" : String(value));
  return {
    ...{ cinemaName, address, legalName, taxId },
    ...{ vatRate: text(house?.vatRate), guestCancelMinutes: text(house?.guestCancelMinutes) },
    web: text(salesEndMinutes?.web),
    kiosk: text(salesEndMinutes?.kiosk),
    "box-office": text(salesEndMinutes?.["box-office"]),
  };
}

/** A figure as it is typed, with point or comma; null: it is none. */
export function figureOf(text: string): number | null {
  const clean = text.trim().replace(",", ".").replace("−", "-");
  return /^-?\d+(\.\d+)?$/.test(clean) ? Number(clean) : null;
}

function bodyOf(values: HouseValues) {
  const { cinemaName, address, legalName, taxId } = values;
  const end = (channel: keyof SalesEndMinutes) => figureOf(values[channel]) ?? undefined;
  return {
    ...{ cinemaName: cinemaName.trim(), address: address.trim(), legalName: legalName.trim(), taxId: taxId.trim() },
    vatRate: figureOf(values.vatRate) ?? undefined,
    guestCancelMinutes: figureOf(values.guestCancelMinutes) ?? undefined,
    salesEndMinutes: { web: end("web"), kiosk: end("kiosk"), "box-office": end("box-office") },
  };
}

/** A day either way of the start, as the server takes it. */
const SALES_END_MAX = 1_440;
const CANCEL_MAX = 40_320;

function faultsOf(values: HouseValues): Record<string, string> {
  const faults: Record<string, string> = {};
  if (values.cinemaName.trim() === "") faults.cinemaName = "missing";
  const vat = figureOf(values.vatRate);
  if (vat === null || vat < 0 || vat > 100) faults.vatRate = "percent";
  const cancel = figureOf(values.guestCancelMinutes);
  if (cancel === null || !Number.isInteger(cancel) || cancel < 0 || cancel > CANCEL_MAX)
    faults.guestCancelMinutes = "minutes";
  for (const channel of CHANNELS) {
    const end = figureOf(values[channel]);
    if (end === null || !Number.isInteger(end) || Math.abs(end) > SALES_END_MAX) faults[channel] = "salesEnd";
  }
  return faults;
}

const EVENING_MINUTES = 20 * 60;
const DAY_MINUTES = 24 * 60;

/** What an end of sales means for a film at 20:00; null while it is no figure. */
export function salesEndExample(text: string): { minutes: number; clock: string } | null {
  const minutes = figureOf(text);
  if (minutes === null || !Number.isInteger(minutes) || Math.abs(minutes) > SALES_END_MAX) return null;
  const at = (EVENING_MINUTES - minutes + DAY_MINUTES) % DAY_MINUTES;
  const clock = `${String(Math.floor(at / 60)).padStart(2, "0")}:${String(at % 60).padStart(2, "0")}`;
  return { minutes, clock };
}
