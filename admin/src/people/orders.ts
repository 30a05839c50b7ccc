import type { Order, Showtime } from "../../../server/protocol/resources.ts";
import type { FormSpec } from "../state/form.ts";
import type { Resource } from "../state/resource.ts";

export const ORDER_STATUSES = [
  "pending",
  "confirmed",
  "declined",
  "expired",
  "cancelled",
  "refunded",
  "partially-refunded",
] as const satisfies readonly Order["status"][];

/** How a status looks beside its word: money came, money went back, or nothing came of it. */
export function statusLook(status: Order["status"]): "good" | "bad" | "quiet" | "" {
  switch (status) {
    case "confirmed":
      return "good";
    case "refunded":
    case "partially-refunded":
      return "bad";
    case "declined":
    case "expired":
    case "cancelled":
      return "quiet";
    case "pending":
      return "";
    default:
      return status satisfies never;
  }
}

export type OrderValues = { name: string; email: string; note: string };

/** What of a purchase can be corrected; what is left empty is taken away. */
export function orderSpec(orders: Resource<Order>): FormSpec<Order, OrderValues> {
  return {
    resource: orders,
    valuesOf: (order) => ({
      name: order?.contact?.name ?? "",
      email: order?.contact?.email ?? "",
      note: order?.note ?? "",
    }),
    bodyOf: ({ name, email, note }) => ({
      contact: { name: name.trim() || null, email: email.trim() || null },
      note: note.trim() || undefined,
    }),
    faultsOf: ({ email }): Record<string, string> =>
      email.trim() === "" || /^\S+@\S+\.\S+$/.test(email.trim()) ? {} : { email: "email" },
  };
}

/** A day's showtimes in the order of their start, as something to choose from. */
export function choicesOf(showtimes: readonly Showtime[], time: (iso: string) => string) {
  return showtimes
    .toSorted((a, b) => a.startsAt.localeCompare(b.startsAt))
    .map(({ id, startsAt, film, auditorium }) => ({
      value: id,
      label: `${time(startsAt)} ${film.title} · ${auditorium.name}`,
    }));
}
