import { foldText } from "../basics/fold.ts";
import { newId } from "../basics/ids.ts";
import { type Outcome, refuse } from "../protocol/errors.ts";
import type { Film, FilmStatus } from "../protocol/resources.ts";
import type { FilmInput } from "../schemas/films.ts";
import { type FilmDoc, films } from "../store/collections.ts";
import type { Query } from "../store/port.ts";
import {
  type CommonDeps,
  createDocuments,
  type DocumentPage,
  type Documents,
  type Fields,
  type PageRequest,
} from "./documents.ts";
import type { Genres } from "./genres.ts";

export interface FilmSearch extends PageRequest {
  /** Part of a title or of the director's name; case and accents do not matter. */
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
  /** By title. */
  list(search: FilmSearch): Promise<Outcome<DocumentPage<FilmDoc>>>;
  view(document: FilmDoc): Film;
}

/** Whether everyone may see a film; others take the right to write the catalogue. */
export function isPublicFilm(film: FilmDoc): boolean {
  return film.status === "showing";
}

export function createFilms(deps: CommonDeps & { genres: Genres }): Films {
  const { genres, ...common } = deps;
  const documents = createDocuments({ ...common, collection: films, noun: "film" });
  return {
    documents,

    async create(input, id = newId("flm")) {
      const errors = await genres.documents.faultsOf("genreIds", input.genreIds);
      if (errors.length > 0) return refuse("invalid_request", "A genre does not exist", { errors });
      return documents.create(id, fieldsOf(input));
    },

    list({ limit, after, ...search }) {
      return documents.list({ query: queryOf(search), keep: matcher(search), limit, after });
    },

    view: ({ titleKey: _, genreIds = [], ...film }) => ({ ...film, genreIds }),
  };
}

function fieldsOf({ genreIds, ...input }: FilmInput): Fields<FilmDoc> {
  const genres = [...new Set(genreIds)];
  return { ...input, titleKey: foldText(input.title), ...(genres.length > 0 && { genreIds: genres }) };
}

/** All three orders are by title; what the index does not say, `matcher` does. */
function queryOf({ genre, status }: Omit<FilmSearch, keyof PageRequest>): Query<FilmDoc> {
  const byTitle = { titleKey: { gte: "" } };
  if (genre !== undefined) return { genreIds: genre, ...byTitle } as Query<FilmDoc>;
  return status === undefined ? byTitle : { status, ...byTitle };
}

function matcher({ q = "", status, all }: Omit<FilmSearch, keyof PageRequest>): (film: FilmDoc) => boolean {
  const wanted = foldText(q);
  return (film) =>
    (all || isPublicFilm(film)) &&
    (status === undefined || film.status === status) &&
    (wanted === "" || searchText(film).includes(wanted));
}

function searchText(film: FilmDoc): string {
  return `${film.titleKey}\n${foldText(film.originalTitle ?? "")}\n${foldText(film.director ?? "")}`;
}
