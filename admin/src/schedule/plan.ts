import type { Auditorium, Showtime } from "../../../server/protocol/resources.ts";
import { minutesOn } from "./clock.ts";

/** A showtime on the day's sheet, in minutes from the day's midnight. */
export interface Slot {
  showtime: Showtime;
  from: number;
  to: number;
}

export interface Column {
  auditorium: Pick<Auditorium, "id" | "name" | "capacity">;
  /** By start. */
  slots: Slot[];
}

export interface DaySheet {
  columns: Column[];
  /** First and last full hour that is drawn. */
  firstHour: number;
  lastHour: number;
}

/** Time to empty and clean a room before the next audience, as the house keeps it. */
export const CLEANING_MINUTES = 15;
/** Drawn even when nothing is shown then: where most days happen. */
const [USUAL_FIRST_HOUR, USUAL_LAST_HOUR] = [11, 24];

/** A day as columns of rooms over a time axis. Clock changes are drawn as the wall clock shows them. */
export function layOutDay(
  day: string,
  auditoriums: readonly Column["auditorium"][],
  showtimes: readonly Showtime[],
  timeZone: string,
): DaySheet {
  const columns = auditoriums.map((auditorium) => ({
    auditorium,
    slots: showtimes
      .filter(({ auditoriumId }) => auditoriumId === auditorium.id)
      .map((showtime) => {
        const from = minutesOn(day, showtime.startsAt, timeZone);
        const length = (Date.parse(showtime.endsAt) - Date.parse(showtime.startsAt)) / 60_000;
        return { showtime, from, to: from + length };
      })
      .sort((one, other) => one.from - other.from),
  }));
  const slots = columns.flatMap((column) => column.slots);
  return {
    columns,
    firstHour: Math.floor(Math.min(USUAL_FIRST_HOUR * 60, ...slots.map(({ from }) => from)) / 60),
    lastHour: Math.ceil(Math.max(USUAL_LAST_HOUR * 60, ...slots.map(({ to }) => to)) / 60),
  };
}

/** The showtime that an arrow key leads to; null at the edge. Sideways it is the one nearest in time. */
export function neighbour(sheet: DaySheet, id: string, key: string): string | null {
  const at = sheet.columns.findIndex(({ slots }) => slots.some(({ showtime }) => showtime.id === id));
  const slots = sheet.columns[at]?.slots ?? [];
  const index = slots.findIndex(({ showtime }) => showtime.id === id);
  const here = slots[index];
  if (here === undefined) return null;
  switch (key) {
    case "ArrowDown":
      return slots[index + 1]?.showtime.id ?? null;
    case "ArrowUp":
      return slots[index - 1]?.showtime.id ?? null;
    case "Home":
      return slots[0]?.showtime.id ?? null;
    case "End":
      return slots.at(-1)?.showtime.id ?? null;
    case "ArrowRight":
      return nearest(sheet.columns.slice(at + 1), here.from);
    case "ArrowLeft":
      return nearest(sheet.columns.slice(0, at).reverse(), here.from);
    default:
      return null;
  }
}

/** In the first of these columns that has any. */
function nearest(columns: readonly Column[], from: number): string | null {
  const slots = columns.find((column) => column.slots.length > 0)?.slots ?? [];
  const [closest] = slots.toSorted((one, other) => Math.abs(one.from - from) - Math.abs(other.from - from));
  return closest?.showtime.id ?? null;
}

/** What most films take with the cleaning; a gap this long is worth proposing. */
const USUAL_STAY_MINUTES = 135;
/** Later than this nobody begins a film. */
const LAST_START = 23 * 60;

/**
 * When a room is free for another showtime, in minutes of the day: after the given one or its last one; where that is
 * too late, in its first long gap; in an empty room at five in the afternoon.
 */
export function freeFrom(column: Column | undefined, after?: Slot): number {
  const taken = (column?.slots ?? []).filter(({ showtime }) => showtime.status !== "cancelled");
  const last = after ?? taken.at(-1);
  if (last === undefined) return 17 * 60;
  const next = Math.ceil((last.to + CLEANING_MINUTES) / 5) * 5;
  return next <= LAST_START ? next : (firstGap(taken) ?? LAST_START);
}

function firstGap(taken: readonly Slot[]): number | null {
  let free = USUAL_FIRST_HOUR * 60;
  for (const { from, to } of taken) {
    if (from - free >= USUAL_STAY_MINUTES) return free;
    free = Math.max(free, Math.ceil((to + CLEANING_MINUTES) / 5) * 5);
  }
  return null;
}
