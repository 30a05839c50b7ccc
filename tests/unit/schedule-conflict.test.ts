import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { newId } from "../../server/basics/ids.ts";
import { refuse } from "../../server/protocol/errors.ts";
import { overlap, placeOf } from "../../server/schedule/place.ts";
import type { Schedule } from "../../server/schedule/schedule.ts";
import type { ShowtimeInput } from "../../server/schemas/showtimes.ts";
import { showtimes } from "../../server/store/collections.ts";
import type { Store } from "../../server/store/port.ts";
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
async function winnersOf(schedule: Pick<Schedule, "create">, round: number): Promise<number> {
  const base = Date.UTC(2030, 0, 1) + round * 6 * HOUR_MS;
  const outcomes = await Promise.all(
    Array.from({ length: RIVALS }, (_, n) =>
      schedule.create({ ...input, startsAt: new Date(base + n * 5 * 60_000).toISOString() }),
    ),
  );
  for (const outcome of outcomes) if (!outcome.ok) expect(outcome.code).toBe("schedule_conflict");
  return outcomes.filter(({ ok }) => ok).length;
}

/** The same without the claim: look, then write. */
function lookThenWrite(store: Store): Pick<Schedule, "create"> {
  const documents = store.collection(showtimes);
  return {
    async create({ auditoriumId, ...rest }) {
      const place = placeOf(rest.startsAt, 100);
      const near = await documents.find({ auditoriumId, startsAt: { lt: place.freeAt } });
      if (near.some((other) => overlap(other, place))) return refuse("schedule_conflict", "taken");
      const { blocks: _, ...unclaimed } = place;
      const dated = { id: newId("sht"), createdAt: "", updatedAt: "", layoutId: "" };
      const inserted = await documents.insert({ ...rest, ...unclaimed, ...dated, auditoriumId });
      return inserted.ok ? inserted : refuse("duplicate", "taken");
    },
  };
}

describe("[U10] one auditorium at a time", () => {
  it("of rivals for overlapping times exactly one wins", async () => {
    for (let round = 0; round < times(20, 100, 1000); round++) expect(await winnersOf(rooms.schedule, round)).toBe(1);
  });

  it("control: without the claim more than one wins", async () => {
    const schedule = lookThenWrite(rooms.store);
    const winners = await Promise.all(Array.from({ length: 5 }, (_, n) => winnersOf(schedule, -1 - n)));
    for (const count of winners) expect(count).toBeGreaterThan(1);
  });

  it("rivals that overlap by a minute never both win", async () => {
    for (let round = 0; round < times(50, 200, 2000); round++) {
      const base = Date.UTC(2040, 0, 1) + round * 12 * HOUR_MS;
      const outcomes = await Promise.all(
        [0, 114 * 60_000].map((ms) => rooms.schedule.create({ ...input, startsAt: new Date(base + ms).toISOString() })),
      );
      expect(outcomes.filter(({ ok }) => ok).length).toBeLessThan(2);
    }
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
      .update(first.document.id, {}, { set: { status: "cancelled" }, unset: ["blocks"] });
    expect((await rooms.schedule.create({ ...input, startsAt })).ok).toBe(true);
  });
});
