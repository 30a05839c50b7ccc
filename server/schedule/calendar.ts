import { Temporal } from "temporal-polyfill";
import { DAY_BEGINS_HOUR } from "../protocol/day.ts";
import type { Weekday } from "../protocol/resources.ts";

/** A moment by the cinema's clocks. */
export interface LocalTime {
  /** As in `2027-03-14`. */
  date: string;
  /** As in `18:30`; on the cinema's own day also `25:30`. */
  time: string;
  weekday: Weekday;
}

/** What the clocks did to a time of day on the day it was carried to. */
export type ClockChange = "skipped-hour" | "repeated-hour";

/** The cinema's time zone: days of 23 and 25 hours included. */
export interface Calendar {
  local(moment: string): LocalTime;
  /** A moment on the cinema's day: its small hours are those of the evening before, past 24:00. */
  shown(moment: string): LocalTime;
  /** When the cinema's day begins, RFC 3339 in UTC: see `DAY_BEGINS_HOUR`. */
  dayStart(date: string): string;
  addDays(date: string, days: number): string;
  daysBetween(from: string, to: string): number;
  /**
   * A moment's time of day on another day. Where the clocks skip that time, as much later as they skip; where they
   * show it twice, the first time; `clockChange` says so.
   */
  sameTimeOn(moment: string, date: string): { moment: string; clockChange?: ClockChange };
}

const WEEKDAYS: readonly Weekday[] = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];

const DAY_BEGINS = Temporal.PlainTime.from({ hour: DAY_BEGINS_HOUR });

export function createCalendar(timeZone: string): Calendar {
  const zoned = (moment: string) => Temporal.Instant.from(moment).toZonedDateTimeISO(timeZone);

  return {
    local(moment) {
      const local = zoned(moment);
      return { ...dayOf(local.toPlainDate()), time: local.toPlainTime().toString({ smallestUnit: "minute" }) };
    },
    shown(moment) {
      const local = zoned(moment);
      const isLate = local.hour < DAY_BEGINS_HOUR;
      const hour = local.hour + (isLate ? 24 : 0);
      const date = local.toPlainDate().subtract({ days: isLate ? 1 : 0 });
      return { ...dayOf(date), time: [hour, local.minute].map((part) => String(part).padStart(2, "0")).join(":") };
    },
    dayStart: (date) => momentOf(Temporal.PlainDate.from(date).toZonedDateTime({ timeZone, plainTime: DAY_BEGINS })),
    addDays: (date, days) => Temporal.PlainDate.from(date).add({ days }).toString(),
    daysBetween: (from, to) =>
      Temporal.PlainDate.from(from).until(Temporal.PlainDate.from(to), { largestUnit: "days" }).days,
    sameTimeOn(moment, date) {
      const time = Temporal.Instant.from(moment).toZonedDateTimeISO(timeZone).toPlainTime();
      const wanted = Temporal.PlainDate.from(date).toPlainDateTime(time);
      const [earlier, later] = (["earlier", "later"] as const).map((disambiguation) =>
        wanted.toZonedDateTime(timeZone, { disambiguation }),
      ) as [Temporal.ZonedDateTime, Temporal.ZonedDateTime];
      if (earlier.equals(later)) return { moment: momentOf(earlier) };
      const isRepeated = earlier.toPlainDateTime().equals(wanted);
      return isRepeated
        ? { moment: momentOf(earlier), clockChange: "repeated-hour" }
        : { moment: momentOf(later), clockChange: "skipped-hour" };
    },
  };
}

function dayOf(date: Temporal.PlainDate): Pick<LocalTime, "date" | "weekday"> {
  return { date: date.toString(), weekday: WEEKDAYS[date.dayOfWeek - 1] as Weekday };
}

function momentOf(local: Temporal.ZonedDateTime): string {
  return local.toInstant().toString({ fractionalSecondDigits: 3 });
}
