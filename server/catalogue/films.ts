import { beginningOf, beginningsOf, foldText, indexKey, wordsOf } from "../basics/fold.ts";
import { newId } from "../basics/ids.ts";
import { type Outcome, type Refusal, refuse } from "../protocol/errors.ts";
import type { Film, FilmStatus } from "../protocol/resources.ts";
import type { FilmInput, FilmPatch } from "../schemas/films.ts";
import { type FilmDoc, films, SHOWN, showtimes } from "../store/collections.ts";
import type { Held, Patch, Query } from "../store/port.ts";
import {
  type Change,
  type CommonDeps,
  createDocuments,
  type DocumentPage,
  type Documents,
  type Fields,
  type PageRequest,
  type Updated,
} from "./documents.ts";
import type { Genres } from "./genres.ts";
import { patchOf } from "./patches.ts";

export interface FilmSearch extends PageRequest {
  /** Beginnings of words, all of them in title, original title or director; case and accents do not matter. */
  q?: string | undefined;
  genre?: string | undefined;
  status?: FilmStatus | undefined;
  /** Drafts and archived films too. */
  all: boolean;
}

export interface Films {
  documents: Documents<FilmDoc>;
  /** A genre that does not exist is `invalid_request` on `genreIds.<n>`. */
  create(input: FilmInput, id?: string): Promise<Outcome<{ document: FilmDoc }>>;
  /** As `create`. Showtimes that are scheduled keep the time they were given, whatever becomes of the duration. */
  update(id: string, ifVersion: number | null, input: FilmPatch): Promise<Updated<FilmDoc>>;
  /** `in_use` while a showtime shows it. */
  remove(id: string, ifVersion: number | null): Promise<Outcome<object>>;
  /** Gives a film a genre. Safe to repeat. `not_found`: there is no such genre. */
  addGenre(id: string, ifVersion: number | null, genreId: string): Promise<Updated<FilmDoc>>;
  /** Takes a genre from a film. Safe to repeat, also for a genre that does not exist. */
  removeGenre(id: string, ifVersion: number | null, genreId: string): Promise<Updated<FilmDoc>>;
  /** By title. */
  list(search: FilmSearch): Promise<Outcome<DocumentPage<FilmDoc>>>;
  view(document: FilmDoc): Film;
}

/** Genres that a film may have; as many as its schema lets through. */
const GENRES_MAX = 20;

const IN_USE = refuse("in_use", "Showtimes show this film");
const TOO_MANY_GENRES = refuse("invalid_request", "A film has too many genres", {
  errors: [{ path: "genreId", message: `a film has at most ${GENRES_MAX} genres` }],
});

/** Whether everyone may see a film; others take the right to write the catalogue. */
export function isPublicFilm(film: Pick<FilmDoc, "status">): boolean {
  return film.status === "showing";
}

export function createFilms(deps: CommonDeps & { genres: Genres }): Films {
  const { genres, ...common } = deps;
  const documents = createDocuments({ ...common, collection: films, noun: "film" });

  async function genreFault(genreIds: readonly string[]): Promise<Refusal | null> {
    const errors = await genres.documents.faultsOf("genreIds", genreIds);
    return errors.length > 0 ? refuse("invalid_request", "A genre does not exist", { errors }) : null;
  }

  /** A change of a film to what it would be, judged. */
  async function changeTo(film: FilmDoc, patch: Patch<FilmDoc>, genreIds?: readonly string[]) {
    const change: Change<FilmDoc> = { patch: withKeys(film, patch) };
    if (genreIds === undefined) return { ok: true as const, ...change };
    const fault = await genreFault(genreIds);
    return fault ?? { ok: true as const, ...change, confirm: () => genreFault(genreIds) };
  }

  return {
    documents,

    async create(input, id = newId("flm")) {
      const { genreIds } = input;
      const fault = await genreFault(genreIds);
      return fault ?? documents.create(id, fieldsOf(input), () => genreFault(genreIds));
    },

    update: (id, ifVersion, { genreIds, ...input }) =>
      documents.update(id, ifVersion, (film) => {
        const { set, unset = [] } = patchOf<FilmDoc>(input);
        if (genreIds === undefined) return changeTo(film, { set, unset });
        return changeTo(film, withGenres({ set, unset }, [...new Set(genreIds)]), genreIds);
      }),

    remove: (id, ifVersion) =>
      documents.remove(id, ifVersion, {
        inUse: async () =>
          (await common.store.collection(showtimes).findOne({ filmId: id })) === null ? null : IN_USE,
      }),

    addGenre: (id, ifVersion, genreId) =>
      documents.update(id, ifVersion, async (film) => {
        const { genreIds = [] } = film;
        if (!genreIds.includes(genreId) && genreIds.length >= GENRES_MAX) return TOO_MANY_GENRES;
        const changed = withGenres({}, [...new Set([...genreIds, genreId])]);
        const change = await changeTo(film, changed, [genreId]);
        return change.ok ? change : refuse("not_found", "There is no such genre");
      }),

    removeGenre: (id, ifVersion, genreId) =>
      documents.update(id, ifVersion, async ({ genreIds = [] }) => {
        const left = genreIds.filter((each) => each !== genreId);
        return { ok: true, patch: left.length === genreIds.length ? {} : withGenres({}, left) };
      }),

    async list({ limit, after, ...search }) {
      const hidden = !search.all && search.status !== undefined && search.status !== "showing";
      if (hidden) return { ok: true, items: [], nextCursor: null };
      const plan = planOf({ ...search, status: search.all ? search.status : "showing" });
      return documents.list({ ...plan, limit, after });
    },

    view: ({ titleKey: _, beginnings: _beginnings, leaving: _leaving, genreIds = [], ...film }) => ({
      ...film,
      genreIds,
    }),
  };
}

