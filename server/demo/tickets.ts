import { Temporal } from "temporal-polyfill";
import type { Price, Zone } from "../protocol/resources.ts";
import { demoId } from "./ids.ts";

/** Ticket types of the demo cinema in their order, with what a plain seat costs in minor units. */
export const TICKET_TYPES = [
  { name: "Adulto", amount: 950 },
  { name: "Infantil (hasta 12)", amount: 700 },
  { name: "Mayores de 65", amount: 650 },
  { name: "Estudiante", amount: 750 },
] as const;

/** On top of the plain seat, in minor units. */
const VIP_SURCHARGE = 350;
const FORMAT_SURCHARGES: Readonly<Record<string, number>> = { "3D": 150, IMAX: 250 };
const WEEKEND_SURCHARGE = 80;
/** The day when going to the cinema costs everyone the same, as in most of Spain: Wednesday. */
const CHEAP_DAY = 3;
const CHEAP_AMOUNT = 590;

/** Prices by zone and type for a showtime on that day (`2027-03-14`). */
export function pricesFor(date: string, attributes: readonly string[]): Price[] {
  const { dayOfWeek } = Temporal.PlainDate.from(date);
  const format = attributes.reduce((sum, attribute) => sum + (FORMAT_SURCHARGES[attribute] ?? 0), 0);
  const zones: Record<Zone, number> = { standard: 0, vip: VIP_SURCHARGE };
  return (["standard", "vip"] as const).flatMap((zone) =>
    TICKET_TYPES.map(({ name, amount }) => ({
      zone,
      ticketTypeId: demoId("tty", name),
      amount: dayAmount(amount, dayOfWeek) + format + zones[zone],
    })),
  );
}

/** `dayOfWeek`: Monday is 1. */
function dayAmount(amount: number, dayOfWeek: number): number {
  if (dayOfWeek === CHEAP_DAY) return Math.min(amount, CHEAP_AMOUNT);
  return dayOfWeek >= 5 ? amount + WEEKEND_SURCHARGE : amount;
}
