import { z } from "zod";
import { line } from "./paging.ts";

/** Files of films put one between the genres of a film. */
const SEPARATOR = "|";

export const genreName = line(100).refine((name) => !name.includes(SEPARATOR), {
  error: "must not contain a vertical bar",
  params: { code: "wrong_characters" },
});

export const genreInput = z.strictObject({ name: genreName });
export type GenreInput = z.output<typeof genreInput>;

export const genrePatch = genreInput.partial();
export type GenrePatch = z.output<typeof genrePatch>;
