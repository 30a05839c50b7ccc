import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parseChart } from "../../server/catalogue/chart.ts";
import type { Seat } from "../../server/protocol/resources.ts";

const LABELS = [..."ABCDEFGHIJKLMNOPQRSTUVWXYZ"].flatMap((letter) => [letter, `${letter}A`, `${letter}bC`]);
const places = fc.string({ unit: fc.constantFrom(..."svwc.."), minLength: 1, maxLength: 30 });
const rows = fc.uniqueArray(fc.tuple(fc.constantFrom(...LABELS), places), {
  selector: ([label]) => label.toUpperCase(),
  minLength: 1,
  maxLength: 40,
});
const KINDS: Record<string, string> = { s: "standard", v: "vip", w: "wheelchair", c: "companion" };
const CHARACTERS = Object.fromEntries(Object.entries(KINDS).map(([character, kind]) => [kind, character]));

function read(chart: string): Seat[] {
  const parsed = parseChart(chart);
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.errors));
  return parsed.seats;
}

function faults(chart: string): string[] {
  const parsed = parseChart(chart);
  if (parsed.ok) return [];
  expect(parsed.code).toBe("invalid_request");
  expect(parsed.errors?.every(({ path }) => path === "chart")).toBe(true);
  return parsed.errors?.map(({ message }) => message) ?? [];
}

describe("reading a chart", () => {
  it("[U1] numbers seats, not places, from the left", () => {
    expect(read("A ss.ss").map(({ id, x }) => [id, x])).toEqual([
      ["A1", 0],
      ["A2", 1],
      ["A3", 3],
      ["A4", 4],
    ]);
    expect(read("F  ssss..ssssssss..ssss")).toHaveLength(16);
  });

  it("[U1] gives each place its kind and zone", () => {
    expect(read("A svwc").map(({ kind, zone }) => [kind, zone])).toEqual([
      ["standard", "standard"],
      ["vip", "vip"],
      ["wheelchair", "standard"],
      ["companion", "standard"],
    ]);
  });

  it("[U1] every chart reads back as it was drawn", () => {
    fc.assert(
      fc.property(rows, fc.constantFrom("\n", "\r\n"), fc.constantFrom("", "\n", "\n \n"), (drawn, newline, end) => {
        fc.pre(drawn.some(([, line]) => /[^.]/.test(line)));
        const seats = read(drawn.map(([label, line]) => `${label}  ${line}`).join(newline) + end);
        const lines = drawn.map(([label, line], y) => {
          const back = [...line].fill(".");
          for (const seat of seats.filter((each) => each.y === y)) {
            expect(seat.row).toBe(label);
            back[seat.x] = CHARACTERS[seat.kind] as string;
          }
          return back.join("");
        });
        expect(lines).toEqual(drawn.map(([, line]) => line));
      }),
    );
  });

  it("[U1] ids are unique, and numbers of a row run 1, 2, 3 with growing x", () => {
    fc.assert(
      fc.property(rows, (drawn) => {
        fc.pre(drawn.some(([, line]) => /[^.]/.test(line)));
        const seats = read(drawn.map(([label, line]) => `${label} ${line}`).join("\n"));
        expect(new Set(seats.map(({ id }) => id)).size).toBe(seats.length);
        for (const [label] of drawn) {
          const row = seats.filter((seat) => seat.row === label);
          expect(row.map(({ number }) => number)).toEqual(row.map((_, n) => n + 1));
          expect(row.map(({ x }) => x)).toEqual([...row.map(({ x }) => x)].sort((a, b) => a - b));
        }
      }),
    );
  });

  it("[U1] an empty line between rows is a gap, around them it is nothing", () => {
    expect(read("\n\nA s\n\nB s\n\n").map(({ id, y }) => [id, y])).toEqual([
      ["A1", 0],
      ["B1", 2],
    ]);
  });
});

describe("[U2] a chart that cannot be read names the line", () => {
  it.each([
    ["bad character", "A ss\nB sxs", ['line 2: "x" is not a place; places are s, v, w, c and .']],
    ["space among places", "A ss ss", ['line 1: " " is not a place; places are s, v, w, c and .']],
    ["capital place", "A sS", ['line 1: "S" is not a place; places are s, v, w, c and .']],
    ["duplicate row", "A s\nB s\nA s", ["line 3: row A is on line 1 already"]],
    ["duplicate row in the other case", "A s\na s", ["line 2: row a is on line 1 already"]],
    ["long label", "ABCD s", ["line 1: begins with a label of 1 to 3 letters (A to Z) and a space"]],
    ["number as label", "A s\n1 s", ["line 2: begins with a label of 1 to 3 letters (A to Z) and a space"]],
    ["no places", "A s\nB", ["line 2: row B has no places"]],
    ["no seats", "A ....\nB ..", ["line 1: there are no seats"]],
    ["nothing", "", ["line 1: there are no seats"]],
    [
      "several",
      "A x\nB y\nC s",
      [
        'line 1: "x" is not a place; places are s, v, w, c and .',
        'line 2: "y" is not a place; places are s, v, w, c and .',
      ],
    ],
  ])("%s", (_, chart, expected) => {
    expect(faults(chart)).toEqual(expected);
  });

  it("takes 2,000 seats and not one more", () => {
    const full = LABELS.slice(0, 40).map((label) => `${label} ${"s".repeat(50)}`);
    expect(read(full.join("\n"))).toHaveLength(2000);
    expect(faults([...full, "ZZZ s"].join("\n"))).toEqual(["line 41: there are more than 2000 seats"]);
  });

  it("never throws, whatever the text", () => {
    fc.assert(fc.property(fc.string({ unit: "binary" }), (text) => void parseChart(text)));
  });
});
