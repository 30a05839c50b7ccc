import { timestamp } from "../basics/clock.ts";
import type { Catalogue } from "../catalogue/catalogue.ts";
import type { CommonDeps } from "../catalogue/documents.ts";
import type { Film, FilmShowtime, Showtime, ShowtimeSeats } from "../protocol/resources.ts";
import { MapUnavailable, type SeatMap } from "../seatmap/port.ts";
import { type ShowtimeDoc, showtimes } from "../store/collections.ts";

/** Showtimes as people see them: with names, and with seats as they are now. */
export interface ShowtimeViews {
  of(documents: readonly ShowtimeDoc[]): Promise<Showtime[]>;
  seats(document: ShowtimeDoc): Promise<ShowtimeSeats>;
  /** Films with what is on sale of them from now on, soonest first. */
  withShowtimes(films: readonly Film[]): Promise<Film[]>;
}

export interface ShowtimeViewsDeps extends CommonDeps {
  catalogue: Catalogue;
  /** One that loads what it does not know. */
  map: Pick<SeatMap, "counts" | "snapshot">;
  currency: string;
}

export function createShowtimeViews({ store, clock, catalogue, map, currency }: ShowtimeViewsDeps): ShowtimeViews {
  const { films, auditoriums, layouts } = catalogue;

  /** The auditoriums and counts of showtimes, in their order. */
  async function liveParts(documents: readonly ShowtimeDoc[]) {
    const [rooms, counts] = await Promise.all([
      auditoriums.documents.getMany(documents.map(({ auditoriumId }) => auditoriumId)),
      map.counts(documents.map(({ id }) => id)),
    ]);
    return documents.map((document, at) => ({
      document,
      auditorium: { id: document.auditoriumId, name: must(rooms.get(document.auditoriumId)).name },
      counts: loadedOf(document.id, counts[at]),
    }));
  }

  async function toCome(film: Film): Promise<ShowtimeDoc[]> {
    const later = { filmId: film.id, startsAt: { gte: timestamp(clock.now()) } };
    const documents = await store.collection(showtimes).find(later);
    return documents.filter(({ status }) => status === "on-sale");
  }

  return {
    async of(documents) {
      const [shown, parts] = await Promise.all([
        films.documents.getMany(documents.map(({ filmId }) => filmId)),
        liveParts(documents),
      ]);
      return parts.map(({ document, auditorium, counts }) => {
        const { title, durationMinutes } = must(shown.get(document.filmId));
        const {
          blocks: _,
          layoutId: _layout,
          freeAt: _free,
          ticketTypeIds: _types,
          leaving: _l,
          ...showtime
        } = document;
        return {
          ...showtime,
          currency,
          film: { title, durationMinutes },
          auditorium: { name: auditorium.name },
          counts,
        };
      });
    },

    async seats({ id, layoutId }) {
      const [layout, answer] = await Promise.all([layouts.get(layoutId), map.snapshot(id)]);
      const { epoch, version, states } = loadedOf(id, answer.ok ? answer.snapshot : null);
      return { showtimeId: id, epoch, version, states, layout: { version: layout.version, seats: [...layout.seats] } };
    },

    async withShowtimes(wanted) {
      const lists = await Promise.all(wanted.map(toCome));
      const parts = await liveParts(lists.flat());
      return wanted.map((film) => {
        const own = parts.filter(({ document }) => document.filmId === film.id);
        return { ...film, showtimes: own.map(filmShowtime) };
      });
    },
  };
}

function filmShowtime(part: Pick<FilmShowtime, "auditorium" | "counts"> & { document: ShowtimeDoc }): FilmShowtime {
  const { document, auditorium, counts } = part;
  return { id: document.id, startsAt: document.startsAt, auditorium, attributes: document.attributes, counts };
}

/** What the map says of a showtime that exists. */
function loadedOf<T>(showtimeId: string, said: T | null | undefined): T {
  if (said === null || said === undefined) throw new MapUnavailable(`the map of ${showtimeId} is not loaded`);
  return said;
}

/** What a document points at is there: nothing is deleted while something points at it. */
function must<T>(found: T | undefined): T {
  if (found === undefined) throw new Error("a showtime points at nothing");
  return found;
}
