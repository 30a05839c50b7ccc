import type { Catalogue } from "../catalogue/catalogue.ts";
import type { InTheWay, ShowtimeCheck } from "../protocol/resources.ts";
import type { ShowtimeCheckInput } from "../schemas/showtimes.ts";
import type { ShowtimeDoc } from "../store/collections.ts";
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
      if (film === null) return { prices, conflicts: [], errors };
      const { endsAt, freeAt } = placeOf(input.startsAt, film.durationMinutes);
      const { startsAt, auditoriumId, status } = input;
      const others = status === "cancelled" ? [] : await rules.inTheWay(showtimeId, auditoriumId, { startsAt, freeAt });
      return { endsAt, freeAt, prices, conflicts: await nameThem(others), errors };
    },
  };
}
