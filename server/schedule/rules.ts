import type { Catalogue } from "../catalogue/catalogue.ts";
import { type FieldError, type Outcome, type Refusal, refuse } from "../protocol/errors.ts";
import type { Price, Seat } from "../protocol/resources.ts";
import type { ShowtimeStatus } from "../protocol/states.ts";
import { FILM_MINUTES_MAX } from "../schemas/films.ts";
import { type AuditoriumDoc, type FilmDoc, type ShowtimeDoc, showtimes } from "../store/collections.ts";
import type { Store } from "../store/port.ts";
import { earliestInTheWay, overlap, type Place } from "./place.ts";
import type { PriceLists } from "./price-lists.ts";
import type { Priced } from "./price-rules.ts";
import { priceFaults } from "./prices.ts";

/** What a showtime points at, whether it is new or changed. */
export interface ShowtimeParts {
  filmId: string;
  auditoriumId: string;
  prices: readonly Price[];
  /** The list to make prices by, in place of `prices`. */
  priceListId?: string | undefined;
  startsAt: string;
  attributes: readonly string[];
  status: ShowtimeStatus;
  /** The seats that it keeps; left out, those of the auditorium now. */
  layoutId?: string | undefined;
}

export interface Judged {
  film: FilmDoc;
  auditorium: AuditoriumDoc;
  layoutId: string;
  prices: Price[];
}

/** What holds for every showtime, judged before a write and once more after it. */
export interface ShowtimeRules {
  /** What a showtime points at and what it costs, or everything that is wrong with it at once. */
  judge(parts: ShowtimeParts): Promise<Outcome<Judged>>;
  /** Whether what it points at is still there; from now on that stays. */
  pointsAtNothing(
    parts: Pick<ShowtimeParts, "filmId" | "auditoriumId" | "prices" | "priceListId">,
  ): Promise<Refusal | null>;
  /** The showtimes that take the auditorium then, by start. */
  inTheWay(id: string, auditoriumId: string, place: Pick<Place, "startsAt" | "freeAt">): Promise<ShowtimeDoc[]>;
  /** `schedule_conflict` when another showtime is in the way. */
  conflict(id: string, auditoriumId: string, place: Pick<Place, "startsAt" | "freeAt">): Promise<Refusal | null>;
}

export interface ShowtimeRulesDeps {
  store: Store;
  catalogue: Catalogue;
  priceLists: PriceLists;
}

export function createShowtimeRules({ store, catalogue, priceLists }: ShowtimeRulesDeps): ShowtimeRules {
  const { films, auditoriums, ticketTypes, layouts } = catalogue;

  async function pricesOf({ prices, priceListId, ...showing }: ShowtimeParts): Promise<Priced> {
    if (priceListId === undefined) return { ok: true, prices: [...prices] };
    const list = await priceLists.documents.get(priceListId);
    if (list === null) return invalid([{ path: "priceListId", message: "there is no such price list" }]);
    return priceLists.quote(list, showing);
  }

  async function seatsOf(auditorium: AuditoriumDoc | null, layoutId: string | undefined) {
    if (layoutId !== undefined) return layouts.get(layoutId);
    return auditorium && layouts.ofAuditorium(auditorium.id, auditorium.layoutVersion);
  }

  /** The faults of prices; of a list's, under its own name. */
  async function faultsOf(priced: Priced, { status, priceListId }: ShowtimeParts, seats: readonly Seat[]) {
    if (!priced.ok) return priced.errors ?? [];
    const types = await ticketTypes.documents.getMany(priced.prices.map(({ ticketTypeId }) => ticketTypeId));
    const needsAllZones = status === "on-sale" || priceListId !== undefined;
    const faults = priceFaults(priced.prices, { ticketTypes: types, seats, onSale: needsAllZones });
    return priceListId === undefined ? faults : faults.map((fault) => ({ ...fault, path: "priceListId" }));
  }

  async function inTheWay(id: string, auditoriumId: string, place: Pick<Place, "startsAt" | "freeAt">) {
    const near = await store.collection(showtimes).find({
      auditoriumId,
      startsAt: { gt: earliestInTheWay(place.startsAt, FILM_MINUTES_MAX), lt: place.freeAt },
    });
    return near.filter((each) => each.id !== id && each.status !== "cancelled" && overlap(each, place));
  }

  return {
    inTheWay,

    async judge(parts) {
      const [film, auditorium, priced] = await Promise.all([
        films.documents.get(parts.filmId),
        auditoriums.documents.get(parts.auditoriumId),
        pricesOf(parts),
      ]);
      const layout = await seatsOf(auditorium, parts.layoutId);
      const errors = await faultsOf(priced, parts, layout?.seats ?? []);
      if (film === null) errors.push({ path: "filmId", message: "there is no such film" });
      if (auditorium === null) errors.push({ path: "auditoriumId", message: "there is no such auditorium" });
      if (film === null || auditorium === null || layout === null || !priced.ok || errors.length > 0)
        return invalid(errors);
      return { ok: true, film, auditorium, layoutId: layout.id, prices: priced.prices };
    },

    async pointsAtNothing({ filmId, auditoriumId, prices, priceListId }) {
      const [film, auditorium, list, types] = await Promise.all([
        films.documents.faultsOf("filmId", [filmId]),
        auditoriums.documents.faultsOf("auditoriumId", [auditoriumId]),
        priceLists.documents.faultsOf("priceListId", priceListId === undefined ? [] : [priceListId]),
        ticketTypes.documents.faultsOf(
          "prices",
          prices.map(({ ticketTypeId }) => ticketTypeId),
        ),
      ]);
      const errors = [
        ...[...film, ...auditorium, ...list].map(({ path, message }) => ({ path: path.replace(/\.0$/, ""), message })),
        ...types.map(({ path, message }) => ({ path: `${path}.ticketTypeId`, message })),
      ];
      return errors.length > 0 ? invalid(errors) : null;
    },

    async conflict(id, auditoriumId, place) {
      const [other] = await inTheWay(id, auditoriumId, place);
      return other === undefined ? null : taken(other);
    },
  };
}

/** The answer to whoever wants an auditorium at the time of another showtime. */
export function taken({ startsAt, freeAt }: Pick<ShowtimeDoc, "startsAt" | "freeAt">): Refusal {
  return refuse("schedule_conflict", `The auditorium is taken from ${startsAt} to ${freeAt}`);
}

function invalid(errors: FieldError[]): Refusal {
  return refuse("invalid_request", "The showtime is not valid", { errors });
}

/** The ticket types of prices, as an index takes them: a field that is absent rather than empty. */
export function ticketTypesOf(prices: readonly Price[], before: readonly string[] = []): { ticketTypeIds?: string[] } {
  const ticketTypeIds = [...new Set([...before, ...prices.map(({ ticketTypeId }) => ticketTypeId)])];
  return ticketTypeIds.length > 0 ? { ticketTypeIds } : {};
}
