import type { Language } from "./language.ts";
import { instantOfDay } from "./zone.ts";

/** How one language writes money, times and numbers of this cinema. Cheap to call a thousand times. */
export interface Formats {
  /** "9,50 €": from integer minor units. */
  money(amount: number): string;
  /** "9.50 euros", for a screen reader. */
  moneySpoken(amount: number): string;
  /** "20:30" in the cinema's time zone. */
  time(iso: string): string;
  /** "viernes, 21 de noviembre", from an instant. */
  day(iso: string): string;
  /** "vie 21 nov", from an instant. */
  shortDay(iso: string): string;
  /** Parts of a calendar day `2025-11-21` for a day switcher. */
  dayParts(day: string): { weekday: string; number: string; month: string };
  number(value: number): string;
  /** "3 min", "2 h 5 min": a length in minutes. */
  duration(minutes: number): string;
}

/** The language tag that decides how numbers look: euros in Europe, so 24 hours also in English. */
const LOCALES: Record<Language, string> = { es: "es-ES", en: "en-GB" };

export function createFormats(language: Language, timeZone: string, currency: string): Formats {
  const locale = LOCALES[language];
  const plain = new Intl.NumberFormat(locale, { style: "currency", currency });
  const spoken = new Intl.NumberFormat(locale, { style: "currency", currency, currencyDisplay: "name" });
  const minorUnits = 10 ** (plain.resolvedOptions().maximumFractionDigits ?? 2);
  const inZone = (options: Intl.DateTimeFormatOptions) => new Intl.DateTimeFormat(locale, { timeZone, ...options });
  const time = inZone({ hour: "2-digit", minute: "2-digit", hourCycle: "h23" });
  const day = inZone({ weekday: "long", day: "numeric", month: "long" });
  const shortDay = inZone({ weekday: "short", day: "numeric", month: "short" });
  const number = new Intl.NumberFormat(locale);
  return {
    money: (amount) => plain.format(amount / minorUnits),
    moneySpoken: (amount) => spoken.format(amount / minorUnits),
    time: (iso) => time.format(new Date(iso)),
    day: (iso) => day.format(new Date(iso)),
    shortDay: (iso) => shortDay.format(new Date(iso)),
    dayParts: (date) => partsOfDay(shortDay, instantOfDay(date, timeZone)),
    number: (value) => number.format(value),
    duration: (minutes) => durationText(minutes),
  };
}

function partsOfDay(format: Intl.DateTimeFormat, ms: number) {
  const parts = new Map(format.formatToParts(ms).map((part) => [part.type, part.value]));
  return {
    weekday: (parts.get("weekday") ?? "").replace(".", ""),
    number: parts.get("day") ?? "",
    month: (parts.get("month") ?? "").replace(".", ""),
  };
}

function durationText(minutes: number): string {
  const hours = Math.floor(minutes / 60);
  const rest = minutes % 60;
  if (hours === 0) return `${rest} min`;
  return rest === 0 ? `${hours} h` : `${hours} h ${rest} min`;
}

/** "04:59" from milliseconds; never negative, and 0 only when the time is really over. */
export function clockText(leftMs: number): string {
  const seconds = Math.max(0, Math.ceil(leftMs / 1000));
  const minutes = Math.floor(seconds / 60);
  return `${minutes}:${String(seconds % 60).padStart(2, "0")}`;
}
