import { isDeepStrictEqual } from "node:util";
import { foldText, indexKey } from "../basics/fold.ts";
import { derivedId } from "../basics/ids.ts";
import { type Outcome, type Refusal, refuse } from "../protocol/errors.ts";
import type { CodedFault, LineFault } from "../protocol/faults.ts";
import type { FilmLine } from "../schemas/films.ts";
import { type FilmDoc, films as filmCollection } from "../store/collections.ts";
import type { Store } from "../store/port.ts";
import { type FilmFile, type FilmRow, faultOn, filmKey, readFilms } from "./film-file.ts";
import type { Films } from "./films.ts";
import type { Genres } from "./genres.ts";

export interface ImportReport {
  created: number;
  updated: number;
  unchanged: number;
  ignoredColumns: string[];
  rejected: { line: number; errors: LineFault[] }[];
}

export interface ImportOptions {
  skipInvalid: boolean;
  dryRun?: boolean;
}

export interface FilmImport {
  /**
   * Brings a file of films in. A film is the same by title and release date; genres are made when new. Any bad line
   * is `invalid_request` with the faults of all, and nothing is written; with `skipInvalid` the good lines are.
   * What the file does not say stays. Safe to repeat, and safe against another import of the same file at once:
   * no film comes twice. Should the server die halfway, run it again. `dryRun`: what would happen, and nothing written.
   */
  run(file: FilmFile, options: ImportOptions): Promise<Outcome<{ report: ImportReport }>>;
}

/** Faults told at once: more than anybody mends in one go. */
const FAULTS_MAX = 200;
/** Films written together: they share a sync of the disk, and nobody else waits long for theirs. */
const TOGETHER = 20;
/** Films of one title looked at for the one of a date. */
const REMAKES_MAX = 1000;

const NO_DURATION: CodedFault = {
  path: "durationMinutes",
  message: "a new film needs a duration",
  code: "required",
};

type GoodRow = Extract<FilmRow, { film: FilmLine }>;
type BadRow = Exclude<FilmRow, GoodRow>;
type Result = "created" | "updated" | "unchanged" | BadRow;

export function createFilmImport(deps: { store: Store; films: Films; genres: Genres }): FilmImport {
  const { films, genres } = deps;
  const collection = deps.store.collection(filmCollection);

  async function find(line: FilmLine): Promise<FilmDoc | undefined> {
    const named = await collection.find({ titleKey: indexKey(line.title) }, { limit: REMAKES_MAX });
    const key = filmKey(line);
    return named.find((film) => filmKey(film) === key);
  }

  /** Whether a line can be brought in; a film that is new needs its duration. */
  async function check(row: FilmRow): Promise<FilmRow> {
    if (!("film" in row) || row.film.durationMinutes !== undefined || (await find(row.film)) !== undefined) return row;
    return { line: row.line, errors: [faultOn(row.line, NO_DURATION)] };
  }

  async function bring(row: GoodRow, genreIds: ReadonlyMap<string, string>): Promise<Result> {
    const { genres: names, ...fields } = row.film;
    const ids = names?.map((name) => genreIds.get(foldText(name)) ?? "");
    for (let n = 0; ; ) {
      const existing = await find(row.film);
      if (existing !== undefined) {
        const updated = await films.update(existing.id, null, { ...fields, genreIds: ids });
        if (updated.ok) return updated.changed ? "updated" : "unchanged";
        if (updated.code === "not_found") continue;
        return notSaved(row.line, updated);
      }
      // The id follows from the film, so that whoever brings the same one in at the same time makes the same one.
      const id = derivedId("flm", `${filmKey(row.film)}|${n}`);
      const created = await films.create(newFilm(fields, ids), id);
      if (created.ok) return "created";
      if (created.code !== "duplicate") return notSaved(row.line, created);
      // Somebody was faster; or that film has been given another title since.
      if ((await find(row.film)) === undefined) n += 1;
    }
  }

  /** What bringing a line in would come to. Two lines of one new film count twice. */
  async function foresee({ film }: GoodRow): Promise<Result> {
    const existing = await find(film);
    if (existing === undefined) return "created";
    const { genres: names, ...fields } = film;
    const known: Readonly<Record<string, unknown>> = { ...existing };
    const isSame = Object.entries(fields).every(
      ([name, value]) => value === undefined || (known[name] ?? null) === value,
    );
    if (!isSame) return "updated";
    if (names === undefined) return "unchanged";
    const ids = await Promise.all(names.map(async (name) => (await genres.byName(name))?.id ?? ""));
    return isDeepStrictEqual([...new Set(ids)], existing.genreIds ?? []) ? "unchanged" : "updated";
  }

  /** The id of every genre that is named, by its folded name; makes those that are new. */
  async function ready(rows: readonly GoodRow[]): Promise<Map<string, string>> {
    const names = new Map(rows.flatMap(({ film }) => (film.genres ?? []).map((name) => [foldText(name), name])));
    const ids = new Map<string, string>();
    for (const [key, name] of names) {
      const created = (await genres.byName(name)) === null ? await genres.create({ name }) : null;
      const genre = created?.ok ? created.document : await genres.byName(name);
      if (genre !== null) ids.set(key, genre.id);
    }
    return ids;
  }

  return {
    async run(file, { skipInvalid, dryRun = false }) {
      const read = await readFilms(file);
      if (!read.ok) return read;
      const rows = await inTurns(read.rows, check);
      const good = rows.filter((row): row is GoodRow => "film" in row);
      const rejected = rows.filter((row): row is BadRow => !("film" in row));
      if (rejected.length > 0 && !skipInvalid) return badFile(rejected);

      const report = { created: 0, updated: 0, unchanged: 0, ignoredColumns: read.ignoredColumns, rejected };
      const genreIds = dryRun ? new Map<string, string>() : await ready(good);
      for (const result of await inTurns(good, (row) => (dryRun ? foresee(row) : bring(row, genreIds)))) {
        if (typeof result === "string") report[result] += 1;
        else rejected.push(result);
      }
      return { ok: true, report };
    },
  };
}

/** Some at a time; the results in the order of what they are of. */
async function inTurns<T, R>(all: readonly T[], work: (one: T) => Promise<R>): Promise<R[]> {
  const results: R[] = [];
  for (let from = 0; from < all.length; from += TOGETHER) {
    results.push(...(await Promise.all(all.slice(from, from + TOGETHER).map(work))));
    await new Promise(setImmediate);
  }
  return results;
}

/** A line that was good by itself: a genre of it was taken away meanwhile, say. */
function notSaved(line: number, { errors = [], message }: Refusal): BadRow {
  const faults = errors.length > 0 ? errors : [{ path: "", message }];
  return { line, errors: faults.map((fault) => faultOn(line, { ...fault, code: "not_saved" })) };
}

function badFile(rejected: readonly BadRow[]) {
  const errors = rejected.flatMap((row) => row.errors).slice(0, FAULTS_MAX);
  return refuse("invalid_request", `${rejected.length} lines are not right; nothing was imported`, { errors });
}

function newFilm(fields: Omit<FilmLine, "genres">, genreIds: string[] = []) {
  const given = Object.entries(fields).filter(([, value]) => value !== null && value !== undefined);
  const { title, durationMinutes = 1 } = fields;
  return { status: "draft" as const, ...Object.fromEntries(given), title, durationMinutes, genreIds };
}
