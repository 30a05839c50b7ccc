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
import type { Outcome } from "../protocol/errors.ts";
import type { ShowtimeStatus } from "../protocol/states.ts";
import type { ShowtimeInput } from "../schemas/showtimes.ts";
import { type ShowtimeDoc, showtimes } from "../store/collections.ts";
import type { Query } from "../store/port.ts";
import { placeOf } from "./place.ts";
import type { PriceLists } from "./price-lists.ts";
import { createShowtimeRules, taken, ticketTypesOf } from "./rules.ts";

export interface ShowtimeSearch extends PageRequest {
  filmId?: string | undefined;
  auditoriumId?: string | undefined;
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
   * Adds a showtime; with `priceListId`, at the prices that the list has for it now. `invalid_request` names what
   * points at nothing and which prices are wrong;
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

export function createSchedule(deps: CommonDeps & { catalogue: Catalogue; priceLists: PriceLists }): Schedule {
  const documents = createDocuments({ ...deps, collection: showtimes, noun: "showtime" });
  const rules = createShowtimeRules(deps);

  return {
    documents,

    async create(input, id = newId("sht")) {
      const judged = await rules.judge(input);
      if (!judged.ok) return judged;
      const { film, auditorium, layoutId, prices } = judged;
      const place = placeOf(input.startsAt, film.durationMinutes);
      const conflict = () => rules.conflict(id, auditorium.id, place);
      const inTheWay = await conflict();
      if (inTheWay !== null) return inTheWay;
      const fields = { ...input, ...place, prices, ...ticketTypesOf(prices), layoutId };
      // What came in between: an overlap shorter than a block. Whoever sees one gives way: perhaps both, never neither.
      const created = await documents.create(
        id,
        fields,
        async () => (await conflict()) ?? (await rules.pointsAtNothing(fields)),
      );
      // The index over `blocks` caught a longer one.
      return !created.ok && created.code === "duplicate" ? taken(place) : created;
    },

    list({ limit, after, ...search }) {
      const { status, auditoriumId, all } = search;
      const keep = (showtime: ShowtimeDoc) =>
        (all || isPublicShowtime(showtime)) &&
        (status ?? showtime.status) === showtime.status &&
        (auditoriumId ?? showtime.auditoriumId) === showtime.auditoriumId;
      return documents.list({ query: queryOf(search), keep, limit, after });
    },
  };
}

/** All orders are by start. */
function queryOf({
  filmId,
  auditoriumId,
  status,
  from,
  to,
}: Omit<ShowtimeSearch, keyof PageRequest>): Query<ShowtimeDoc> {
  const startsAt = { gte: from ?? "", ...(to !== undefined && { lt: to }) };
  if (filmId !== undefined) return { filmId, startsAt };
  if (auditoriumId !== undefined) return { auditoriumId, startsAt };
  return status === undefined ? { startsAt } : { status, startsAt };
}
