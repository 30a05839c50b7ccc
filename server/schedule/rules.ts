import type { Catalogue } from "../catalogue/catalogue.ts";
import { type FieldError, type Outcome, type Refusal, refuse } from "../protocol/errors.ts";
import type { Price } from "../protocol/resources.ts";
import type { ShowtimeStatus } from "../protocol/states.ts";
import { FILM_MINUTES_MAX } from "../schemas/films.ts";
import { type AuditoriumDoc, type FilmDoc, type ShowtimeDoc, showtimes } from "../store/collections.ts";
import type { Store } from "../store/port.ts";
import { earliestInTheWay, overlap, type Place } from "./place.ts";
import { priceFaults } from "./prices.ts";

/** What a showtime points at, whether it is new or changed. */
export interface ShowtimeParts {
  filmId: string;
  auditoriumId: string;
  prices: readonly Price[];
  status: ShowtimeStatus;
  /** The seats that it keeps; left out, those of the auditorium now. */
  layoutId?: string | undefined;
}

/** What holds for every showtime, judged before a write and once more after it. */
export interface ShowtimeRules {
  /** What a showtime points at, or everything that is wrong with it at once. */
  judge(parts: ShowtimeParts): Promise<Outcome<{ film: FilmDoc; auditorium: AuditoriumDoc; layoutId: string }>>;
  /** Whether what it points at is still there; from now on that stays. */
  pointsAtNothing(parts: Pick<ShowtimeParts, "filmId" | "auditoriumId" | "prices">): Promise<Refusal | null>;
  /** `schedule_conflict` when another showtime is in the way. */
  conflict(id: string, auditoriumId: string, place: Pick<Place, "startsAt" | "freeAt">): Promise<Refusal | null>;
}

export function createShowtimeRules({ store, catalogue }: { store: Store; catalogue: Catalogue }): ShowtimeRules {
  const { films, auditoriums, ticketTypes, layouts } = catalogue;

  return {
    async judge({ filmId, auditoriumId, prices, status, layoutId }) {
      const [film, auditorium, types] = await Promise.all([
        films.documents.get(filmId),
        auditoriums.documents.get(auditoriumId),
        ticketTypes.documents.getMany(prices.map(({ ticketTypeId }) => ticketTypeId)),
      ]);
      const kept = layoutId === undefined ? null : await layouts.get(layoutId);
      const layout = kept ?? (auditorium && (await layouts.ofAuditorium(auditorium.id, auditorium.layoutVersion)));
      const onSale = status === "on-sale";
      const errors = priceFaults(prices, { ticketTypes: types, seats: layout?.seats ?? [], onSale });
      if (film === null) errors.push({ path: "filmId", message: "there is no such film" });
      if (auditorium === null) errors.push({ path: "auditoriumId", message: "there is no such auditorium" });
      if (film === null || auditorium === null || layout === null || errors.length > 0) return invalid(errors);
      return { ok: true, film, auditorium, layoutId: layout.id };
    },

    async pointsAtNothing({ filmId, auditoriumId, prices }) {
      const [film, auditorium, types] = await Promise.all([
        films.documents.faultsOf("filmId", [filmId]),
        auditoriums.documents.faultsOf("auditoriumId", [auditoriumId]),
        ticketTypes.documents.faultsOf(
          "prices",
          prices.map(({ ticketTypeId }) => ticketTypeId),
        ),
      ]);
      const errors = [
        ...[...film, ...auditorium].map(({ path, message }) => ({ path: path.replace(/\.0$/, ""), message })),
        ...types.map(({ path, message }) => ({ path: `${path}.ticketTypeId`, message })),
      ];
      return errors.length > 0 ? invalid(errors) : null;
    },

    async conflict(id, auditoriumId, place) {
      const near = await store.collection(showtimes).find({
        auditoriumId,
        startsAt: { gt: earliestInTheWay(place.startsAt, FILM_MINUTES_MAX), lt: place.freeAt },
      });
      const other = near.find((each) => each.id !== id && each.status !== "cancelled" && overlap(each, place));
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
