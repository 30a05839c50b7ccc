import { addDays, dayOf, instantOfDay, showDayStart } from "../../../ui/words/zone.ts";

/** The cinema's clocks. Days are `2027-03-14`, times of day `18:30`. */
export interface LocalTime {
  day: string;
  time: string;
}

const MINUTE_MS = 60_000;
export const DAY_MINUTES = 24 * 60;

/** A moment as the cinema's clocks show it. */
export function localOf(iso: string, timeZone: string): LocalTime {
  const ms = Date.parse(iso);
  const clock = new Intl.DateTimeFormat("en-GB", { timeZone, hour: "2-digit", minute: "2-digit", hourCycle: "h23" });
  return { day: dayOf(ms, timeZone), time: clock.format(ms) };
}

/**
 * When the cinema's clocks show this, RFC 3339 in UTC; null for what is no day or time. A time that the clocks skip is
 * as much later as they skip; of one that they show twice it is the first.
 */
export function momentOf({ day, time }: LocalTime, timeZone: string): string | null {
  const minutes = minutesOf(time);
  if (minutes === null || !/^\d{4}-\d\d-\d\d$/.test(day) || Number.isNaN(Date.parse(`${day}T00:00:00Z`))) return null;
  const midnight = instantOfDay(day, timeZone);
  const plain = midnight + minutes * MINUTE_MS;
  const shown = minutesOf(localOf(new Date(plain).toISOString(), timeZone).time) ?? 0;
  // On a day of 23 or 25 hours the clocks run ahead of, or behind, the minutes since midnight.
  const off = ((minutes - shown + DAY_MINUTES * 1.5) % DAY_MINUTES) - DAY_MINUTES / 2;
  const settled = plain + off * MINUTE_MS;
  const isShown = minutesOf(localOf(new Date(settled).toISOString(), timeZone).time) === minutes;
  return new Date(isShown ? settled : plain).toISOString();
}

/** Minutes since midnight; null for what is no time of day. */
export function minutesOf(time: string): number | null {
  const [matched, hours, minutes] = /^(\d{1,2}):(\d\d)$/.exec(time.trim()) ?? [];
  if (matched === undefined || Number(hours) > 23 || Number(minutes) > 59) return null;
  return Number(hours) * 60 + Number(minutes);
}

/** `1110` as `18:30`; past midnight it begins anew. */
export function timeOf(minutes: number): string {
  const within = ((minutes % DAY_MINUTES) + DAY_MINUTES) % DAY_MINUTES;
  return `${String(Math.floor(within / 60)).padStart(2, "0")}:${String(within % 60).padStart(2, "0")}`;
}

/** Where a moment stands on a day's clock face, in minutes from its midnight: above 24 h on the day after. */
export function minutesOn(day: string, iso: string, timeZone: string): number {
  const local = localOf(iso, timeZone);
  const days = Math.round((Date.parse(local.day) - Date.parse(day)) / (DAY_MINUTES * MINUTE_MS));
  return days * DAY_MINUTES + (minutesOf(local.time) ?? 0);
}

/** From the first to the last instant of a day of the schedule, as a query takes them. */
export function spanOf(day: string, timeZone: string): { from: string; to: string } {
  const at = (date: string) => new Date(showDayStart(date, timeZone)).toISOString();
  return { from: at(day), to: at(addDays(day, 1)) };
}

/** Monday to Sunday around a day. */
export function weekOf(day: string): string[] {
  const weekday = (new Date(`${day}T12:00:00Z`).getUTCDay() + 6) % 7;
  return Array.from({ length: 7 }, (_, at) => addDays(day, at - weekday));
}

/** Whether a text is a day, for addresses. */
export function isDay(text: string | undefined): text is string {
  return text !== undefined && /^\d{4}-\d\d-\d\d$/.test(text) && !Number.isNaN(Date.parse(text));
}
