import { describe, expect, it } from "vitest";
import type { Seat, SeatKind } from "../../server/protocol/resources.ts";
import { CELL, layOut, seatAt } from "../../ui/seats/geometry.ts";
import { markPath } from "../../ui/seats/marks.ts";
import { freeNeighbours } from "../../ui/seats/neighbours.ts";
import { createStepper } from "../../ui/seats/steps.ts";

const KINDS: Record<string, SeatKind> = { s: "standard", v: "vip", w: "wheelchair", c: "companion" };

function chart(...lines: string[]): Seat[] {
  return lines.flatMap((line, y) => {
    const row = String.fromCharCode(65 + y);
    let number = 0;
    return [...line].flatMap((place, x) => {
      const kind = KINDS[place];
      if (!kind) return [];
      number++;
      return [{ id: `${row}${number}`, row, number, kind, zone: kind === "vip" ? "vip" : "standard", x, y } as const];
    });
  });
}

const room = chart("..ssss..", "ss.ss.ss", "ss.ss.ss", "wc....cw");
const ids = (indexes: (number | null)[]) => indexes.map((index) => (index === null ? null : room[index]?.id));
const at = (id: string) => room.findIndex((seat) => seat.id === id);

describe("geometry of a chart", () => {
  it("draws every seat inside the picture, rows from the screen backwards, aisles as real gaps", () => {
    const { spots, rows, width, height } = layOut(room);
    expect(spots).toHaveLength(room.length);
    for (const spot of spots) {
      expect(spot.x).toBeGreaterThan(0);
      expect(spot.x).toBeLessThan(width);
      expect(spot.y).toBeLessThan(height);
    }
    expect(rows.map((row) => row.label)).toEqual(["A", "B", "C", "D"]);
    const gap = (spots[at("B3")]?.x ?? 0) - (spots[at("B2")]?.x ?? 0);
    expect(gap).toBeCloseTo(2 * CELL);
  });

  it("bows rows towards the screen, the same on both sides", () => {
    const { spots } = layOut(room);
    const y = (id: string) => spots[at(id)]?.y ?? 0;
    expect(y("B1")).toBeLessThan(y("B3"));
    expect(y("B1")).toBeCloseTo(y("B6"));
    expect(spots[at("B1")]?.tilt).toBeCloseTo(-(spots[at("B6")]?.tilt ?? 0));
  });

  it("no two seats come closer than a seat is wide, at any aspect", () => {
    for (const aspect of [0.4, 1, 3]) {
      const { spots } = layOut(room, aspect);
      for (let a = 0; a < spots.length; a++)
        for (let b = a + 1; b < spots.length; b++) {
          const [one, two] = [spots[a], spots[b]];
          if (one && two) expect(Math.hypot(one.x - two.x, one.y - two.y)).toBeGreaterThan(CELL * 0.95);
        }
    }
  });

  it("spreads rows on a tall screen", () => {
    expect(layOut(room, 0.5).height).toBeGreaterThan(layOut(room, 2).height);
  });

  it("a touch between seats finds the nearest; one far away finds none", () => {
    const geometry = layOut(room);
    const spot = geometry.spots[at("C3")] ?? { x: 0, y: 0 };
    expect(seatAt(geometry, spot.x + 14, spot.y - 10)).toBe(at("C3"));
    expect(seatAt(geometry, spot.x, 5)).toBeNull();
  });

  it("2,000 seats are laid out in one piece", () => {
    const big = chart(...Array.from({ length: 40 }, () => "s".repeat(50)));
    expect(layOut(big).spots).toHaveLength(2000);
  });
});

describe("[K7] the keyboard on the map", () => {
  const step = createStepper(room);
  const press = (from: string, key: string, ctrl = false) => ids([step(at(from), key, ctrl)])[0];

  it("arrows go over aisles, to the nearest seat of the next row, and stay at edges", () => {
    expect(press("B2", "ArrowRight")).toBe("B3");
    expect(press("B1", "ArrowLeft")).toBe("B1");
    expect(press("B1", "ArrowUp")).toBe("A1");
    expect(press("A4", "ArrowDown")).toBe("B4");
    expect(press("A1", "ArrowUp")).toBe("A1");
  });

  it("Home, End and the page keys jump", () => {
    expect(press("B3", "Home")).toBe("B1");
    expect(press("B3", "End")).toBe("B6");
    expect(press("C3", "Home", true)).toBe("A1");
    expect(press("A1", "End", true)).toBe("D4");
    expect(press("A1", "PageDown")).toBe("D2");
    expect(press("D4", "PageUp")).toBe("A4");
    expect(press("A1", "x")).toBeNull();
  });

  it("every seat can be reached from every other by arrows alone", () => {
    const seen = new Set([0]);
    const queue = [0];
    for (let from = queue.pop(); from !== undefined; from = queue.pop())
      for (const key of ["ArrowLeft", "ArrowRight", "ArrowUp", "ArrowDown"]) {
        const next = step(from, key, false);
        if (next !== null && !seen.has(next)) {
          seen.add(next);
          queue.push(next);
        }
      }
    expect(seen.size).toBe(room.length);
  });
});

describe("[K5] free neighbours", () => {
  const free =
    (...taken: string[]) =>
    (index: number) =>
      !taken.includes(room[index]?.id ?? "");

  it("names the nearest of the same row", () => {
    expect(freeNeighbours(room, free("B3"), "B3")).toEqual(["B2", "B4"]);
    expect(freeNeighbours(room, free("B3", "B4"), "B3")).toEqual(["B1", "B2"]);
  });

  it("looks at other rows only when its own is full", () => {
    expect(freeNeighbours(room, free("B1", "B2", "B3", "B4", "B5", "B6"), "B3", 1)).toEqual(["A2"]);
  });

  it("never offers wheelchair spaces or companions in place of an ordinary seat, nor the other way", () => {
    expect(freeNeighbours(room, (index) => room[index]?.row === "D", "C1")).toEqual([]);
    expect(freeNeighbours(room, free(), "D1")).toEqual(["D4"]);
  });

  it("nothing free, an unknown seat: nothing named", () => {
    expect(freeNeighbours(room, () => false, "B3")).toEqual([]);
    expect(freeNeighbours(room, free(), "Z9")).toEqual([]);
  });
});

it("[K8] every state of a seat has its own mark, so that colour is never the only sign", () => {
  const marks = (["mine", "held", "blocked"] as const).map((look) => markPath("standard", look));
  expect(new Set([...marks, markPath("standard", "free")]).size).toBe(4);
});
