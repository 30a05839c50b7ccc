/**
 * What is shown when and where, at which prices, and the settings of the house.
 *
 * Promises: no two showtimes take one auditorium at the same time, against any number of writers; a
 * showtime on sale has a price for every seat; times are RFC 3339 in UTC; free seats are those of the
 * seat map now. Does not ask who is calling: the edge has. Must never import an edge or an adapter.
 */
import { newId } from "../basics/ids.ts";
import type { Catalogue } from "../catalogue/catalogue.ts";
import {
  type CommonDeps,
  createDocuments,
  type DocumentPage,
  type Documents,
  type PageRequest,
} from "../catalogue/documents.ts";
import { type FieldError, type Outcome, type Refusal, refuse } from "../protocol/errors.ts";
import type { ShowtimeStatus } from "../protocol/states.ts";
import { FILM_MINUTES_MAX } from "../schemas/films.ts";
import type { ShowtimeInput } from "../schemas/showtimes.ts";
import { type AuditoriumDoc, type FilmDoc, type ShowtimeDoc, showtimes } from "../store/collections.ts";
import type { Query } from "../store/port.ts";
import { earliestInTheWay, overlap, type Place, placeOf } from "./place.ts";
import { priceFaults } from "./prices.ts";

export interface ShowtimeSearch extends PageRequest {
  filmId?: string | undefined;
  /** Starts from then on. */
  from?: string | undefined;
  /** Starts before then. */
  to?: string | undefined;
  status?: ShowtimeStatus | undefined;
  /** Drafts too. */
  all: boolean;
}

export interface Schedule {
  documents: Documents<ShowtimeDoc>;
  /**
   * Adds a showtime. `invalid_request` names what points at nothing and which prices are wrong;
   * `schedule_conflict`: the auditorium is taken then, cleaning included.
   */
  create(input: ShowtimeInput, id?: string): Promise<Outcome<{ document: ShowtimeDoc }>>;
  /** By start. */
  list(search: ShowtimeSearch): Promise<Outcome<DocumentPage<ShowtimeDoc>>>;
}

/** Whether everyone may see a showtime; drafts take the right to write showtimes. */
export function isPublicShowtime(showtime: ShowtimeDoc): boolean {
  return showtime.status !== "draft";
}

export function createSchedule(deps: CommonDeps & { catalogue: Catalogue }): Schedule {
  const { catalogue, ...common } = deps;
  const documents = createDocuments({ ...common, collection: showtimes, noun: "showtime" });

  /** The showtime that stands in the way, if any. */
  async function inTheWay(id: string, auditoriumId: string, place: Place): Promise<ShowtimeDoc | undefined> {
    const near = await deps.store.collection(showtimes).find({
      auditoriumId,
      startsAt: { gt: earliestInTheWay(place.startsAt, FILM_MINUTES_MAX), lt: place.freeAt },
    });
    return near.find((other) => other.id !== id && other.status !== "cancelled" && overlap(other, place));
  }

  return {
    documents,

    async create(input, id = newId("sht")) {
      const judged = await judge(catalogue, input);
      if (!judged.ok) return judged;
      const { film, auditorium, layoutId } = judged;
      const place = placeOf(input.startsAt, film.durationMinutes);
      const other = await inTheWay(id, auditorium.id, place);
      if (other !== undefined) return conflict(auditorium, other);
      const created = await documents.create(id, { ...input, ...place, layoutId });
      // The index over `blocks` caught what came in between.
      if (!created.ok) return created.code === "duplicate" ? conflict(auditorium, place) : created;
      // Except an overlap shorter than a block. Whoever sees one gives way: perhaps both, never neither.
      const close = await inTheWay(id, auditorium.id, place);
      if (close === undefined) return created;
      await deps.store.collection(showtimes).remove(id);
      return conflict(auditorium, close);
    },

    list({ limit, after, ...search }) {
      const { status, all } = search;
      const keep = (showtime: ShowtimeDoc) =>
        (all || isPublicShowtime(showtime)) && (status === undefined || showtime.status === status);
      return documents.list({ query: queryOf(search), keep, limit, after });
    },
  };
}

function conflict(auditorium: AuditoriumDoc, other: Pick<Place, "startsAt" | "freeAt">): Refusal {
  return refuse("schedule_conflict", `${auditorium.name} is taken from ${other.startsAt} to ${other.freeAt}`);
}

/** What a new showtime points at, or everything that is wrong with it at once. */
async function judge(
  { films, auditoriums, ticketTypes, layouts }: Catalogue,
  { filmId, auditoriumId, prices, status }: ShowtimeInput,
): Promise<Outcome<{ film: FilmDoc; auditorium: AuditoriumDoc; layoutId: string }>> {
  const [film, auditorium, types] = await Promise.all([
    films.documents.get(filmId),
    auditoriums.documents.get(auditoriumId),
    ticketTypes.documents.getMany(prices.map(({ ticketTypeId }) => ticketTypeId)),
  ]);
  const layout = auditorium && (await layouts.ofAuditorium(auditorium.id, auditorium.layoutVersion));
  const errors: FieldError[] = priceFaults(prices, {
    ticketTypes: types,
    seats: layout?.seats ?? [],
    onSale: status === "on-sale",
  });
  if (film === null) errors.push({ path: "filmId", message: "there is no such film" });
  if (auditorium === null) errors.push({ path: "auditoriumId", message: "there is no such auditorium" });
  if (film === null || auditorium === null || layout === null || errors.length > 0)
    return refuse("invalid_request", "The showtime is not valid", { errors });
  return { ok: true, film, auditorium, layoutId: layout.id };
}

/** All three orders are by start. */
function queryOf({ filmId, status, from, to }: Omit<ShowtimeSearch, keyof PageRequest>): Query<ShowtimeDoc> {
  const startsAt = { gte: from ?? "", ...(to !== undefined && { lt: to }) };
  if (filmId !== undefined) return { filmId, startsAt };
  return status === undefined ? { startsAt } : { status, startsAt };
}
