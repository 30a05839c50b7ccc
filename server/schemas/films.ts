import { z } from "zod";
import { line, orAbsent, pagingFields } from "./paging.ts";

const filmStatus = z.enum(["draft", "showing", "archived"]);

/** Hours of film that nobody makes: a longer one is a typing error. */
const MINUTES_MAX = 1000;

export const filmInput = z.strictObject({
  title: line(300),
  originalTitle: line(300).optional(),
  synopsis: z.string().trim().max(5000).optional(),
  durationMinutes: z.number().int().min(1).max(MINUTES_MAX),
  genreIds: z.array(z.string().max(100)).max(20).default([]),
  certificate: line(30).optional(),
  language: line(35).optional(),
  releaseDate: z.iso.date().optional(),
  director: line(300).optional(),
  posterUrl: z
    .url({ protocol: /^https?$/ })
    .max(2000)
    .optional(),
  status: filmStatus.default("draft"),
});
export type FilmInput = z.output<typeof filmInput>;

/** What a film may bring along. */
const include = orAbsent(z.enum(["showtimes"]));

export const filmsQuery = z.strictObject({
  ...pagingFields,
  q: orAbsent(z.string().max(200)),
  genre: orAbsent(z.string().max(100)),
  status: orAbsent(filmStatus),
  include,
});
export type FilmsQuery = z.output<typeof filmsQuery>;

export const filmQuery = z.strictObject({ include });
