import { newId } from "../basics/ids.ts";
import { type Outcome, refuse } from "../protocol/errors.ts";
import type { Genre } from "../protocol/resources.ts";
import type { GenreInput, GenrePatch } from "../schemas/genres.ts";
import { films, type GenreDoc, genres } from "../store/collections.ts";
import {
  type CommonDeps,
  createDocuments,
  type DocumentPage,
  type Documents,
  type PageRequest,
  type Updated,
} from "./documents.ts";
import { named } from "./names.ts";

export interface Genres {
  documents: Documents<GenreDoc>;
  create(input: GenreInput, id?: string): Promise<Outcome<{ document: GenreDoc }>>;
  update(id: string, ifVersion: number | null, input: GenrePatch): Promise<Updated<GenreDoc>>;
  /** `in_use` while a film has it. */
  remove(id: string, ifVersion: number | null): Promise<Outcome<object>>;
  /** The genre of that name, whatever its case and accents; null: there is none. */
  byName(name: string): Promise<GenreDoc | null>;
  /** By name. */
  list(page: PageRequest): Promise<Outcome<DocumentPage<GenreDoc>>>;
  view(document: GenreDoc): Genre;
}

const IN_USE = refuse("in_use", "Films have this genre");

export function createGenres(deps: CommonDeps): Genres {
  const documents = createDocuments({ ...deps, collection: genres, noun: "genre" });
  return {
    documents,
    create: ({ name }, id = newId("gen")) => documents.create(id, named(name)),
    update: (id, ifVersion, { name }) =>
      documents.update(id, ifVersion, async () => ({
        ok: true,
        patch: { set: name === undefined ? {} : named(name) },
      })),
    remove: (id, ifVersion) =>
      documents.remove(id, ifVersion, {
        inUse: async () => ((await deps.store.collection(films).findOne({ genreIds: id })) === null ? null : IN_USE),
      }),
    byName: (name) => deps.store.collection(genres).findOne({ nameKey: named(name).nameKey }),
    list: (page) => documents.list({ ...page, query: { nameKey: { gte: "" } } }),
    view: ({ nameKey: _, leaving: _leaving, ...genre }) => genre,
  };
}
