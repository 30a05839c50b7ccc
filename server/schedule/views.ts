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

  /** The auditoriums and counts of showtimes, in their order. Those that were deleted since they were read are left out. */
  async function liveParts(read: readonly ShowtimeDoc[]) {
    const [rooms, counts] = await Promise.all([
      auditoriums.documents.getMany(read.map(({ auditoriumId }) => auditoriumId)),
      map.counts(read.map(({ id }) => id)),
    ]);
    const parts = read.map((document, at) => ({
      document,
      room: rooms.get(document.auditoriumId),
      counts: counts[at],
    }));
    const gone = await goneOf(parts.filter(({ room, counts }) => !room || !counts).map(({ document }) => document));
    return parts
      .filter(({ document }) => !gone.has(document.id))
      .map(({ document, room, ...part }) => ({
        document,
        auditorium: { id: document.auditoriumId, name: must(room).name },
        counts: loadedOf(document.id, part.counts),
      }));
  }

  /** Which of these are not there any more. */
  async function goneOf(suspects: readonly ShowtimeDoc[]): Promise<Set<string>> {
    if (suspects.length === 0) return new Set();
    const ids = suspects.map(({ id }) => id);
    const left = new Set((await store.collection(showtimes).getMany(ids)).map(({ id }) => id));
    return new Set(ids.filter((id) => !left.has(id)));
  }

  async function toCome(film: Film): Promise<ShowtimeDoc[]> {
    const later = { filmId: film.id, startsAt: { gte: timestamp(clock.now()) } };
    const documents = await store.collection(showtimes).find(later);
    return documents.filter(({ status }) => status === "on-sale");
  }

  return {
    async of(documents) {
      const shown = await films.documents.getMany(documents.map(({ filmId }) => filmId));
      const gone = await goneOf(documents.filter(({ filmId }) => !shown.has(filmId)));
      const parts = await liveParts(documents.filter(({ id }) => !gone.has(id)));
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
