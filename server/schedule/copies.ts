import { derivedId } from "../basics/ids.ts";
import type { Catalogue } from "../catalogue/catalogue.ts";
import { type Outcome, refuse } from "../protocol/errors.ts";
import type { CopiedShowtime, CopyAnswer, CopyConflict, CopyWarning, ShowtimeCheck } from "../protocol/resources.ts";
import type { CopyInput, ShowtimeInput } from "../schemas/showtimes.ts";
import { type ShowtimeDoc, showtimes } from "../store/collections.ts";
import type { Store } from "../store/port.ts";
import type { Calendar } from "./calendar.ts";
import type { ShowtimeChanges } from "./changes.ts";
import type { ScheduleCheck } from "./check.ts";
import { overlap, type Place, placeOf } from "./place.ts";
import type { PriceLists } from "./price-lists.ts";
import type { Schedule } from "./schedule.ts";

/** Carries a day or a week of the schedule to other days. */
export interface ScheduleCopies {
  /**
   * Schedules what is shown on some days again on others, at the same times of day, with prices made anew by their
   * list where they have one. Cancelled showtimes are left out. All or nothing, unless `skipConflicts`:
   * `schedule_conflict` lists every showtime that finds no place. Safe to repeat, also after a death half-way: what is
   * there already is skipped. With `dryRun` nothing is changed, and conflicts are part of the answer.
   */
  copy(input: CopyInput): Promise<Outcome<{ answer: CopyAnswer; ids: string[] }>>;
}

export interface ScheduleCopiesDeps {
  store: Store;
  catalogue: Catalogue;
  calendar: Calendar;
  priceLists: PriceLists;
  schedule: Schedule;
  changes: ShowtimeChanges;
  check: ScheduleCheck;
}

/** One showtime on its way to another day. */
interface Planned {
  source: ShowtimeDoc;
  /** The same for the same showtime and day, however often it is copied. */
  id: string;
  input: ShowtimeInput;
  place: Place;
  film: { title: string };
  clockChange?: CopiedShowtime["clockChange"];
}

const PAGE = 500;

