import { setTimeout as pause } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Catalogue, createCatalogue } from "../../server/catalogue/catalogue.ts";
import { createCalendar } from "../../server/schedule/calendar.ts";
import { createShowtimeChanges, type ShowtimeChanges } from "../../server/schedule/changes.ts";
import { createPriceLists } from "../../server/schedule/price-lists.ts";
import { createSchedule, type Schedule } from "../../server/schedule/schedule.ts";
import { films, genres, showtimes } from "../../server/store/collections.ts";
import type { Collection, Store, Stored } from "../../server/store/port.ts";
import { times } from "../support/counts.ts";
import { diceOf } from "../support/dice.ts";
import { openRooms, type Rooms, stock } from "../support/rooms.ts";

const ROUNDS = times(40, 200, 2000);
const SEED = Number(process.env.SEED ?? Date.now() % 1_000_000);

let rooms: Rooms;
let stocked: Awaited<ReturnType<typeof stock>>;
/** The same rooms on a store that takes its time, so that writers come between each other's steps. */
let catalogue: Catalogue;
let schedule: Schedule;
let changes: ShowtimeChanges;
beforeAll(async () => {
  console.log(`catalogue-removal: SEED=${SEED}`);
  rooms = await openRooms();
  stocked = await stock(rooms);
  const clock = { now: () => Date.now() };
  const store = slow(rooms.store);
  catalogue = createCatalogue({ store, clock });
  const { ticketTypes } = catalogue;
  const calendar = createCalendar("Europe/Madrid");
  const priceLists = createPriceLists({ store, clock, ticketTypes, calendar });
  schedule = createSchedule({ store, clock, catalogue, priceLists });
  changes = createShowtimeChanges({ store, clock, catalogue, priceLists, map: rooms.map, reload: async () => {} });
});
afterAll(() => rooms.close());

function slow(store: Store): Store {
  const dice = diceOf(SEED);
  return {
    ...store,
    collection<D extends Stored>(spec: Parameters<typeof store.collection<D>>[0]): Collection<D> {
      const real = store.collection(spec);
      const late = Object.entries(real).map(([name, call]) => [
        name,
        async (...args: unknown[]) => {
          await pause(dice.below(3));
          return (call as (...all: unknown[]) => Promise<unknown>)(...args);
        },
      ]);
      return Object.fromEntries(late) as Collection<D>;
    },
  };
}

const made = <T extends { ok: boolean }>(outcome: T) => {
  if (!outcome.ok) throw new Error(JSON.stringify(outcome));
  return outcome as Extract<T, { ok: true }>;
};

type Remove = (id: string) => Promise<{ ok: boolean }>;

/** One genre that is deleted while a film wants it, new or not: whether a film is left that points at nothing. */
async function dangles(round: string, remove: Remove): Promise<boolean> {
  const genre = made(await rooms.catalogue.genres.create({ name: `Genre ${round}` })).document;
  const film = made(
    await rooms.catalogue.films.create({ title: `Film ${round}`, durationMinutes: 90, genreIds: [], status: "draft" }),
  ).document;
  const another = { title: `New ${round}`, durationMinutes: 90, genreIds: [genre.id], status: "draft" as const };
  const point = () =>
    film.id < genre.id.replace("gen", "flm")
      ? catalogue.films.addGenre(film.id, null, genre.id)
      : catalogue.films.create(another);
  await Promise.all([
    pause(Math.random() * 5).then(() => remove(genre.id)),
    pause(Math.random() * 10).then(() => point()),
  ]);
  const pointing = await rooms.store.collection(films).find({ genreIds: genre.id });
  return pointing.length > 0 && (await rooms.store.collection(genres).get(genre.id)) === null;
}

