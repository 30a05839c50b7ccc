import type { Clock } from "../basics/clock.ts";
import type { Catalogue } from "../catalogue/catalogue.ts";
import type { InTheWay, ShowtimeCheck, ShowtimeWarning } from "../protocol/resources.ts";
import type { ShowtimeCheckInput } from "../schemas/showtimes.ts";
import type { FilmDoc, ShowtimeDoc } from "../store/collections.ts";
import type { Store } from "../store/port.ts";
import { placeOf } from "./place.ts";
import type { PriceLists } from "./price-lists.ts";
import { createShowtimeRules } from "./rules.ts";

/** What a schedule would say, before anybody asks it to. */
export interface ScheduleCheck {
  /** Everything that stands in a showtime's way and what it would cost. Changes nothing, and promises nothing for later. */
  check(input: ShowtimeCheckInput): Promise<ShowtimeCheck>;
  /** Showtimes as those that stand in another's way. */
  nameThem(documents: readonly ShowtimeDoc[]): Promise<InTheWay[]>;
}

export function createScheduleCheck(deps: {
  store: Store;
  catalogue: Catalogue;
  priceLists: PriceLists;
  clock: Clock;
}): ScheduleCheck {
  const { films } = deps.catalogue;
  const rules = createShowtimeRules(deps);

  async function nameThem(documents: readonly ShowtimeDoc[]): Promise<InTheWay[]> {
    const shown = await films.documents.getMany(documents.map(({ filmId }) => filmId));
    return documents.map(({ id, filmId, startsAt, freeAt }) => {
      return { id, startsAt, freeAt, film: { title: shown.get(filmId)?.title ?? "" } };
    });
  }

  return {
    nameThem,
    async check({ showtimeId = "", ...input }) {
      const [judged, film] = await Promise.all([rules.judge(input), films.documents.get(input.filmId)]);
      const prices = judged.ok ? judged.prices : [];
      const errors = judged.ok ? [] : (judged.errors ?? []).map(({ path, message }) => ({ path, message }));
      const warnings = input.status === "on-sale" ? warningsOf(film, input.startsAt, deps.clock.now()) : [];
      if (film === null) return { prices, conflicts: [], errors, warnings };
      const { endsAt, freeAt } = placeOf(input.startsAt, film.durationMinutes);
      const { startsAt, auditoriumId, status } = input;
      const others = status === "cancelled" ? [] : await rules.inTheWay(showtimeId, auditoriumId, { startsAt, freeAt });
      return { endsAt, freeAt, prices, conflicts: await nameThem(others), errors, warnings };
    },
  };
}

/** Nothing that is refused: counters sell for a while after the start, and a film may be announced later. */
function warningsOf(film: FilmDoc | null, startsAt: string, now: number): ShowtimeWarning[] {
  const warnings: ShowtimeWarning[] = [];
  if (film !== null && film.status !== "showing")
    warnings.push({
      path: "filmId",
      code: "film_hidden",
      message: `is ${film.status}: shop and kiosks do not offer it`,
    });
  if (Date.parse(startsAt) <= now) warnings.push({ path: "startsAt", code: "in_the_past", message: "has begun" });
  return warnings;
}
