import { type ReadonlySignal, signal } from "@preact/signals";
import type { Film, Genre, Page, Showtime, TicketType } from "../../../server/protocol/resources.ts";
import type { Answer, Api } from "../../../ui/connection/api.ts";
import type { Outcome } from "../../../ui/connection/outcome.ts";
import type { Occupancy } from "../../../ui/live/occupancy.ts";
import { addDays, dayOf, instantOfDay } from "../../../ui/words/zone.ts";

/** What is on: films, and their showtimes day by day. */
export interface Catalogue {
  /** Days that can be chosen, today first. */
  days: ReadonlySignal<readonly string[]>;
  day: ReadonlySignal<string>;
  programme: ReadonlySignal<Programme>;
  ticketTypes: ReadonlySignal<readonly TicketType[]>;
  film(id: string): Film | null;
  /** The first genre's name; empty when there is none. */
  genreOf(film: Film | null): string;
  showtime(id: string): Promise<Outcome<{ showtime: Showtime }>>;
  choose(day: string): void;
  /** Reads everything again: after a pause, or because the day changed. */
  refresh(): Promise<void>;
}

/** A day's showtimes under their films, in the order of their first showtime. */
export type Programme = { status: "loading" } | { status: "ready"; films: readonly FilmOfDay[] } | { status: "failed" };

export interface FilmOfDay {
  film: Film;
  showtimes: readonly Showtime[];
}

/** A week, today included: what the demo and most cinemas plan ahead. */
const DAYS_AHEAD = 7;
const PAGE_LIMIT = 200;

interface CatalogueDeps {
  api: Pick<Api, "get">;
  occupancy: Occupancy;
  timeZone: () => string;
  now?: () => number;
}

export function createCatalogue({ api, occupancy, timeZone, now = Date.now }: CatalogueDeps): Catalogue {
  const today = () => dayOf(now(), timeZone());
  const days = signal<readonly string[]>([]);
  const day = signal("");
  const programme = signal<Programme>({ status: "loading" });
  const ticketTypes = signal<readonly TicketType[]>([]);
  const films = new Map<string, Film>();
  const genres = new Map<string, string>();
  const showtimes = new Map<string, Showtime>();

  async function all<T>(path: string, query: Record<string, string> = {}): Promise<Outcome<{ items: T[] }>> {
    const items: T[] = [];
    let cursor: string | undefined;
    do {
      const page: Answer<Page<T>> = await api.get(path, { ...query, limit: PAGE_LIMIT, cursor });
      if (!page.ok) return page;
      items.push(...page.body.items);
      cursor = page.body.nextCursor ?? undefined;
    } while (cursor);
    return { ok: true, items };
  }

  /** `known`: resolves when films and genres are there; asked for at the same time, shown together. */
  async function loadDay(chosen: string, known: Promise<void>): Promise<void> {
    const from = instantOfDay(chosen, timeZone());
    const to = instantOfDay(addDays(chosen, 1), timeZone());
    const span = { from: new Date(Math.max(from, now())).toISOString(), to: new Date(to).toISOString() };
    const [found] = await Promise.all([all<Showtime>("/showtimes", { ...span, status: "on-sale" }), known]);
    if (day.peek() !== chosen) return;
    if (!found.ok) {
      if (programme.peek().status !== "ready") programme.value = { status: "failed" };
      return;
    }
    for (const showtime of found.items) {
      showtimes.set(showtime.id, showtime);
      occupancy.seed(showtime.id, showtime.counts);
    }
    occupancy.watch(span);
    programme.value = { status: "ready", films: byFilm(found.items, films) };
  }

  async function loadFilms(): Promise<void> {
    const [foundFilms, foundGenres, foundTypes] = await Promise.all([
      all<Film>("/films", { status: "showing" }),
      all<Genre>("/genres"),
      all<TicketType>("/ticket-types"),
    ]);
    if (foundFilms.ok) for (const film of foundFilms.items) films.set(film.id, film);
    if (foundGenres.ok) for (const genre of foundGenres.items) genres.set(genre.id, genre.name);
    if (foundTypes.ok)
      ticketTypes.value = foundTypes.items.filter((type) => type.active).sort((a, b) => a.order - b.order);
  }

  return {
    days,
    day,
    programme,
    ticketTypes,
    film: (id) => films.get(id) ?? null,
    genreOf: (film) => genres.get(film?.genreIds[0] ?? "") ?? "",
    async showtime(id) {
      const known = showtimes.get(id);
      if (known) return { ok: true, showtime: known };
      const answer = await api.get<Showtime>(`/showtimes/${id}`);
      if (!answer.ok) return answer;
      showtimes.set(id, answer.body);
      return { ok: true, showtime: answer.body };
    },
    choose(chosen) {
      if (chosen === day.peek()) return;
      day.value = chosen;
      programme.value = { status: "loading" };
      void loadDay(chosen, Promise.resolve());
    },
    async refresh() {
      days.value = Array.from({ length: DAYS_AHEAD }, (_, ahead) => addDays(today(), ahead));
      if (!days.peek().includes(day.peek())) day.value = today();
      await loadDay(day.peek(), loadFilms());
    },
  };
}

/** Groups showtimes under their films; a showtime whose film is not shown is left out. */
export function byFilm(showtimes: readonly Showtime[], films: ReadonlyMap<string, Film>): FilmOfDay[] {
  const grouped = new Map<string, { film: Film; showtimes: Showtime[] }>();
  for (const showtime of showtimes.toSorted((a, b) => a.startsAt.localeCompare(b.startsAt))) {
    const film = films.get(showtime.filmId);
    if (!film) continue;
    const entry = grouped.get(film.id) ?? { film, showtimes: [] };
    entry.showtimes.push(showtime);
    grouped.set(film.id, entry);
  }
  return [...grouped.values()];
}

/** Films with one of the genres somebody likes, and all others; each in the order they had. */
export function byTaste(films: readonly FilmOfDay[], genreIds: readonly string[]) {
  const isLiked = ({ film }: FilmOfDay) => film.genreIds.some((id) => genreIds.includes(id));
  return { liked: films.filter(isLiked), others: films.filter((entry) => !isLiked(entry)) };
}
