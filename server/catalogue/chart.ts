import { type FieldError, type Outcome, refuse } from "../protocol/errors.ts";
import { MAX_SEATS } from "../protocol/limits.ts";
import type { Seat, SeatKind, Zone } from "../protocol/resources.ts";

const KINDS: ReadonlyMap<string, SeatKind> = new Map([
  ["s", "standard"],
  ["v", "vip"],
  ["w", "wheelchair"],
  ["c", "companion"],
]);
const AISLE = ".";
/** A label of one to three letters, then spaces, then places. Places are judged one by one. */
const ROW = /^([A-Za-z]{1,3})(?:[ \t]+(.*))?$/;
/** Faults told at once: enough to mend a chart, few enough to read. */
const MAX_FAULTS = 20;

interface Reading {
  seats: Seat[];
  /** Label in capitals to the line that has it. */
  rows: Map<string, number>;
  line: number;
}

/**
 * Reads an auditorium's chart: one line per row, nearest the screen first; a label, then one character
 * per place (`s` standard, `v` VIP, `w` wheelchair, `c` companion, `.` no seat). A row may be all aisle;
 * an empty line between rows is a gap as high as a row, above and below them it is nothing.
 *
 * Seats come row by row from the left; an id is label + number, and numbers count seats, not places.
 * A refusal is `invalid_request` on `chart`, each fault with its line number, counted from 1.
 */
export function parseChart(chart: string): Outcome<{ seats: Seat[] }> {
  const lines = chart.split(/\r\n|\n|\r/).map((line) => line.trim());
  const first = Math.max(
    lines.findIndex((line) => line !== ""),
    0,
  );
  const reading: Reading = { seats: [], rows: new Map(), line: 0 };
  const faults: FieldError[] = [];
  for (const [at, text] of lines.entries()) {
    if (text === "") continue;
    reading.line = at + 1;
    const fault = readRow(reading, text, at - first);
    if (fault !== null) faults.push(faultAt(reading.line, fault));
    if (faults.length === MAX_FAULTS || reading.seats.length > MAX_SEATS) break;
  }
  if (faults.length === 0 && reading.seats.length === 0) faults.push(faultAt(first + 1, "there are no seats"));
  if (faults.length > 0) return refuse("invalid_request", "The chart cannot be read", { errors: faults });
  return { ok: true, seats: reading.seats };
}

function faultAt(line: number, what: string): FieldError {
  return { path: "chart", message: `line ${line}: ${what}` };
}

/** Adds the seats of one line. Answers what is wrong with it, or null. */
function readRow(reading: Reading, text: string, y: number): string | null {
  const [matched, row, places = ""] = ROW.exec(text) ?? [];
  if (matched === undefined || row === undefined) return "begins with a label of 1 to 3 letters (A to Z) and a space";
  const other = reading.rows.get(row.toUpperCase());
  if (other !== undefined) return `row ${row} is on line ${other} already`;
  reading.rows.set(row.toUpperCase(), reading.line);
  if (places === "") return `row ${row} has no places`;
  let number = 0;
  for (const [x, place] of [...places].entries()) {
    if (place === AISLE) continue;
    const kind = KINDS.get(place);
    if (kind === undefined) return `"${place}" is not a place; places are s, v, w, c and .`;
    number += 1;
    reading.seats.push({ id: `${row}${number}`, row, number, kind, zone: zoneOf(kind), x, y });
    if (reading.seats.length > MAX_SEATS) return `there are more than ${MAX_SEATS} seats`;
  }
  return null;
}

function zoneOf(kind: SeatKind): Zone {
  return kind === "vip" ? "vip" : "standard";
}
