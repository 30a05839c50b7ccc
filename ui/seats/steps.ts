import type { Seat } from "../../server/protocol/resources.ts";
import { rowsOf } from "./geometry.ts";

/** Rows that Page Up and Page Down jump: a large room is crossed in four or five. */
const PAGE_ROWS = 5;

/** Moves the keyboard's place on the chart. Null: the key means nothing here. */
export type Stepper = (from: number, key: string, ctrl: boolean) => number | null;

/**
 * Arrows go seat by seat (over aisles) and row by row (to the nearest seat), Home and End to the ends of
 * the row, with Ctrl to the first and last seat of the room, Page Up and Page Down five rows.
 * At an edge the place stays.
 */
export function createStepper(seats: readonly Seat[]): Stepper {
  const rows = rowsOf(seats);
  const rowAt = new Map<number, number>();
  rows.forEach((row, line) => {
    for (const index of row.seats) rowAt.set(index, line);
  });

  function toRow(from: number, by: number): number {
    const line = Math.min(rows.length - 1, Math.max(0, (rowAt.get(from) ?? 0) + by));
    const x = seats[from]?.x ?? 0;
    const distance = (index: number) => Math.abs((seats[index]?.x ?? 0) - x);
    const row = rows[line]?.seats ?? [];
    return row.reduce((best, index) => (distance(index) < distance(best) ? index : best), row[0] ?? from);
  }

  return (from, key, ctrl) => {
    const row = rows[rowAt.get(from) ?? 0]?.seats ?? [];
    const place = row.indexOf(from);
    switch (key) {
      case "ArrowLeft":
        return row[place - 1] ?? from;
      case "ArrowRight":
        return row[place + 1] ?? from;
      case "ArrowUp":
        return toRow(from, -1);
      case "ArrowDown":
        return toRow(from, 1);
      case "PageUp":
        return toRow(from, -PAGE_ROWS);
      case "PageDown":
        return toRow(from, PAGE_ROWS);
      case "Home":
        return (ctrl ? rows[0]?.seats : row)?.[0] ?? from;
      case "End":
        return (ctrl ? rows.at(-1)?.seats : row)?.at(-1) ?? from;
      default:
        return null;
    }
  };
}
