import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { foldText } from "../../server/basics/fold.ts";
import { readCsv } from "../../server/catalogue/csv.ts";

describe("folding text", () => {
  it("[U5] ignores case, accents and runs of spaces", () => {
    expect(foldText("  El  DÍA de la   Niña ")).toBe("el dia de la nina");
    expect(foldText("Straße ÅNGSTRÖM İstanbul")).toBe("straße angstrom istanbul");
  });

  it("keeps marks that make another letter", () => {
    expect(foldText("が")).not.toBe(foldText("か"));
  });

  it("folding twice changes nothing", () => {
    fc.assert(
      fc.property(fc.string({ unit: "grapheme" }), (text) => {
        expect(foldText(foldText(text))).toBe(foldText(text));
      }),
    );
  });
});

describe("reading CSV", () => {
  it("reads quotes, doubled quotes, commas and line breaks, and counts lines", () => {
    expect(readCsv('\uFEFFa,b\r\n"x ""q"", y",\n\n"l1\nl2",z\n')).toEqual([
      { line: 1, fields: ["a", "b"] },
      { line: 2, fields: ['x "q", y', ""] },
      { line: 4, fields: ["l1\nl2", "z"] },
    ]);
  });

  it("reads back whatever was written", () => {
    const cell = fc.string({ unit: fc.constantFrom(...'ab",\n\r é') });
    const table = fc.array(fc.array(cell, { minLength: 1, maxLength: 4 }), { maxLength: 6 });
    fc.assert(
      fc.property(table, (rows) => {
        const text = rows.map((row) => row.map((field) => `"${field.replaceAll('"', '""')}"`).join(",")).join("\r\n");
        const kept = rows.filter((row) => row.some((field) => field !== ""));
        expect(readCsv(text).map(({ fields }) => fields)).toEqual(kept);
      }),
    );
  });
});
