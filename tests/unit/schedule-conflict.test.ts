import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { systemClock } from "../../server/basics/clock.ts";
import { createSchedule, type Schedule } from "../../server/schedule/schedule.ts";
import type { ShowtimeInput } from "../../server/schemas/showtimes.ts";
import { showtimes } from "../../server/store/collections.ts";
import type { Collection, CollectionSpec, Store, Stored } from "../../server/store/port.ts";
import { times } from "../support/counts.ts";
import { openRooms, type Rooms, stock } from "../support/rooms.ts";

const RIVALS = 20;
const HOUR_MS = 3_600_000;

let rooms: Rooms;
let input: ShowtimeInput;
beforeAll(async () => {
  rooms = await openRooms();
  const { filmId, auditoriumId } = await stock(rooms);
  input = { filmId, auditoriumId, startsAt: "", attributes: [], prices: [], status: "draft" };
});
afterAll(() => rooms.close());

/** Rivals want starts within 100 minutes of each other, in one room, at once. */
async function winnersOf(schedule: Schedule, round: number): Promise<number> {
  const base = Date.UTC(2030, 0, 1) + round * 6 * HOUR_MS;
  const outcomes = await Promise.all(
    Array.from({ length: RIVALS }, (_, n) =>
      schedule.create({ ...input, startsAt: new Date(base + n * 5 * 60_000).toISOString() }),
    ),
  );
  for (const outcome of outcomes) if (!outcome.ok) expect(outcome.code).toBe("schedule_conflict");
  return outcomes.filter(({ ok }) => ok).length;
}

/** The same store, without the claim on minutes: then only the look before the write guards. */
function unguarded(store: Store): Store {
  return {
    ...store,
    collection<D extends Stored>(spec: CollectionSpec<D>): Collection<D> {
      const collection = store.collection(spec);
      if (spec.name !== showtimes.name) return collection;
      return {
        ...collection,
        insert: (document) => {
          const { minutes: _, ...rest } = document as unknown as { minutes?: number[] };
          return collection.insert(rest as unknown as typeof document);
        },
      };
    },
  };
}

describe("[U10] one auditorium at a time", () => {
  it("of rivals for overlapping times exactly one wins", async () => {
    for (let round = 0; round < times(20, 100, 1000); round++) expect(await winnersOf(rooms.schedule, round)).toBe(1);
  });

  it("control: without the claim more than one wins", async () => {
    const schedule = createSchedule({ store: unguarded(rooms.store), clock: systemClock, catalogue: rooms.catalogue });
    const winners = await Promise.all(Array.from({ length: 5 }, (_, n) => winnersOf(schedule, -1 - n)));
    for (const count of winners) expect(count).toBeGreaterThan(1);
  });

  it("may begin the second that the room is free, and not one earlier", async () => {
    const at = (text: string) => rooms.schedule.create({ ...input, startsAt: text });
    expect((await at("2031-01-01T10:00:30.000Z")).ok).toBe(true);
    expect(await at("2031-01-01T11:55:29.000Z")).toMatchObject({ code: "schedule_conflict" });
    expect((await at("2031-01-01T11:55:30.000Z")).ok).toBe(true);
    expect(await at("2031-01-01T08:05:31.000Z")).toMatchObject({ code: "schedule_conflict" });
    expect((await at("2031-01-01T08:05:30.000Z")).ok).toBe(true);
  });

  it("a cancelled showtime takes no room", async () => {
    const startsAt = "2032-01-01T10:00:00.000Z";
    const first = await rooms.schedule.create({ ...input, startsAt });
    if (!first.ok) throw new Error(first.message);
    await rooms.store
      .collection(showtimes)
      .update(first.document.id, {}, { set: { status: "cancelled" }, unset: ["minutes"] });
    expect((await rooms.schedule.create({ ...input, startsAt })).ok).toBe(true);
  });
});
