/** Typographic posters: composition and palette from genre and title, the same every time. Pure. */

/** Size of the drawing, 2:3 like any film poster. */
export const POSTER_WIDTH = 240;
export const POSTER_HEIGHT = 360;

export interface Palette {
  ground: string;
  deep: string;
  shape: string;
  spark: string;
  ink: string;
}

export type Motif =
  | "slashes"
  | "horizon"
  | "waves"
  | "skyline"
  | "rays"
  | "arcs"
  | "confetti"
  | "eye"
  | "beams"
  | "moons"
  | "bars"
  | "sunset"
  | "rings";

interface Style {
  /** Genre names, in the languages that cinemas use. */
  match: RegExp;
  motifs: readonly Motif[];
  palettes: readonly Palette[];
}

const palette = (ground: string, deep: string, shape: string, spark: string, ink: string): Palette => ({
  ground,
  deep,
  shape,
  spark,
  ink,
});

/** First match wins; the last matches everything. */
const STYLES: Style[] = [
  {
    match: /romant|roman/i,
    motifs: ["moons", "waves"],
    palettes: [
      palette("#f3b7a6", "#c94f5d", "#e8837c", "#fff1dc", "#43101c"),
      palette("#f6cfd0", "#8e3b62", "#d9708f", "#fff4e6", "#3c0f2a"),
      palette("#fbe3c8", "#7d2e3c", "#d65a4a", "#f7b267", "#3a0d16"),
    ],
  },
  {
    match: /comed/i,
    motifs: ["confetti", "rays"],
    palettes: [
      palette("#ffcf5c", "#f28c28", "#f0562f", "#fff6dc", "#3b1a00"),
      palette("#8fd6c8", "#2f9c95", "#f7d154", "#fffbe8", "#06302f"),
      palette("#f7a6b4", "#d1495b", "#edae49", "#fff5ea", "#3a0a16"),
      palette("#c9e265", "#4f9d45", "#f78e3d", "#fffbe2", "#15310f"),
    ],
  },
  {
    match: /horror|terror/i,
    motifs: ["eye", "beams"],
    palettes: [
      palette("#1a0b0e", "#4b0d14", "#a3141f", "#ff5a4a", "#ffe9e2"),
      palette("#0e1512", "#1e3a2e", "#4f7f5a", "#c8f06a", "#eefbe4"),
      palette("#12101a", "#2d1f45", "#6d3b9e", "#d7ff64", "#f3ecff"),
    ],
  },
  {
    match: /thriller|suspen|crime|misteri|myster/i,
    motifs: ["beams", "skyline"],
    palettes: [
      palette("#101820", "#1f3448", "#e4572e", "#ffd9a0", "#fdf3e4"),
      palette("#17131f", "#3a2a4d", "#c2a83e", "#fff0b8", "#fbf6e6"),
      palette("#0f1d1d", "#1f4a47", "#e9c46a", "#f4f1de", "#f4fbf6"),
    ],
  },
  {
    match: /music|concert|perform/i,
    motifs: ["bars", "rays"],
    palettes: [
      palette("#2b0f3a", "#6b1e6e", "#f0509c", "#ffd166", "#fff2fb"),
      palette("#0f2a3a", "#146b7a", "#ff7f51", "#ffe27a", "#f2fbff"),
    ],
  },
  {
    match: /western|oeste/i,
    motifs: ["sunset", "horizon"],
    palettes: [
      palette("#e9a24b", "#a9441f", "#d96c2c", "#ffe3a8", "#35120a"),
      palette("#d8b98a", "#7b4a2d", "#b5652f", "#fff0cf", "#2e1a0e"),
    ],
  },
  {
    match: /document/i,
    motifs: ["rings"],
    palettes: [
      palette("#e6e1d3", "#6b7a78", "#2f6f73", "#f2b33d", "#14292b"),
      palette("#cfdbe6", "#5b7a99", "#24486b", "#ffb259", "#0e2236"),
    ],
  },
  {
    match: /adventur|aventur|fantas|animac|animat|famil/i,
    motifs: ["horizon", "waves", "rays", "moons"],
    palettes: [
      palette("#f7c873", "#1f5f6b", "#2f8f83", "#fff3cf", "#0d2b33"),
      palette("#a9d2f0", "#24406e", "#4673a8", "#fff5d6", "#0c1c3a"),
      palette("#ffb38a", "#a83f39", "#d9583b", "#ffe7b8", "#3d0f10"),
      palette("#b9e0c8", "#2a5a4b", "#58a07c", "#ffeaa7", "#0c2b22"),
    ],
  },
  {
    match: /sci|ciencia|space/i,
    motifs: ["rings"],
    palettes: [
      palette("#0c1430", "#1c2f6b", "#4f74d9", "#ffd37a", "#eef3ff"),
      palette("#141022", "#3b2370", "#8e5fd6", "#7ff0e0", "#f4efff"),
    ],
  },
  {
    match: /acti|acci/i,
    motifs: ["slashes", "skyline"],
    palettes: [
      palette("#14171f", "#273040", "#f05a28", "#ffd23f", "#fff6e8"),
      palette("#1c0f12", "#4a1720", "#e0303a", "#ffb38a", "#fff1ea"),
      palette("#0e2233", "#1d4561", "#2fa4c7", "#ffd23f", "#eef8ff"),
    ],
  },
  {
    match: /./,
    motifs: ["arcs", "moons", "skyline"],
    palettes: [
      palette("#e8dcc6", "#2c4a5a", "#c4623f", "#f4b860", "#142733"),
      palette("#1e2a38", "#3b5368", "#d99a5b", "#f6e3c0", "#fdf6e8"),
      palette("#f0c9b0", "#5b3a5e", "#b4596a", "#ffe9cf", "#2b1630"),
      palette("#d8e2dc", "#3f5a6b", "#e07a5f", "#f2cc8f", "#182a35"),
    ],
  },
];