export function createScheduleCopies(deps: ScheduleCopiesDeps): ScheduleCopies {
  const { store, catalogue, calendar, schedule, changes, check } = deps;

  async function sourcesOf({ from, days, auditoriumIds }: CopyInput): Promise<ShowtimeDoc[]> {
    const startsAt = { gte: calendar.dayStart(from), lt: calendar.dayStart(calendar.addDays(from, days)) };
    const found: ShowtimeDoc[] = [];
    for (let after: string | undefined; ; ) {
      const page = await store.collection(showtimes).find({ startsAt }, { limit: PAGE, ...(after && { after }) });
      found.push(...page);
      after = page.at(-1)?.id;
      if (page.length < PAGE) break;
    }
    return found.filter(
      ({ status, auditoriumId }) =>
        status !== "cancelled" && (auditoriumIds === undefined || auditoriumIds.includes(auditoriumId)),
    );
  }

  async function planOf(input: CopyInput): Promise<Planned[]> {
    const sources = await sourcesOf(input);
    const shown = await catalogue.films.documents.getMany(sources.map(({ filmId }) => filmId));
    const lists = await deps.priceLists.documents.getMany(sources.flatMap(({ priceListId }) => priceListId ?? []));
    return sources.flatMap((source) => {
      const film = shown.get(source.filmId);
      if (film === undefined) return [];
      const date = calendar.addDays(input.to, calendar.daysBetween(input.from, calendar.local(source.startsAt).date));
      const { moment, clockChange } = calendar.sameTimeOn(source.startsAt, date);
      return {
        source,
        id: derivedId("sht", `copy of ${source.id} on ${date}`),
        input: inputOf(source, moment, lists.has(source.priceListId ?? "")),
        place: placeOf(moment, film.durationMinutes),
        film: { title: film.title },
        ...(clockChange && { clockChange }),
      };
    });
  }

  /** The copy of a showtime that is there already: made by an earlier copy, or the same by hand. */
  async function copyOf({ id, input: { auditoriumId, filmId, startsAt } }: Planned): Promise<ShowtimeDoc | null> {
    const own = await schedule.documents.get(id);
    if (own !== null) return own;
    const there = await store.collection(showtimes).find({ auditoriumId, startsAt });
    return there.find((each) => each.filmId === filmId && each.status !== "cancelled") ?? null;
  }

  async function conflictOf(
    planned: Planned,
    others: readonly Planned[],
    said: ShowtimeCheck,
  ): Promise<CopyConflict | null> {
    const { source, input, place } = planned;
    const base = { showtimeId: source.id, startsAt: input.startsAt };
    const [there] = said.conflicts;
    if (there !== undefined) return { ...base, message: "The auditorium is taken then", with: there };
    const fellow = others.find((other) => isRoomOf(other, input) && overlap(other.place, place));
    if (fellow !== undefined) {
      const [named] = await check.nameThem([{ ...fellow.source, ...fellow.place, id: fellow.id }]);
      return {
        ...base,
        message: "The clocks change: two copies get in each other's way",
        ...(named && { with: named }),
      };
    }
    const [error] = said.errors;
    return error === undefined ? null : { ...base, message: `${error.path}: ${error.message}` };
  }

  async function sort(plan: readonly Planned[], status: CopyInput["status"]) {
    const answer: CopyAnswer = { created: [], conflicts: [], skipped: [] };
    const free: Planned[] = [];
    const warnings: CopyWarning[] = [];
    for (const planned of plan) {
      const { source, id, input, film } = planned;
      const { startsAt } = input;
      const there = await copyOf(planned);
      if (there !== null) {
        answer.skipped.push({ id: there.id, showtimeId: source.id, startsAt: there.startsAt });
        continue;
      }
      const said = await check.check({ ...input, status, showtimeId: id });
      const conflict = await conflictOf(planned, free, said);
      if (conflict !== null) {
        answer.conflicts.push(conflict);
        continue;
      }
      free.push(planned);
      answer.created.push(copied(planned, startsAt));
      warnings.push(...said.warnings.map((warning) => ({ ...warning, showtimeId: source.id, startsAt, film })));
    }
    return { answer: status === "on-sale" ? { ...answer, warnings } : answer, free };
  }

  /** Schedules drafts one by one; null once all are there, else what came in the way, and none is left of them. */
  async function makeAll(free: readonly Planned[], skipConflicts: boolean) {
    const made: Planned[] = [];
    const conflicts: CopyConflict[] = [];
    for (const planned of free) {
      const created = await schedule.create(planned.input, planned.id);
      if (created.ok) made.push(planned);
      // Somebody else who copies the same at the same time may have been first.
      else if ((await schedule.documents.get(planned.id)) === null)
        conflicts.push({ showtimeId: planned.source.id, startsAt: planned.input.startsAt, message: created.message });
      if (conflicts.length > 0 && !skipConflicts) break;
    }
    if (conflicts.length === 0 || skipConflicts) return { made, conflicts };
    for (const { id } of made) await schedule.documents.remove(id, null, { inUse: async () => null });
    return { made: [], conflicts };
  }

  async function unknownRooms({ auditoriumIds = [] }: CopyInput) {
    return catalogue.auditoriums.documents.faultsOf("auditoriumIds", auditoriumIds);
  }

  return {
    async copy(input) {
      const errors = await unknownRooms(input);
      if (errors.length > 0) return refuse("invalid_request", "An auditorium does not exist", { errors });
      const { answer, free } = await sort(await planOf(input), input.status);
      if (input.dryRun) return { ok: true, answer, ids: [] };
      if (answer.conflicts.length > 0 && !input.skipConflicts) return noPlace(answer.conflicts);
      const { made, conflicts } = await makeAll(free, input.skipConflicts);
      if (conflicts.length > 0 && !input.skipConflicts) return noPlace(conflicts);
      if (input.status === "on-sale") for (const { id } of made) await changes.update(id, null, { status: "on-sale" });
      const created = made.map((planned) => ({ id: planned.id, ...copied(planned, planned.input.startsAt) }));
      const all = [...answer.conflicts, ...conflicts];
      return { ok: true, answer: { ...answer, created, conflicts: all }, ids: made.map(({ id }) => id) };
    },
  };
}

function noPlace(conflicts: CopyConflict[]) {
  return refuse("schedule_conflict", `${conflicts.length} showtimes find no place; nothing was copied`, { conflicts });
}

function copied({ source, clockChange }: Planned, startsAt: string): CopiedShowtime {
  return { showtimeId: source.id, startsAt, ...(clockChange && { clockChange }) };
}

/** What is copied: all but the moment. Prices by their list, where it is still there. */
function inputOf(source: ShowtimeDoc, startsAt: string, isListed: boolean): ShowtimeInput {
  const { filmId, auditoriumId, attributes, prices, priceListId, orphanRule, accessReleaseMinutes } = source;
  return {
    ...{ filmId, auditoriumId, attributes, startsAt, status: "draft" },
    ...(isListed ? { prices: [], priceListId } : { prices }),
    ...(orphanRule !== undefined && { orphanRule }),
    ...(accessReleaseMinutes !== undefined && { accessReleaseMinutes }),
  };
}

function isRoomOf({ input }: Planned, { auditoriumId }: ShowtimeInput): boolean {
  return input.auditoriumId === auditoriumId;
}
