import { MAX_SEATS } from "./limits.ts";
import type { Seat, SeatKind, Zone } from "./resources.ts";

/** What each character of a chart stands for; a dot is no seat. */
export const PLACES = { s: "standard", v: "vip", w: "wheelchair", c: "companion" } as const;
export const AISLE = ".";

/** A row as it is written. */
export interface ChartRow {
  label: string;
  /** Rows from the screen, from 0; empty lines between rows count. */
  y: number;
  /** Where it stands in the text: the line, from 1, and the column of its first place, from 0. */
  line: number;
  column: number;
  places: string;
}

/** What is wrong with a line, counted from 1. */
export type ChartFault = { line: number } & (
  | { fault: "label" }
  | { fault: "repeated"; row: string; other: number }
  | { fault: "no-places"; row: string }
  | { fault: "place"; place: string }
  | { fault: "too-many" }
  | { fault: "no-seats" }
);

export interface ChartReading {
  /** Seats and rows of the lines that could be read, up to a fault. */
  seats: Seat[];
  rows: ChartRow[];
  /** None: the chart is good. */
  faults: ChartFault[];
}

/** A label of one to three letters, then spaces, then places. Places are judged one by one. */
const ROW = /^([A-Za-z]{1,3})(?:[ \t]+(.*))?$/;
/** Faults told at once: enough to mend a chart, few enough to read. */
const MAX_FAULTS = 20;

/**
 * Reads an auditorium's chart: one line per row, nearest the screen first; a label, then one character
 * per place (`s` standard, `v` VIP, `w` wheelchair, `c` companion, `.` no seat). A row may be all aisle;
 * an empty line between rows is a gap as high as a row, above and below them it is nothing.
 *
 * Seats come row by row from the left; an id is label + number, and numbers count seats, not places.
 */
export function readChart(chart: string): ChartReading {
  const lines = chart.split(/\r\n|\n|\r/);
  const first = Math.max(
    lines.findIndex((line) => line.trim() !== ""),
    0,
  );
  const reading: ChartReading = { seats: [], rows: [], faults: [] };
  const { seats, faults } = reading;
  const seen = new Map<string, number>();
  for (const [at, text] of lines.entries()) {
    if (text.trim() === "") continue;
    const fault = readRow(reading, seen, text, { line: at + 1, y: at - first });
    if (fault !== null) faults.push(fault);
    if (faults.length === MAX_FAULTS || seats.length > MAX_SEATS) break;
  }
  if (faults.length === 0 && seats.length === 0) faults.push({ line: first + 1, fault: "no-seats" });
  return reading;
}

/** Adds the seats of one line. `seen`: labels in capitals to their lines. Answers what is wrong with it, or null. */
function readRow(
  { seats, rows }: ChartReading,
  seen: Map<string, number>,
  raw: string,
  { line, y }: { line: number; y: number },
): ChartFault | null {
  const text = raw.trim();
  const [matched, label, places = ""] = ROW.exec(text) ?? [];
  if (matched === undefined || label === undefined) return { line, fault: "label" };
  const other = seen.get(label.toUpperCase());
  if (other !== undefined) return { line, fault: "repeated", row: label, other };
  seen.set(label.toUpperCase(), line);
  const column = raw.length - raw.trimStart().length + text.length - places.length;
  rows.push({ label, y, line, column, places });
  if (places === "") return { line, fault: "no-places", row: label };
  let number = 0;
  for (const [x, place] of [...places].entries()) {
    if (place === AISLE) continue;
    const kind = kindOf(place);
    if (kind === undefined) return { line, fault: "place", place };
    number += 1;
    seats.push({ id: `${label}${number}`, row: label, number, kind, zone: zoneOf(kind), x, y });
    if (seats.length > MAX_SEATS) return { line, fault: "too-many" };
  }
  return null;
}

function kindOf(place: string): SeatKind | undefined {
  return Object.hasOwn(PLACES, place) ? PLACES[place as keyof typeof PLACES] : undefined;
}

function zoneOf(kind: SeatKind): Zone {
  return kind === "vip" ? "vip" : "standard";
}
