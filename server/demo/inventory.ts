import { readFileSync } from "node:fs";
import { readCsv } from "../catalogue/csv.ts";
import type { FilmInput } from "../schemas/films.ts";
import { demoId } from "./ids.ts";
import { SHOWN_FILMS } from "./programme.ts";
import type { Room } from "./week.ts";

/** The rooms of the demo cinema, drawn by hand. */
const CHARTS: Readonly<Record<Room, string>> = {
  "Sala 1": "sala-1.txt",
  "Sala 2": "sala-2.txt",
  "Sala Íntima": "sala-intima.txt",
};

export function demoAuditoriums(): { name: Room; chart: string }[] {
  return Object.entries(CHARTS).map(([name, file]) => ({ name: name as Room, chart: beside(`charts/${file}`) }));
}

/** Every film of `films.csv`: those on show with synopsis and language, the others archived. */
export function demoFilms(): FilmInput[] {
  const shown = new Map(SHOWN_FILMS.map((film) => [film.title, film]));
  return rows().map((row) => {
    const own = shown.get(row.title);
    return {
      title: row.title,
      director: row.director,
      durationMinutes: Number(row.durationMinutes),
      certificate: row.certificate,
      releaseDate: row.releaseDate,
      genreIds: row.genres.split("|").map((name) => demoId("gen", name)),
      ...(own !== undefined && { synopsis: own.synopsis, language: own.language }),
      status: own === undefined ? "archived" : "showing",
    };
  });
}

/** Every genre named by a film, once. */
export function demoGenres(): string[] {
  return [...new Set(rows().flatMap(({ genres }) => genres.split("|")))].sort();
}

const COLUMNS = ["title", "director", "genres", "durationMinutes", "certificate", "releaseDate"] as const;

function rows(): Record<(typeof COLUMNS)[number], string>[] {
  const [head, ...body] = readCsv(beside("films.csv")).map(({ fields }) => fields);
  const at = (name: string) => head?.indexOf(name) ?? -1;
  return body.map((fields) => {
    const [title = "", director = "", genres = "", durationMinutes = "", certificate = "", releaseDate = ""] =
      COLUMNS.map((name) => fields[at(name)]);
    return { title, director, genres, durationMinutes, certificate, releaseDate };
  });
}

function beside(file: string): string {
  return readFileSync(new URL(file, import.meta.url), "utf8");
}
