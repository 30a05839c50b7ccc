import { describe, expect, it } from "vitest";
import { posterArt, setTitle } from "../../ui/parts/posterArt.ts";

describe("posters", () => {
  it("the same film always looks the same", () => {
    expect(posterArt("Up", "Adventure")).toEqual(posterArt("Up", "Adventure"));
  });

  it("any genre gets one, also none", () => {
    for (const genre of ["", "Horror", "Comedia romántica", "Experimental"])
      expect(posterArt("Film", genre).palette.ground).toMatch(/^#[0-9a-f]{6}$/);
  });

  it("films of one genre rarely look like twins", () => {
    const titles = ["American Beauty", "Fight Club", "Memento", "The Departed", "The Green Mile", "The Truman Show"];
    const looks = ["Slumdog Millionaire", "Trainspotting", "Good Will Hunting", ...titles].map((title) => {
      const { motif, palette, mirrored } = posterArt(title, "Drama");
      return `${motif} ${palette.ground} ${mirrored}`;
    });
    expect(new Set(looks).size).toBeGreaterThanOrEqual(looks.length - 1);
  });

  it("titles keep their words whole and fit their box", () => {
    for (const title of [
      "Up",
      "The Lord of the Rings: The Fellowship of the Ring",
      "Supercalifragilisticexpialidocious",
    ]) {
      const { lines, size } = setTitle(title, 200, 120, 46);
      expect(lines.join(" ")).toBe(title.toLocaleUpperCase("es"));
      expect(size).toBeGreaterThan(5);
      expect(lines.length * size).toBeLessThanOrEqual(120.001);
      for (const line of lines) expect(line.length * 0.69 * size).toBeLessThanOrEqual(200.001);
    }
  });
});
