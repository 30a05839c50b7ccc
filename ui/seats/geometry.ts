/**
 * The picture of an auditorium: where seats stand, how one moves between them, how they are named.
 *
 * Promises: drawing and moving are pure functions of the chart; a change of one seat touches that seat's
 * element alone.
 * Must never import the connection.
 */
import type { Seat } from "../../server/protocol/resources.ts";

/** Side of one place on the chart, in drawing units. A seat fills about 32 of them. */
export const CELL = 40;
/** Room above the first row for the screen and its light. */
const SCREEN_DEPTH = 92;
/** Room at the sides for row letters. */
const MARGIN = 46;
const MARGIN_BOTTOM = 16;
/** How far the ends of a row come forward: a fraction of its half width, so that wide rooms bend more. */
const BEND = 0.07;
/** From row to row. A tall screen spreads the rows of a wide room, which makes them easier to hit. */
const ROW_PITCH = { least: CELL * 1.08, most: CELL * 1.6 };
/** How far from a row's last seat its letter stands, in places. */
const LETTER_AWAY = 0.95;

export interface SeatSpot {
  x: number;
  y: number;
  /** Degrees by which the seat turns towards the screen. */
  tilt: number;
}

export interface RowSpot {
  label: string;
  left: { x: number; y: number };
  right: { x: number; y: number };
  /** Indexes of its seats, from the left. */
  seats: number[];
}

export interface ChartGeometry {
  width: number;
  height: number;
  /** In layout order. */
  spots: SeatSpot[];
  /** From the screen backwards. */
  rows: RowSpot[];
  /** Path of the screen's curve, and of the light that falls from it. */
  screen: { line: string; light: string; labelY: number; x: number };
}

/**
 * Lays a chart out. Aisles stay as wide as the chart draws them, and rows bow towards the screen.
 * `aspect`: width by height of the place where it will be drawn; rows are spread to fill it as far as looks right.
 */
export function layOut(seats: readonly Seat[], aspect = Number.POSITIVE_INFINITY): ChartGeometry {
  const columns = seats.reduce((most, seat) => Math.max(most, seat.x + 1), 1);
  const lines = seats.reduce((most, seat) => Math.max(most, seat.y + 1), 1);
  const half = (columns * CELL) / 2;
  const middle = MARGIN + half;
  const bend = half * BEND;
  const width = columns * CELL + 2 * MARGIN;
  const spread = (width / aspect - SCREEN_DEPTH - bend - MARGIN_BOTTOM) / lines;
  const pitch = Math.min(ROW_PITCH.most, Math.max(ROW_PITCH.least, spread));

  const at = (place: number, line: number): SeatSpot => {
    const offset = (place + 0.5) * CELL - half;
    const share = offset / half;
    return {
      x: middle + offset,
      y: SCREEN_DEPTH + bend + (line + 0.5) * pitch - bend * share * share,
      tilt: -((Math.atan((2 * bend * share) / half) * 180) / Math.PI),
    };
  };

  return {
    width,
    height: SCREEN_DEPTH + bend + lines * pitch + MARGIN_BOTTOM,
    spots: seats.map((seat) => at(seat.x, seat.y)),
    rows: rowsOf(seats).map((row) => ({
      ...row,
      left: at((seats[row.seats[0] ?? 0]?.x ?? 0) - LETTER_AWAY, row.line),
      right: at((seats[row.seats.at(-1) ?? 0]?.x ?? 0) + LETTER_AWAY, row.line),
    })),
    screen: screenOf(middle, half, bend),
  };
}

/** Seats grouped by line, from the screen backwards, each from the left. */
export function rowsOf(seats: readonly Seat[]): { label: string; line: number; seats: number[] }[] {
  const rows = new Map<number, { label: string; line: number; seats: number[] }>();
  seats.forEach((seat, index) => {
    const row = rows.get(seat.y) ?? { label: seat.row, line: seat.y, seats: [] };
    row.seats.push(index);
    rows.set(seat.y, row);
  });
  const sorted = [...rows.values()].sort((a, b) => a.line - b.line);
  for (const row of sorted) row.seats.sort((a, b) => (seats[a]?.x ?? 0) - (seats[b]?.x ?? 0));
  return sorted;
}

function screenOf(middle: number, half: number, bend: number): ChartGeometry["screen"] {
  const reach = half * 0.86;
  const top = 14;
  const ends = top + bend * 0.5 + 10;
  const light = half * 0.96;
  const foot = SCREEN_DEPTH + bend + CELL * 2;
  const curve = `M${middle - reach} ${ends}Q${middle} ${top - bend * 0.5} ${middle + reach} ${ends}`;
  return {
    line: curve,
    light: `${curve}L${middle + light} ${foot}Q${middle} ${foot + bend} ${middle - light} ${foot}Z`,
    labelY: top + 38,
    x: middle,
  };
}

/** The seat nearest to a point of the drawing, within `reach` units; null where there is none. */
export function seatAt(geometry: ChartGeometry, x: number, y: number, reach = CELL * 0.62): number | null {
  let best: number | null = null;
  let bestDistance = reach * reach;
  geometry.spots.forEach((spot, index) => {
    const distance = (spot.x - x) ** 2 + (spot.y - y) ** 2;
    if (distance <= bestDistance) {
      best = index;
      bestDistance = distance;
    }
  });
  return best;
}
