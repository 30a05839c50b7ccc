import type { Film } from "../protocol/resources.ts";
import { type FilmDoc, films as filmCollection, type GenreDoc } from "../store/collections.ts";
import type { Store } from "../store/port.ts";
import { csvCell } from "./csv.ts";
import type { Films } from "./films.ts";
import type { Genres } from "./genres.ts";

/** How a file of films is written. `excel`: with the mark and the separator that a Spanish Excel wants. */
export type ExportFormat = "csv" | "excel" | "json";

export interface FilmExport {
  /** All films by title, piece by piece: what an import reads back without a change. */
  pieces(format: ExportFormat): AsyncGenerator<string>;
}

const COLUMNS = [
  "title",
  "originalTitle",
  "synopsis",
  "durationMinutes",
  "genres",
  "certificate",
  "language",
  "releaseDate",
  "director",
  "posterUrl",
  "status",
] as const;
/** Films read and written at once. */
const PAGE = 500;
const BYTE_ORDER_MARK = "\uFEFF";

type Line = Partial<Record<(typeof COLUMNS)[number], string | number | string[]>>;

export function createFilmExport(deps: { store: Store; films: Films; genres: Genres }): FilmExport {
  const collection = deps.store.collection(filmCollection);

  async function* pages(): AsyncGenerator<Line[]> {
    let last: string | undefined;
    for (;;) {
      const films = await collection.find({ titleKey: { gte: "" } }, { limit: PAGE, after: last });
      const genres = await deps.genres.documents.getMany(films.flatMap(({ genreIds = [] }) => genreIds));
      yield films.map((film) => lineOf(deps.films.view(film), genres));
      last = (films.at(-1) as FilmDoc | undefined)?.id;
      if (films.length < PAGE) return;
    }
  }

  async function* json(): AsyncGenerator<string> {
    let before = "[";
    for await (const lines of pages()) {
      for (const line of lines) {
        yield `${before}\n${JSON.stringify(line)}`;
        before = ",";
      }
    }
    yield before === "[" ? "[]\n" : "\n]\n";
  }

  async function* csv(separator: string): AsyncGenerator<string> {
    yield `${COLUMNS.join(separator)}\r\n`;
    for await (const lines of pages())
      yield lines.map((line) => `${COLUMNS.map((name) => cell(line[name], separator)).join(separator)}\r\n`).join("");
  }

  return {
    async *pieces(format) {
      if (format === "excel") yield BYTE_ORDER_MARK;
      yield* format === "json" ? json() : csv(format === "excel" ? ";" : ",");
    },
  };
}

function lineOf(film: Film, genres: ReadonlyMap<string, GenreDoc>): Line {
  const { id: _, version: _version, createdAt: _created, updatedAt: _updated, showtimes: _s, genreIds, ...line } = film;
  return { ...line, genres: genreIds.flatMap((id) => genres.get(id)?.name ?? []) };
}

function cell(value: Line[keyof Line] = "", separator: string): string {
  return csvCell(Array.isArray(value) ? value.join("|") : String(value), separator);
}