function fieldsOf({ genreIds, ...input }: FilmInput): Fields<FilmDoc> {
  const genres = [...new Set(genreIds)];
  return { ...input, ...keysOf(input), ...(genres.length > 0 && { genreIds: genres }) };
}

type Named = Pick<FilmDoc, "title" | "originalTitle" | "director">;

/** What a film is sorted and found by. */
function keysOf(film: Named & Pick<FilmDoc, "status">): Pick<FilmDoc, "titleKey" | "beginnings"> {
  const beginnings = beginningsOf(textOf(film), isPublicFilm(film) ? ["", SHOWN] : [""]);
  return { titleKey: indexKey(film.title), ...(beginnings.length > 0 && { beginnings }) };
}

function textOf({ title, originalTitle = "", director = "" }: Named): string {
  return `${title} ${originalTitle} ${director}`;
}

/** Indexes know no empty lists: a film without genres has no field for them. */
function withGenres({ set, unset = [] }: Patch<FilmDoc>, genreIds: string[]): Patch<FilmDoc> {
  return genreIds.length > 0 ? { set: { ...set, genreIds }, unset } : { set, unset: [...unset, "genreIds"] };
}

/** A patch with the keys that follow from it. */
function withKeys(film: FilmDoc, { set = {}, unset = [] }: Patch<FilmDoc>): Patch<FilmDoc> {
  const after = {
    status: set.status ?? film.status,
    title: set.title ?? film.title,
    originalTitle: unset.includes("originalTitle") ? undefined : (set.originalTitle ?? film.originalTitle),
    director: unset.includes("director") ? undefined : (set.director ?? film.director),
  };
  const keys = keysOf(after);
  return { set: { ...set, ...keys }, unset: keys.beginnings === undefined ? [...unset, "beginnings"] : unset };
}

/** The index that serves a search, and what it leaves to the store and to be looked at. All are in the order of titles. */
function planOf({ q = "", genre, status }: Omit<FilmSearch, keyof PageRequest | "all">): {
  query: Query<FilmDoc>;
  also?: Held;
  keep?: (film: FilmDoc) => boolean;
} {
  const words = wordsOf(q);
  const longest = words.reduce((one, other) => (other.length > one.length ? other : one), "");
  const byTitle: Query<FilmDoc> = { titleKey: {} };
  const base: Query<FilmDoc> = { ...(status !== undefined && { status }), ...byTitle };
  const ofGenre: Held = genre === undefined ? {} : { genreIds: [genre] };
  if (longest !== "") {
    const keyOf = (word: string) => (status === "showing" ? SHOWN : "") + beginningOf(word);
    return {
      query: { ...byTitle, beginnings: keyOf(longest) },
      also: { ...ofGenre, ...(status !== undefined && { status: [status] }), beginnings: words.map(keyOf) },
      keep: (film) => hasWords(film, words),
    };
  }
  // Nothing but punctuation: some titles are.
  if (q.trim() !== "") return { query: { ...base, titleKey: { prefix: foldText(q) } }, also: ofGenre };
  return { query: genre === undefined ? base : { ...base, genreIds: genre } };
}

function hasWords(film: FilmDoc, wanted: readonly string[]): boolean {
  const words = wordsOf(textOf(film));
  return wanted.every((beginning) => words.some((word) => word.startsWith(beginning)));
}
