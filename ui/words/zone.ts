import { DAY_BEGINS_HOUR } from "../../server/protocol/day.ts";

/** Calendar days of the cinema's time zone, whatever zone the browser sits in. Days are `YYYY-MM-DD`. */

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

/** The cinema's calendar day at an instant. */
export function dayOf(ms: number, timeZone: string): string {
  return new Intl.DateTimeFormat("en-CA", { timeZone, year: "numeric", month: "2-digit", day: "2-digit" }).format(ms);
}

/** The day `count` days later (or earlier, when negative). */
export function addDays(day: string, count: number): string {
  return new Date(Date.parse(`${day}T12:00:00Z`) + count * DAY_MS).toISOString().slice(0, 10);
}

/**
 * The first instant of a day in a zone, in milliseconds. Right on days of 23 and 25 hours, too: the
 * zone's offset is read at the guessed instant, and read again where a change lies in between.
 */
export function instantOfDay(day: string, timeZone: string): number {
  const utc = Date.parse(`${day}T00:00:00Z`);
  const guess = utc - offsetAt(utc, timeZone);
  const settled = utc - offsetAt(guess, timeZone);
  return dayOf(settled, timeZone) === day ? settled : settled + HOUR_MS;
}

/** The day of the cinema's schedule at an instant: its small hours belong to the evening before. */
export function showDayOf(ms: number, timeZone: string): string {
  const day = dayOf(ms, timeZone);
  return ms < showDayStart(day, timeZone) ? addDays(day, -1) : day;
}

/** When a day of the cinema's schedule begins, in milliseconds. */
export function showDayStart(day: string, timeZone: string): number {
  const utc = Date.parse(`${day}T00:00:00Z`) + DAY_BEGINS_HOUR * HOUR_MS;
  const guess = utc - offsetAt(utc, timeZone);
  return utc - offsetAt(guess, timeZone);
}

/** How far a zone's wall clock is ahead of UTC at an instant, in milliseconds. */
function offsetAt(ms: number, timeZone: string): number {
  const parts = new Intl.DateTimeFormat("en-US", {
    timeZone,
    hourCycle: "h23",
    year: "numeric",
    month: "numeric",
    day: "numeric",
    hour: "numeric",
    minute: "numeric",
    second: "numeric",
  }).formatToParts(ms);
  const at = new Map(parts.map((part) => [part.type, Number(part.value)]));
  const wall = Date.UTC(
    at.get("year") ?? 0,
    (at.get("month") ?? 1) - 1,
    at.get("day") ?? 1,
    at.get("hour") ?? 0,
    at.get("minute") ?? 0,
    at.get("second") ?? 0,
  );
  return wall - Math.floor(ms / 1000) * 1000;
}
