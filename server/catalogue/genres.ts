import { newId } from "../basics/ids.ts";
import type { Outcome } from "../protocol/errors.ts";
import type { Genre } from "../protocol/resources.ts";
import type { GenreInput } from "../schemas/genres.ts";
import { type GenreDoc, genres } from "../store/collections.ts";
import { type CommonDeps, createDocuments, type DocumentPage, type Documents, type PageRequest } from "./documents.ts";
import { named } from "./names.ts";

export interface Genres {
  documents: Documents<GenreDoc>;
  create(input: GenreInput, id?: string): Promise<Outcome<{ document: GenreDoc }>>;
  /** By name. */
  list(page: PageRequest): Promise<Outcome<DocumentPage<GenreDoc>>>;
  view(document: GenreDoc): Genre;
}

export function createGenres(deps: CommonDeps): Genres {
  const documents = createDocuments({ ...deps, collection: genres, noun: "genre" });
  return {
    documents,
    create: ({ name }, id = newId("gen")) => documents.create(id, named(name)),
    list: (page) => documents.list({ ...page, query: { nameKey: { gte: "" } } }),
    view: ({ nameKey: _, ...genre }) => genre,
  };
}
