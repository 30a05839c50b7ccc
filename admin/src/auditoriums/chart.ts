import { AISLE, type ChartReading, type ChartRow, PLACES } from "../../../server/protocol/chart.ts";
import type { Seat, SeatKind } from "../../../server/protocol/resources.ts";

/** A place of the preview: a seat of the chart, or an aisle that could become one. */
export interface Place extends Seat {
  isAisle: boolean;
  character: string;
  at: ChartRow;
}

/** What a click makes of a place, one after the other. */
const ROUND = ["s", "v", "w", "c", AISLE];

/** What a place becomes by the next click. */
export function nextPlace(character: string): string {
  return ROUND[(ROUND.indexOf(character) + 1) % ROUND.length] ?? AISLE;
}

/** Every place of a chart that can be read, aisles too, row by row from the left. */
export function placesOf({ rows }: ChartReading): Place[] {
  return rows.flatMap((at) => {
    let number = 0;
    return [...at.places].flatMap((character, x) => {
      const isAisle = character === AISLE;
      const kind = Object.hasOwn(PLACES, character) ? PLACES[character as keyof typeof PLACES] : undefined;
      if (kind === undefined && !isAisle) return [];
      if (!isAisle) number += 1;
      return [
        {
          // An aisle has no number of its own: it is named by its place. Drawn as a companion, it shows no number.
          ...{ id: isAisle ? `${at.label}·${x + 1}` : `${at.label}${number}`, row: at.label, x, y: at.y },
          ...{ number: isAisle ? x + 1 : number, kind: kind ?? "companion", zone: kind === "vip" ? "vip" : "standard" },
          ...{ isAisle, character, at },
        } satisfies Place,
      ];
    });
  });
}

/** The text with another character at one place; everything else stays as it was typed. */
export function withPlace(chart: string, { at, x }: Pick<Place, "at" | "x">, character: string): string {
  const parts = chart.split(/(\r\n|\n|\r)/);
  // Separators stand at odd positions.
  const index = (at.line - 1) * 2;
  const line = parts[index] ?? "";
  const column = at.column + x;
  return parts.with(index, line.slice(0, column) + character + line.slice(column + 1)).join("");
}

/** Where a line (from 1) begins and ends in the text. */
export function lineSpan(chart: string, line: number): [from: number, to: number] {
  const lines = chart.split(/\r\n|\n|\r/);
  const from = lines.slice(0, line - 1).reduce((sum, text) => sum + text.length + 1, 0);
  return [from, from + (lines[line - 1]?.length ?? 0)];
}

export function countKinds(seats: readonly Seat[]): Record<SeatKind, number> {
  const counts = { standard: 0, vip: 0, wheelchair: 0, companion: 0 };
  for (const { kind } of seats) counts[kind] += 1;
  return counts;
}
