import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { beginningOf, beginningsOf, foldText, indexKey, wordsOf } from "../../server/basics/fold.ts";
import { cellValue, csvCell, readCsv, separatorOf } from "../../server/catalogue/csv.ts";

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

describe("words of a text", () => {
  it("[U39] letters and digits of any script, folded, each once", () => {
    expect(wordsOf("L'Été, été: 2001 — Ωmega_x")).toEqual(["l", "ete", "2001", "ωmega", "x"]);
    expect(beginningsOf("Alien al")).toEqual(["a", "al", "ali", "alie"]);
    expect(wordsOf("?!")).toEqual([]);
  });

  it("[U39] whatever begins a word is among its beginnings", () => {
    fc.assert(
      fc.property(fc.string({ unit: "grapheme", minLength: 1 }), fc.nat(10), (text, length) => {
        for (const word of wordsOf(text)) {
          const typed = [...word].slice(0, length + 1).join("");
          expect(beginningsOf(text)).toContain(beginningOf(typed));
        }
      }),
    );
  });

  it("keys fit into an index, whatever the text", () => {
    for (const text of ["\uFDFA".repeat(300), "\u{1F40D}".repeat(400), "x".repeat(5000)])
      expect(Buffer.byteLength(indexKey(text))).toBeLessThanOrEqual(1200);
  });
});

describe("reading CSV", () => {
  it("names what is no CSV by its line, and reads the lines around it", () => {
    expect(readCsv('a\n"b"c\nd\n"e')).toEqual([
      { line: 1, fields: ["a"] },
      { line: 2, fields: ["b"], fault: "after_quote" },
      { line: 3, fields: ["d"] },
      { line: 4, fields: ["e"], fault: "open_quote" },
    ]);
  });

  it("reads a quoted field of megabytes", () => {
    const long = "ab".repeat(2_000_000);
    expect(readCsv(`x,"${long}"`)[0]?.fields[1]).toHaveLength(long.length);
  });

  it("[U44] is separated by what its first line has most of", () => {
    expect([",", ";", "\t"].map((one) => separatorOf(`a${one}b\n1,2;3,4,5`))).toEqual([",", ";", "\t"]);
    expect(separatorOf("title")).toBe(",");
  });

  it("[U49] a cell comes back as it was written, and none looks like a formula", () => {
    const cell = fc.string({ unit: fc.constantFrom(...`ab'",;\n\r=+-@\t é`) });
    fc.assert(
      fc.property(fc.array(cell, { minLength: 2, maxLength: 4 }), fc.constantFrom(",", ";"), (cells, separator) => {
        const text = cells.map((each) => csvCell(each, separator)).join(separator);
        fc.pre(cells.some((each) => each !== ""));
        const [row] = readCsv(text, separator);
        expect(row?.fields.map(cellValue)).toEqual(cells);
        for (const field of row?.fields ?? []) expect(field).not.toMatch(/^[=+\-@\t\r]/);
      }),
    );
  });

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
