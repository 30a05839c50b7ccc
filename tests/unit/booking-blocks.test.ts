import { randomUUID } from "node:crypto";
import { setTimeout as pause } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { systemClock } from "../../server/basics/clock.ts";
import { type Blocks, type BlocksDeps, createBlocks } from "../../server/booking/blocks.ts";
import { createLedger } from "../../server/booking/ledger.ts";
import { bookings } from "../../server/store/collections.ts";
import { times } from "../support/counts.ts";
import { diceOf } from "../support/dice.ts";
import { openRooms, type Rooms, stock } from "../support/rooms.ts";

const ROUNDS = times(20, 200, 2000);
const RIVALS = 4;
/** Longer than it takes to block a seat: some hold before, some in the middle, some after. */
const SPREAD_MS = 8;
const SEED = Number(process.env.SEED ?? Date.now() % 1_000_000);
const dice = diceOf(SEED);

let rooms: Rooms;
let showtimeId: string;
beforeAll(async () => {
  console.log(`booking-blocks: SEED=${SEED}`);
  rooms = await openRooms();
  const { filmId, auditoriumId, prices } = await stock(rooms);
  const startsAt = new Date(Date.now() + 3_600_000).toISOString();
  const made = await rooms.schedule.create({
    ...{ filmId, auditoriumId, prices, startsAt, attributes: [], status: "on-sale" },
  });
  if (!made.ok) throw new Error(made.message);
  showtimeId = made.document.id;
});
afterAll(() => rooms.close());

function blocksOn(map: BlocksDeps["map"], now = systemClock.now): Blocks {
  const { store, showtimes } = rooms;
  const clock = { now };
  const ledger = createLedger({ store, clock });
  return createBlocks({ store, ledger, map, showtimes, clock, reload: async () => {} });
}

const hold = (sessionId: string) =>
  rooms.map.hold({
    ...{ showtimeId, sessionId, seats: [0], requestId: randomUUID(), payloadHash: "h", freshToken: randomUUID() },
    ...{ ttlMs: 60_000, capMs: 60_000, maxSeats: 10 },
  });

/** Some hold a seat while others block it: how many were told that they have it, of either side. */
async function race(blocks: Blocks): Promise<{ held: number; blocked: number }> {
  const sessions = Array.from({ length: RIVALS }, (_, n) => `ses_${n}`);
  const [holds, puts] = await Promise.all([
    Promise.all(sessions.map((sessionId) => pause(dice.next() * SPREAD_MS).then(() => hold(sessionId)))),
    Promise.all(sessions.map(() => blocks.put(showtimeId, { seats: ["A1"], reason: "Wet" }, "usr_a"))),
  ]);
  await blocks.free(showtimeId, ["A1"]);
  for (const sessionId of sessions)
    await rooms.map.release({ showtimeId, sessionId, requestId: randomUUID(), payloadHash: "r" });
  return { held: holds.filter(({ ok }) => ok).length, blocked: puts.filter(({ ok }) => ok).length };
}

describe("blocking against holding", () => {
  it("[C83] one side has the seat, every time", async () => {
    const blocks = blocksOn(rooms.map);
    for (let round = 0; round < ROUNDS; round++) {
      const { held, blocked } = await race(blocks);
      expect([held, blocked > 0], `round ${round}`).toEqual(held === 1 ? [1, false] : [0, true]);
    }
  });

  it("[C83] control: where the map is looked at and written later, both sides have it", async () => {
    const looks: BlocksDeps["map"] = {
      ...rooms.map,
      async hold(command) {
        const looked = await rooms.map.snapshot(command.showtimeId);
        await pause(1);
        if (!looked.ok || looked.snapshot.states[0] !== "A") return { ok: false, why: "not_loaded" };
        const held = {
          token: "t",
          sessionId: command.sessionId,
          seats: command.seats,
          expiresAt: 0,
          capAt: 0,
          graces: 0,
        };
        return { ...looked, hold: held };
      },
    };
    const blocks = blocksOn(looks);
    let both = 0;
    for (let round = 0; round < 20; round++) {
      const { held, blocked } = await race(blocks);
      if (held > 0 && blocked > 0) both++;
    }
    expect(both).toBeGreaterThan(0);
  });
});

describe("a seat that is lent", () => {
  const line = { seatId: "B1", index: 4, ticketTypeId: "t", ticketTypeName: "t", zone: "vip" as const, price: 1 };
  const claims = async () =>
    (await rooms.store.collection(bookings).find({ showtimeId })).flatMap((booking) => booking.claims ?? []);

  it("[C86] is nobody's in the books for a moment only: an order that never comes can't come later", async () => {
    let now = Date.now();
    const blocks = blocksOn(rooms.map, () => now);
    const put = await blocks.put(showtimeId, { seats: ["B1"], reason: "Press" }, "usr_a");
    expect(put.ok).toBe(true);
    const order = { id: `ord_${randomUUID()}`, showtimeId, lines: [line] };
    expect([await blocks.lend(order), await blocks.lend(order)]).toEqual([true, false]);
    expect(await claims()).toEqual([]);
    const [block] = await rooms.store.collection(bookings).find({ showtimeId });
    await blocks.drive(block?.id ?? "");
    expect(await claims()).toEqual([]);
    now += 61_000;
    await blocks.drive(block?.id ?? "");
    expect(await claims()).toEqual([`${showtimeId}:B1`]);
    expect(await rooms.store.collection(bookings).get(order.id)).toMatchObject({ kind: "tombstone" });
    const again = await blocks.put(showtimeId, { seats: ["B1"], reason: "Press, row 1" }, "usr_b");
    expect(again).toMatchObject({ ok: true, seats: [{ reason: "Press, row 1", by: "usr_b" }] });
  });

  it("[C86] that somebody owns by the time it comes back leaves its block", async () => {
    let now = Date.now();
    const blocks = blocksOn(rooms.map, () => now);
    await blocks.lend({ id: `ord_${randomUUID()}`, showtimeId, lines: [line] });
    await rooms.store.collection(bookings).insert({
      ...{ id: `ord_${randomUUID()}`, kind: "order", showtimeId, claims: [`${showtimeId}:B1`], lines: [line] },
      ...{ status: "confirmed", createdAt: new Date().toISOString(), updatedAt: new Date().toISOString() },
    });
    now += 61_000;
    const block = (await rooms.store.collection(bookings).find({ showtimeId })).find(({ kind }) => kind === "block");
    await blocks.drive(block?.id ?? "");
    expect(await blocks.list(showtimeId)).toEqual([]);
    expect(await claims()).toEqual([`${showtimeId}:B1`]);
  });
});
