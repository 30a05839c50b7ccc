/** What a session may take and give back. */
import { describe, expect, test } from "vitest";
import {
  type Adapter,
  accepted,
  holds,
  load,
  pays,
  refused,
  request,
  snapshotOf,
  statesOf,
  wants,
} from "../support/seatmap.ts";

export function holdingContract(adapter: Adapter): void {
  describe("holding", () => {
    test("[H1] a hold that names a taken seat changes nothing and lists the taken seats", async () => {
      const { map } = adapter;
      const id = await load(map);
      await holds(map, id, "ann", [3, 4]);
      const before = await snapshotOf(map, id);
      const refusal = refused(await map.hold(wants(id, "ben", [2, 3, 4])));
      expect(refusal).toMatchObject({ why: "seat_taken", seats: [3, 4], delta: null });
      expect(refusal.position).toEqual({ epoch: before.epoch, version: before.version });
      expect(await snapshotOf(map, id)).toMatchObject({ states: before.states, version: before.version });
    });

    test("[H1] [D1] an accepted hold takes all its seats in one version", async () => {
      const { map } = adapter;
      const id = await load(map, { seatCount: 6 });
      const before = await snapshotOf(map, id);
      const answer = accepted(await map.hold(wants(id, "ann", [4, 1, 4])));
      expect(answer.hold).toMatchObject({ sessionId: "ann", seats: [1, 4], graces: 0 });
      expect(answer.delta).toEqual({
        epoch: before.epoch,
        from: before.version,
        version: before.version + 1,
        changes: [
          [1, "H"],
          [4, "H"],
        ],
      });
      expect(answer.position).toEqual({ epoch: before.epoch, version: before.version + 1 });
      expect(await statesOf(map, id)).toBe("AHAAHA");
    });

    test("[H3] a second hold adds to the first, by its token or without", async () => {
      const { map } = adapter;
      const id = await load(map);
      const first = await holds(map, id, "ann", [5], { freshToken: "first" });
      const second = await holds(map, id, "ann", [2], { freshToken: "second" });
      const third = await holds(map, id, "ann", [9], { hold: first.token });
      expect([first.token, second.token, third.token]).toEqual(["first", "first", "first"]);
      expect(third.seats).toEqual([2, 5, 9]);
    });

    test("[H4] adding seats moves the end to now + TTL, never past the cap, which counts from the first seat", async () => {
      const { map, passes } = adapter;
      const id = await load(map);
      const times = { ttlMs: 5_000, capMs: 5_040 };
      const first = accepted(await map.hold(wants(id, "ann", [1], times)));
      expect(first.hold.expiresAt).toBe(first.at + 5_000);
      expect(first.hold.capAt).toBe(first.at + 5_040);
      await passes(20);
      const second = accepted(await map.hold(wants(id, "ann", [2], times)));
      expect(second.hold.expiresAt).toBe(Math.min(second.at + 5_000, first.hold.capAt));
      await passes(60);
      const third = accepted(await map.hold(wants(id, "ann", [3], times)));
      expect(third.hold).toMatchObject({ expiresAt: first.hold.capAt, capAt: first.hold.capAt });
    });

    test("[H4] the TTL of a new hold never goes past its cap", async () => {
      const { map } = adapter;
      const answer = accepted(await map.hold(wants(await load(map), "ann", [1], { ttlMs: 9_000, capMs: 4_000 })));
      expect(answer.hold.expiresAt).toBe(answer.at + 4_000);
    });

    test("[H5] seats already held are not counted twice; a hold with nothing new changes nothing", async () => {
      const { map, passes } = adapter;
      const id = await load(map);
      const first = await holds(map, id, "ann", [1, 2], { maxSeats: 3 });
      await passes(5);
      const again = accepted(await map.hold(wants(id, "ann", [2, 1], { maxSeats: 1 })));
      expect(again).toMatchObject({ hold: first, delta: null });
      expect((await holds(map, id, "ann", [1, 2, 3], { maxSeats: 3 })).seats).toEqual([1, 2, 3]);
    });

    test("[H6] seats held and in payment count together towards the limit", async () => {
      const { map } = adapter;
      const id = await load(map);
      const hold = await holds(map, id, "ann", [1, 2], { maxSeats: 3 });
      await pays(map, id, hold, "ord_1");
      expect((await holds(map, id, "ann", [3], { maxSeats: 3 })).seats).toEqual([3]);
      expect(refused(await map.hold(wants(id, "ann", [4], { maxSeats: 3 })))).toMatchObject({
        why: "hold_limit",
        max: 3,
      });
      await map.settle({ showtimeId: id, booking: { id: "ord_1", version: 3, seats: [1, 2], state: "sold" } });
      expect((await holds(map, id, "ann", [4], { maxSeats: 3 })).seats).toEqual([3, 4]);
    });

    test.each([[[20]], [[-1]], [[1.5]], [[3, 99]], [[]]])(
      "[H7] seats %j are unknown and change nothing",
      async (seats) => {
        const { map } = adapter;
        const id = await load(map, { seatCount: 20 });
        expect(refused(await map.hold(wants(id, "ann", seats))).why).toBe("seat_unknown");
        expect(await statesOf(map, id)).toBe("A".repeat(20));
      },
    );

    test("[H11] another session's token is forbidden, an unknown one has expired", async () => {
      const { map } = adapter;
      const id = await load(map);
      const hold = await holds(map, id, "ann", [1]);
      const other = await load(map);
      const stranger = wants(id, "ben", [2], { hold: hold.token });
      expect(refused(await map.hold(stranger)).why).toBe("forbidden");
      expect(refused(await map.hold(wants(id, "ben", [2], { hold: "nothing" }))).why).toBe("hold_expired");
      expect(refused(await map.hold(wants(other, "ann", [2], { hold: hold.token }))).why).toBe("hold_expired");
      const release = { showtimeId: id, sessionId: "ben", ...request() };
      expect(refused(await map.release({ ...release, hold: hold.token })).why).toBe("forbidden");
      expect(refused(await map.release({ ...release, hold: "nothing" })).why).toBe("hold_expired");
      const payment = { showtimeId: id, sessionId: "ben", seats: [1], bookingId: "ord_1", windowMs: 1_000 };
      expect(refused(await map.beginPayment({ ...payment, hold: hold.token })).why).toBe("forbidden");
      expect(refused(await map.beginPayment({ ...payment, hold: "nothing" })).why).toBe("hold_expired");
      expect(await statesOf(map, id)).toBe(`AH${"A".repeat(18)}`);
    });

    test("[H3] holds of one session in two showtimes are strangers", async () => {
      const { map } = adapter;
      const [one, two] = [await load(map), await load(map)];
      const first = await holds(map, one, "ann", [1]);
      const second = await holds(map, two, "ann", [2]);
      expect(second.token).not.toBe(first.token);
      expect(accepted(await map.holdOf({ showtimeId: one, sessionId: "ann" })).hold).toEqual(first);
    });

    test("[H3] holdOf answers the session's live hold, or null", async () => {
      const { map, other } = adapter;
      const id = await load(map);
      const hold = await holds(map, id, "ann", [1, 2]);
      expect(accepted(await other.holdOf({ showtimeId: id, sessionId: "ann" })).hold).toEqual(hold);
      expect(accepted(await other.holdOf({ showtimeId: id, sessionId: "ben" })).hold).toBeNull();
    });
  });

  describe("releasing", () => {
    test("[H9] seats given back are free, the rest stays held with its time", async () => {
      const { map } = adapter;
      const id = await load(map, { seatCount: 5 });
      const hold = await holds(map, id, "ann", [1, 2, 3]);
      const session = { showtimeId: id, sessionId: "ann" };
      const answer = accepted(await map.release({ ...session, seats: [2, 4, 99], ...request() }));
      expect(answer.hold).toEqual({ ...hold, seats: [1, 3] });
      expect(await statesOf(map, id)).toBe("AHAHA");
      const last = accepted(await map.release({ ...session, hold: hold.token, ...request() }));
      expect(last.hold).toBeNull();
      expect(await statesOf(map, id)).toBe("AAAAA");
      expect(accepted(await map.holdOf(session)).hold).toBeNull();
    });

    test("[H9] a hold of no seats does not exist", async () => {
      const { map } = adapter;
      const id = await load(map);
      await holds(map, id, "ann", [1]);
      const session = { showtimeId: id, sessionId: "ann" };
      expect(accepted(await map.release({ ...session, seats: [1], ...request() })).hold).toBeNull();
      expect(accepted(await map.expire(id)).nextDue).toBeNull();
    });

    test("[H10] nothing to release is ok", async () => {
      const { map } = adapter;
      const id = await load(map);
      const answer = await map.release({ showtimeId: id, sessionId: "ann", ...request() });
      expect(accepted(answer)).toMatchObject({ hold: null, delta: null });
    });

    test("[H9] another session's seats are passed over", async () => {
      const { map } = adapter;
      const id = await load(map, { seatCount: 3 });
      await holds(map, id, "ann", [0]);
      await holds(map, id, "ben", [1]);
      await map.release({ showtimeId: id, sessionId: "ann", seats: [0, 1], ...request() });
      expect(await statesOf(map, id)).toBe("AHA");
    });
  });
}
