import { z } from "zod";
import { line, orAbsent, pagingFields } from "./paging.ts";

const filmStatus = z.enum(["draft", "showing", "archived"]);

/** Hours of film that nobody makes: a longer one is a typing error. */
export const FILM_MINUTES_MAX = 1000;

export const filmInput = z.strictObject({
  title: line(300),
  originalTitle: line(300).optional(),
  synopsis: z.string().trim().max(5000).optional(),
  durationMinutes: z.number().int().min(1).max(FILM_MINUTES_MAX),
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

export const filmsQuery = z.strictObject({
  ...pagingFields,
  q: orAbsent(z.string().max(200)),
  genre: orAbsent(z.string().max(100)),
  status: orAbsent(filmStatus),
  include: orAbsent(z.enum(["showtimes"])),
});
export type FilmsQuery = z.output<typeof filmsQuery>;
