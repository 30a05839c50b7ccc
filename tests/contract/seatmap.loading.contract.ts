/** A map that is not known, being filled, or forgotten. */
import { describe, expect, test } from "vitest";
import { eventually } from "../support/poll.ts";
import {
  type Adapter,
  accepted,
  holds,
  listen,
  load,
  newShowtimeId,
  pays,
  refused,
  request,
  SHORT_MS,
  snapshotOf,
  statesOf,
  wants,
} from "../support/seatmap.ts";

export function loadingContract(adapter: Adapter): void {
  describe("loading", () => {
    test("[H32] a showtime that was never loaded is not_loaded for every command", async () => {
      const { map } = adapter;
      const id = newShowtimeId();
      const session = { showtimeId: id, sessionId: "ann" };
      const answers = [
        await map.hold(wants(id, "ann", [1])),
        await map.extend({ ...session, ttlMs: 1, ...request() }),
        await map.release({ ...session, ...request() }),
        await map.holdOf(session),
        await map.beginPayment({ ...session, hold: "t", seats: [1], bookingId: "ord_1", windowMs: 1 }),
        await map.settle({ showtimeId: id, booking: { id: "ord_1", version: 1, seats: [], state: "sold" } }),
        await map.endPayment({ showtimeId: id, bookingId: "ord_1", version: 1 }),
        await map.expire(id),
        await map.snapshot(id),
        await map.since(id, { epoch: "e", version: 1 }),
        await map.holders(id),
      ];
      for (const answer of answers) expect(refused(answer).why).toBe("not_loaded");
      expect(await map.finishLoad({ showtimeId: id, epoch: "e", bookings: [] })).toBe(false);
      expect(await map.counts([id])).toEqual([null]);
    });

    test("[H32] while it is loading sessions are refused, and the ledger's word is kept", async () => {
      const { map } = adapter;
      const id = await load(map, { seatCount: 4 });
      const { epoch } = await map.beginLoad({ showtimeId: id, seatCount: 4, layoutVersion: 1, keepMs: 60_000 });
      expect(refused(await map.hold(wants(id, "ann", [1]))).why).toBe("not_loaded");
      expect(refused(await map.snapshot(id)).why).toBe("not_loaded");
      expect(await map.counts([id])).toEqual([null]);
      const settle = (booking: string, version: number, seats: number[]) =>
        map.settle({ showtimeId: id, booking: { id: booking, version, seats, state: "sold" } });
      accepted(await settle("ord_1", 3, [1]));
      accepted(await settle("ord_1", 2, [0]));
      accepted(await settle("ord_2", 2, [2]));
      accepted(await map.endPayment({ showtimeId: id, bookingId: "ord_3", version: 2 }));
      const bookings = [
        { id: "ord_1", version: 1, seats: [0], state: "sold" as const },
        { id: "ord_2", version: 5, seats: [], state: "sold" as const },
        { id: "ord_3", version: 1, seats: [3], state: "paying" as const, sessionId: "ann", deadline: 1 },
      ];
      expect(await map.finishLoad({ showtimeId: id, epoch, bookings })).toBe(true);
      expect(await statesOf(map, id)).toBe("ASAA");
    });

    test("[H33] the ledger is laid over: sold, blocked and paying seats are there again", async () => {
      const { map } = adapter;
      const deadline = (await map.now()) + 50_000;
      const id = await load(map, {
        seatCount: 5,
        bookings: [
          { id: "ord_1", version: 3, seats: [0], state: "sold" },
          { id: "ord_2", version: 1, seats: [1, 2], state: "paying", sessionId: "ann", deadline },
          { id: "blk_1", version: 1, seats: [4], state: "blocked" },
        ],
      });
      const { states, counts } = await snapshotOf(map, id);
      expect(states).toBe("SHHAB");
      expect(counts).toEqual({ capacity: 5, available: 1, held: 2, sold: 1, blocked: 1 });
      expect(accepted(await map.expire(id)).nextDue).toBe(deadline);
      expect(refused(await map.hold(wants(id, "ann", [3], { maxSeats: 2 }))).why).toBe("hold_limit");
      const late = { id: "ord_1", version: 2, seats: [3], state: "sold" as const };
      expect(accepted(await map.settle({ showtimeId: id, booking: late })).delta).toBeNull();
    });

    test("[H33] [D7] holds survive a rebuild with their time; a booking in their way evicts them", async () => {
      const { map } = adapter;
      const id = await load(map, { seatCount: 5 });
      const before = await snapshotOf(map, id);
      const ann = await holds(map, id, "ann", [0, 1]);
      await holds(map, id, "ben", [2]);
      const told = await listen(map, id);
      const bookings = [{ id: "ord_1", version: 1, seats: [1, 2], state: "sold" as const }];
      await load(map, { showtimeId: id, seatCount: 5, bookings });
      const after = await snapshotOf(map, id);
      expect(after.states).toBe("HSSAA");
      expect(after.epoch).not.toBe(before.epoch);
      expect(accepted(await map.holdOf({ showtimeId: id, sessionId: "ann" })).hold).toEqual({ ...ann, seats: [0] });
      await eventually(() => told.messages.length === 3);
      expect(told.messages[0]).toEqual({ kind: "reset", showtimeId: id });
      expect(told.only("hold").map(({ sessionId, reason }) => [sessionId, reason])).toEqual([
        ["ann", "evicted"],
        ["ben", "evicted"],
      ]);
    });

    test("[H33] a rebuild frees what the ledger no longer has, but not a checkout on its way there", async () => {
      const { map } = adapter;
      const id = await load(map, {
        seatCount: 4,
        bookings: [{ id: "ord_1", version: 2, seats: [0], state: "sold" }],
      });
      await pays(map, id, await holds(map, id, "ann", [1]), "ord_2");
      await pays(map, id, await holds(map, id, "ann", [2]), "ord_3");
      const attached = {
        id: "ord_3",
        version: 1,
        seats: [2],
        state: "paying" as const,
        sessionId: "ann",
        deadline: 9,
      };
      await map.settle({ showtimeId: id, booking: attached });
      await load(map, { showtimeId: id, seatCount: 4 });
      expect(await statesOf(map, id)).toBe("AHAA");
      accepted(await map.endPayment({ showtimeId: id, bookingId: "ord_2", version: 1 }));
      expect(accepted(await map.settle({ showtimeId: id, booking: attached })).delta).toBeNull();
      expect(await statesOf(map, id)).toBe("AAAA");
    });

    test("[H33] another layout leaves nothing of the old map", async () => {
      const { map } = adapter;
      const id = await load(map, { seatCount: 4 });
      await holds(map, id, "ann", [1]);
      await load(map, { showtimeId: id, seatCount: 4, layoutVersion: 2 });
      expect(await snapshotOf(map, id)).toMatchObject({ states: "AAAA", layoutVersion: 2 });
      expect(accepted(await map.holdOf({ showtimeId: id, sessionId: "ann" })).hold).toBeNull();
      await load(map, { showtimeId: id, seatCount: 6, layoutVersion: 2 });
      expect(await statesOf(map, id)).toBe("AAAAAA");
    });

    test("[D13] of two loads only the later can be finished; finishing twice is harmless", async () => {
      const { map, other } = adapter;
      const shape = { showtimeId: newShowtimeId(), seatCount: 3, layoutVersion: 1, keepMs: 60_000 };
      const { showtimeId } = shape;
      const first = await map.beginLoad(shape);
      const second = await other.beginLoad(shape);
      expect(await map.finishLoad({ showtimeId, epoch: first.epoch, bookings: [] })).toBe(false);
      expect(refused(await map.snapshot(showtimeId)).why).toBe("not_loaded");
      const finish = { showtimeId, epoch: second.epoch, bookings: [] };
      expect(await other.finishLoad(finish)).toBe(true);
      await holds(map, showtimeId, "ann", [1]);
      expect(await map.finishLoad(finish)).toBe(true);
      expect(await statesOf(map, showtimeId)).toBe("AHA");
    });

    test("[D14] of two servers that find a map lost, the second leaves what the first has rebuilt", async () => {
      const { map, other } = adapter;
      const shape = { showtimeId: newShowtimeId(), seatCount: 3, layoutVersion: 1, keepMs: 60_000, unlessOpen: true };
      const { showtimeId } = shape;
      const first = await map.beginLoad(shape);
      expect(first.open).toBe(false);
      expect(await map.finishLoad({ showtimeId, epoch: first.epoch, bookings: [] })).toBe(true);
      expect(await other.beginLoad(shape)).toEqual({ epoch: first.epoch, open: true });
      await holds(other, showtimeId, "ann", [1]);
      const forced = await other.beginLoad({ ...shape, unlessOpen: false });
      expect(forced.open).toBe(false);
      expect(forced.epoch).not.toBe(first.epoch);
    });

    test("[H39] a map that nobody uses is forgotten", async () => {
      const { map, passes } = adapter;
      const id = await load(map, { keepMs: 4 * SHORT_MS });
      await passes(5 * SHORT_MS);
      expect(refused(await map.snapshot(id)).why).toBe("not_loaded");
    });

    test("[H39] using a map keeps it", async () => {
      const { map, passes } = adapter;
      const id = await load(map, { keepMs: 10 * SHORT_MS });
      for (let n = 0; n < 6; n++) {
        await passes(2 * SHORT_MS);
        accepted(await map.expire(id));
      }
      await holds(map, id, "ann", [1]);
    });
  });
}