describe("[U37] deleting what somebody is about to point at", () => {
  it("never leaves a film whose genre is gone", async () => {
    let deleted = 0;
    const remove: Remove = async (id) => {
      const removed = await catalogue.genres.remove(id, null);
      if (removed.ok) deleted += 1;
      return removed;
    };
    for (let round = 0; round < ROUNDS; round++) expect(await dangles(`${round}`, remove)).toBe(false);
    // Both ways a race can go.
    expect(deleted).toBeGreaterThan(0);
    expect(deleted).toBeLessThan(ROUNDS);
  }, 60_000);

  it("control: looking first and deleting then does", async () => {
    const store = slow(rooms.store);
    const remove: Remove = async (id) => {
      const used = await store.collection(films).findOne({ genreIds: id });
      await pause(5);
      return { ok: used === null && (await store.collection(genres).remove(id)) };
    };
    let dangling = 0;
    for (let round = 0; round < 400 && dangling === 0; round++)
      if (await dangles(`control ${round}`, remove)) dangling += 1;
    expect(dangling).toBeGreaterThan(0);
  }, 60_000);

  it("never leaves a showtime whose film or ticket type is gone", async () => {
    const { films: allFilms, ticketTypes } = rooms.catalogue;
    for (let round = 0; round < ROUNDS; round++) {
      const film = made(
        await allFilms.create({ title: `S ${round}`, durationMinutes: 90, genreIds: [], status: "showing" }),
      ).document;
      const type = made(await ticketTypes.create({ name: `T ${round}`, order: 1, active: true })).document;
      const startsAt = new Date(Date.UTC(2040, 0, round)).toISOString();
      const input = { auditoriumId: stocked.auditoriumId, attributes: [], startsAt, status: "draft" as const };
      const other = made(await rooms.schedule.create({ ...input, filmId: stocked.filmId, prices: [] })).document;
      await Promise.all([
        catalogue.films.remove(film.id, null),
        catalogue.ticketTypes.remove(type.id, null),
        changes.update(other.id, null, {
          filmId: film.id,
          prices: [{ zone: "vip", ticketTypeId: type.id, amount: 1 }],
        }),
      ]);
      const after = await rooms.store.collection(showtimes).get(other.id);
      expect(await allFilms.documents.get(after?.filmId ?? "")).not.toBeNull();
      for (const { ticketTypeId } of after?.prices ?? [])
        expect(await ticketTypes.documents.get(ticketTypeId)).not.toBeNull();
      if (after?.prices.length === 0) expect(after.filmId).toBe(stocked.filmId);
    }
  }, 60_000);

  it("an interrupted deletion stands in nobody's way", async () => {
    const genre = made(await rooms.catalogue.genres.create({ name: "Half gone" })).document;
    await rooms.store.collection(genres).update(genre.id, {}, { set: { leaving: true } });
    const film = { title: "Needs it", durationMinutes: 90, genreIds: [genre.id], status: "draft" as const };
    expect((await rooms.catalogue.films.create(film)).ok).toBe(true);
    const kept = await rooms.store.collection(genres).get(genre.id);
    expect(kept?.leaving).toBeUndefined();
    expect(await rooms.catalogue.genres.remove(genre.id, null)).toMatchObject({ code: "in_use" });
  });
});

describe("[U52] moving a showtime against others who want its place", () => {
  it("never leaves two in one auditorium at one time, and refusals leave all where they were", async () => {
    const dice = diceOf(SEED + 1);
    for (let round = 0; round < times(15, 60, 600); round++) {
      const base = Date.UTC(2050, 0, round * 3);
      const at = (minutes: number) => new Date(base + minutes * 60_000).toISOString();
      const input = { filmId: stocked.filmId, auditoriumId: stocked.auditoriumId, attributes: [], prices: [] };
      const ids: string[] = [];
      for (const minutes of [0, 200, 400])
        ids.push(made(await rooms.schedule.create({ ...input, startsAt: at(minutes), status: "draft" })).document.id);
      await Promise.all([
        ...ids.map((id) => changes.update(id, null, { startsAt: at(dice.below(500)) })),
        schedule.create({ ...input, startsAt: at(dice.below(500)), status: "draft" }),
      ]);
      const day = await rooms.store.collection(showtimes).find({
        auditoriumId: stocked.auditoriumId,
        startsAt: { gte: at(-600), lt: at(1500) },
      });
      const inOrder = day.toSorted((a, b) => (a.startsAt < b.startsAt ? -1 : 1));
      for (const [n, showtime] of inOrder.entries()) {
        const next = inOrder[n + 1];
        if (next !== undefined) expect(showtime.freeAt <= next.startsAt, JSON.stringify([showtime, next])).toBe(true);
        expect(showtime.blocks).toHaveLength(23);
      }
    }
  }, 60_000);
});
