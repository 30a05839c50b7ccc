import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";

const ROOT = join(import.meta.dirname, "../..");
const rules = new Set(
  [...readFileSync(join(ROOT, "SPEC.md"), "utf8").matchAll(/^- ([A-HJ-Z]\d+) /gm)].map(([, id]) => id),
);
const quoted = new Set(
  readdirSync(join(ROOT, "tests"), { recursive: true, encoding: "utf8" })
    .filter((file) => /\.tsx?$/.test(file))
    .flatMap((file) => [
      ...readFileSync(join(ROOT, "tests", file), "utf8").matchAll(/\[((?:[A-Z]\d+)(?: [A-Z]\d+)*)\]/g),
    ])
    .flatMap(([, ids]) => (ids ?? "").split(" ")),
);

describe("the rules and their tests", () => {
  it("[O7] every rule is quoted by a test", () => {
    expect([...rules].filter((rule) => !quoted.has(rule ?? ""))).toEqual([]);
  });

  it("[O7] every rule that a test quotes is in SPEC.md", () => {
    expect([...quoted].filter((rule) => !rules.has(rule)).sort()).toEqual([]);
  });
});
