/**
 * What the cinema can show and sell: genres, films, auditoriums with their charts, ticket types.
 *
 * Promises: every document that can be read is whole (references exist, an auditorium has its seats);
 * names are unique whatever their case and accents; refusals are values. Does not ask who is calling:
 * the edge has. Must never import an edge or an adapter.
 */
import type { Clock } from "../basics/clock.ts";
import type { Store } from "../store/port.ts";
import { type Auditoriums, createAuditoriums } from "./auditoriums.ts";
import { createFilmExport, type FilmExport } from "./film-export.ts";
import { createFilmImport, type FilmImport } from "./film-import.ts";
import { createFilms, type Films } from "./films.ts";
import { createGenres, type Genres } from "./genres.ts";
import { createLayouts, type Layouts } from "./layouts.ts";
import { createTicketTypes, type TicketTypes } from "./ticket-types.ts";

export interface Catalogue {
  genres: Genres;
  films: Films;
  filmImport: FilmImport;
  filmExport: FilmExport;
  auditoriums: Auditoriums;
  layouts: Layouts;
  ticketTypes: TicketTypes;
}

export function createCatalogue(deps: { store: Store; clock: Clock }): Catalogue {
  const genres = createGenres(deps);
  const layouts = createLayouts(deps.store);
  const films = createFilms({ ...deps, genres });
  return {
    genres,
    layouts,
    films,
    filmImport: createFilmImport({ store: deps.store, films, genres }),
    filmExport: createFilmExport({ store: deps.store, films, genres }),
    auditoriums: createAuditoriums({ ...deps, layouts }),
    ticketTypes: createTicketTypes(deps),
  };
}