export interface PosterArt {
  motif: Motif;
  palette: Palette;
  /** A number from 0 to 1 that is this title's own. */
  chance: number;
  /** Left and right exchanged: two films of one genre rarely look like twins. */
  mirrored: boolean;
}

/** Chooses motif and palette. The same title and genre always look the same. */
export function posterArt(title: string, genre: string): PosterArt {
  const seed = hashed(title);
  const style = STYLES.find((candidate) => candidate.match.test(genre || "?")) ?? STYLES.at(-1);
  if (!style) throw new Error("the last style matches everything");
  return {
    motif: pick(style.motifs, seed >>> 17),
    palette: pick(style.palettes, seed >>> 9),
    chance: (seed % 997) / 997,
    mirrored: seed % 2 === 1,
  };
}

function pick<T>(values: readonly T[], seed: number): T {
  const value = values[seed % values.length];
  if (value === undefined) throw new Error("nothing to pick from");
  return value;
}

function hashed(text: string): number {
  let hash = 2_166_136_261;
  for (const char of text) hash = Math.imul(hash ^ (char.codePointAt(0) ?? 0), 16_777_619) >>> 0;
  // Stirred once more: titles of one length must not fall on the same few pictures
  hash = Math.imul(hash ^ (hash >>> 15), 2_246_822_519) >>> 0;
  return (hash ^ (hash >>> 13)) >>> 0;
}

export interface SetTitle {
  lines: string[];
  /** In drawing units. */
  size: number;
}

/** Average width of a bold capital of the house font, in em: measured, on the safe side. */
const CAPITAL_EM = 0.69;
const LINE_EM = 1;

/** Breaks a title into the lines that let it stand largest in a box. Never breaks a word. */
export function setTitle(title: string, width: number, height: number, largest: number): SetTitle {
  const words = title.toLocaleUpperCase("es").split(/\s+/).filter(Boolean);
  let best: SetTitle = { lines: [words.join(" ")], size: 0 };
  for (let count = 1; count <= Math.min(words.length, 7); count++) {
    const lines = broken(words, count);
    const longest = Math.max(...lines.map((line) => line.length));
    const size = Math.min(largest, width / (longest * CAPITAL_EM), height / (lines.length * LINE_EM));
    if (size > best.size) best = { lines, size };
  }
  return best;
}

/** Spreads words over at most `count` lines, the longest line as short as possible. */
function broken(words: readonly string[], count: number): string[] {
  const total = words.join(" ").length;
  for (let limit = Math.ceil(total / count); limit <= total; limit++) {
    const lines: string[] = [];
    for (const word of words) {
      const last = lines.at(-1);
      if (last !== undefined && last.length + 1 + word.length <= limit) lines[lines.length - 1] = `${last} ${word}`;
      else lines.push(word);
    }
    if (lines.length <= count && lines.every((line) => line.length <= limit)) return lines;
  }
  return [words.join(" ")];
}
