/**
 * The demo cinema: what a newcomer finds in an empty store, and what keeps it alive from day to day.
 *
 * Promises: fills only a store that had nothing in it; killed half way, it goes on at the next start; from then
 * on there are always showtimes for today and the six days after, without bringing back what people deleted.
 * Everything goes through the rooms, so the demo is as valid as any cinema. Must never import an adapter.
 */
import { Temporal } from "temporal-polyfill";
import type { Clock } from "../basics/clock.ts";
import type { Catalogue } from "../catalogue/catalogue.ts";
import type { Outcome } from "../protocol/errors.ts";
import type { Schedule } from "../schedule/schedule.ts";
import type { HouseSettings } from "../schedule/settings.ts";
import type { FilmInput } from "../schemas/films.ts";
import { auditoriums, films, genres, type InstallationDoc, installation, showtimes } from "../store/collections.ts";
import type { Store } from "../store/port.ts";
import { demoId } from "./ids.ts";
import { demoAuditoriums, demoFilms, demoGenres } from "./inventory.ts";
import { pricesFor, TICKET_TYPES } from "./tickets.ts";
import { type Planned, planDay } from "./week.ts";

export interface DemoCinema {
  /** Fills an empty store, finishes a filling that was cut off, tops up a demo; leaves any other store alone. */
  prepare(): Promise<void>;
  /** Plans the days that are missing until today + 6. Cheap when none is: call it as often as you like. */
  topUp(): Promise<void>;
}

export interface DemoDeps {
  store: Store;
  clock: Clock;
  catalogue: Catalogue;
  schedule: Schedule;
  settings: HouseSettings;
  timeZone: string;
}

/** Days planned besides today: a week in all. */
const DAYS_AHEAD = 6;
/** The installation document that says how far the demo is. */
const MARK = "demo";

/** Nobody's house: the names say so, and the tax number is not one. */
const HOUSE = {
  cinemaName: "Cine Butaca (demo)",
  legalName: "Cines Imaginarios de Muestra, S.L. (empresa ficticia)",
  taxId: "B00000000",
  address: "Calle Inventada, 1, 28000 Madrid",
  vatRate: 10,
};

type Mark = { state: "filling" } | { state: "filled"; plannedThrough: string };

export function createDemoCinema(deps: DemoDeps): DemoCinema {
  const marks = deps.store.collection(installation);

  async function topUp(): Promise<void> {
    const mark = markOf(await marks.get(MARK));
    if (mark?.state !== "filled") return;
    const today = Temporal.Instant.fromEpochMilliseconds(deps.clock.now())
      .toZonedDateTimeISO(deps.timeZone)
      .toPlainDate();
    const planned = Temporal.PlainDate.from(mark.plannedThrough).add({ days: 1 });
    const last = today.add({ days: DAYS_AHEAD });
    let day = Temporal.PlainDate.compare(planned, today) > 0 ? planned : today;
    for (; Temporal.PlainDate.compare(day, last) <= 0; day = day.add({ days: 1 })) await addDay(deps, day.toString());
    if (mark.plannedThrough < last.toString()) await setMark({ state: "filled", plannedThrough: last.toString() });
  }

  async function setMark(mark: Mark): Promise<void> {
    const inserted = await marks.insert({ id: MARK, value: mark });
    if (!inserted.ok) await marks.update(MARK, {}, { set: { value: mark } });
  }

  return {
    topUp,
    async prepare() {
      const mark = markOf(await marks.get(MARK));
      if (mark === null && !(await isEmpty(deps.store))) return;
      if (mark?.state !== "filled") {
        await setMark({ state: "filling" });
        await fill(deps);
        await setMark({ state: "filled", plannedThrough: "1970-01-01" });
      }
      await topUp();
    },
  };
}

function markOf(document: InstallationDoc | null): Mark | null {
  return document === null ? null : (document.value as Mark);
}

async function isEmpty(store: Store): Promise<boolean> {
  const one = { limit: 1 };
  const found = await Promise.all([
    store.collection(genres).find({}, one),
    store.collection(films).find({}, one),
    store.collection(auditoriums).find({}, one),
    store.collection(showtimes).find({}, one),
  ]);
  return found.every((documents) => documents.length === 0);
}

/** Everything but showtimes. Safe to repeat. */
async function fill({ catalogue, settings }: DemoDeps): Promise<void> {
  expect(await settings.update(HOUSE, null));
  await Promise.all(
    demoGenres().map(async (name) => expect(await catalogue.genres.create({ name }, demoId("gen", name)))),
  );
  await Promise.all([
    ...demoFilms().map(async (film) => expect(await catalogue.films.create(film, filmId(film)))),
    ...demoAuditoriums().map(async (room) =>
      expect(await catalogue.auditoriums.create(room, demoId("aud", room.name))),
    ),
    ...TICKET_TYPES.map(async ({ name }, order) =>
      expect(await catalogue.ticketTypes.create({ name, order: order + 1, active: true }, demoId("tty", name))),
    ),
  ]);
}

function filmId({ title }: Pick<FilmInput, "title">): string {
  return demoId("flm", title);
}

/** The demo's own data is right, so the only refusal it meets is that something is there already. */
function expect(outcome: Outcome<object>): void {
  if (!outcome.ok && outcome.code !== "duplicate")
    throw new Error(`the demo cinema is wrong: ${JSON.stringify(outcome)}`);
}

/** Plans one day. Skips what is there, what people put in the way, and what they took off the programme. */
async function addDay({ catalogue, schedule, timeZone }: DemoDeps, date: string): Promise<void> {
  const minutes = new Map(demoFilms().map(({ title, durationMinutes }) => [title, durationMinutes]));
  const plan = planDay(date, timeZone, (title) => minutes.get(title) ?? Number.POSITIVE_INFINITY);
  const known = await catalogue.films.documents.getMany(plan.map(filmId));
  const shown = plan.filter((planned) => known.get(filmId(planned))?.status === "showing");
  await Promise.all(shown.map((planned) => addShowtime(schedule, date, planned)));
}

async function addShowtime(
  schedule: Schedule,
  date: string,
  { room, title, startsAt, attributes }: Planned,
): Promise<void> {
  await schedule.create(
    {
      filmId: demoId("flm", title),
      auditoriumId: demoId("aud", room),
      startsAt,
      attributes,
      prices: pricesFor(date, attributes),
      status: "on-sale",
    },
    demoId("sht", `${room} ${startsAt}`),
  );
}
