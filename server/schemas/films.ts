import { z } from "zod";
import { genreName } from "./genres.ts";
import { line, orAbsent, pagingFields } from "./paging.ts";

const filmStatus = z.enum(["draft", "showing", "archived"]);

/** Hours of film that nobody makes: a longer one is a typing error. */
export const FILM_MINUTES_MAX = 1000;

const genreIds = z.array(z.string().max(100)).max(20);
const required = { title: line(300), durationMinutes: z.number().int().min(1).max(FILM_MINUTES_MAX) };
const optional = {
  originalTitle: line(300),
  synopsis: z.string().trim().max(5000),
  certificate: line(30),
  language: line(35),
  releaseDate: z.iso.date(),
  director: line(300),
  posterUrl: z.url({ protocol: /^https?$/ }).max(2000),
};

export const filmInput = z.strictObject({
  ...required,
  ...z.strictObject(optional).partial().shape,
  genreIds: genreIds.default([]),
  status: filmStatus.default("draft"),
});
export type FilmInput = z.output<typeof filmInput>;

/** What is left out stays; null takes an optional field away. */
export const filmPatch = z.strictObject({
  ...z.strictObject(required).partial().shape,
  originalTitle: optional.originalTitle.nullish(),
  synopsis: optional.synopsis.nullish(),
  certificate: optional.certificate.nullish(),
  language: optional.language.nullish(),
  releaseDate: optional.releaseDate.nullish(),
  director: optional.director.nullish(),
  posterUrl: optional.posterUrl.nullish(),
  genreIds: genreIds.optional(),
  status: filmStatus.optional(),
});
export type FilmPatch = z.output<typeof filmPatch>;

/** One film of a file: as a partial change, with the names of its genres. */
export const filmLine = z.strictObject({
  ...filmPatch.omit({ genreIds: true }).shape,
  title: required.title,
  genres: z.array(genreName).max(20).optional(),
});
export type FilmLine = z.output<typeof filmLine>;

const flag = orAbsent(z.enum(["true", "false"])).transform((value) => value === "true");

export const importQuery = z.strictObject({ skipInvalid: flag, dryRun: flag });
/** The text of a CSV file, or the films themselves: judged line by line, not as a whole. */
export const importBody = z.union([z.string(), z.array(z.unknown())]);

export const exportQuery = z.strictObject({ excel: flag });

export const filmGenreParams = z.object({ id: z.string(), genreId: z.string() });

export const filmsQuery = z.strictObject({
  ...pagingFields,
  q: orAbsent(z.string().max(200)),
  genre: orAbsent(z.string().max(100)),
  status: orAbsent(filmStatus),
  include: orAbsent(z.enum(["showtimes"])),
});
export type FilmsQuery = z.output<typeof filmsQuery>;
