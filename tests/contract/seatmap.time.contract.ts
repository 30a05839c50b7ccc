/** How holds end. */
import { describe, expect, test } from "vitest";
import { eventually } from "../support/poll.ts";
import {
  type Adapter,
  accepted,
  holds,
  listen,
  load,
  refused,
  request,
  SHORT_MS,
  snapshotOf,
  wants,
} from "../support/seatmap.ts";

export function timeContract(adapter: Adapter): void {
  describe("time", () => {
    test("[H8] extending moves the end to now + TTL, never past the cap, never back", async () => {
      const { map, passes } = adapter;
      const id = await load(map);
      const first = accepted(await map.hold(wants(id, "ann", [1], { ttlMs: 5_000, capMs: 6_000 })));
      const extend = (ttlMs: number) => map.extend({ showtimeId: id, sessionId: "ann", ttlMs, ...request() });
      await passes(10);
      const second = accepted(await extend(5_000));
      expect(second.hold.expiresAt).toBe(second.at + 5_000);
      expect(second.delta).toBeNull();
      expect(accepted(await extend(1)).hold.expiresAt).toBe(second.hold.expiresAt);
      expect(accepted(await extend(99_000)).hold.expiresAt).toBe(first.hold.capAt);
    });

    test("[H8] nothing to extend is hold_expired", async () => {
      const { map } = adapter;
      const id = await load(map);
      const answer = await map.extend({ showtimeId: id, sessionId: "ann", ttlMs: 1_000, ...request() });
      expect(refused(answer).why).toBe("hold_expired");
    });

    test("[H12] [D4] a hold ends with its time: seats free, owner told, everyone told", async () => {
      const { map, passes } = adapter;
      const id = await load(map);
      const told = await listen(map, id);
      const hold = await holds(map, id, "ann", [7], { ttlMs: SHORT_MS });
      await passes(SHORT_MS + 5);
      const answer = accepted(await map.expire(id));
      expect(answer.delta?.changes).toEqual([[7, "A"]]);
      expect(answer.at).toBeGreaterThanOrEqual(hold.expiresAt);
      await eventually(() => told.only("hold").length === 1);
      expect(told.only("hold")[0]).toMatchObject({ sessionId: "ann", hold: null, reason: "expired" });
      await eventually(() => told.only("changed").length === 2);
      expect(told.only("changed").map(({ delta }) => delta.changes)).toEqual([[[7, "H"]], [[7, "A"]]]);
      expect(accepted(await map.holdOf({ showtimeId: id, sessionId: "ann" })).hold).toBeNull();
    });

    test("[H12] expire leaves alone what is not due and says when the next is", async () => {
      const { map } = adapter;
      const id = await load(map);
      expect(accepted(await map.expire(id))).toMatchObject({ overdue: [], nextDue: null, delta: null });
      const later = await holds(map, id, "ann", [1], { ttlMs: 50_000 });
      const sooner = await holds(map, id, "ben", [2], { ttlMs: 40_000 });
      expect(accepted(await map.expire(id))).toMatchObject({ overdue: [], nextDue: sooner.expiresAt, delta: null });
      await map.release({ showtimeId: id, sessionId: "ben", ...request() });
      expect(accepted(await map.expire(id)).nextDue).toBe(later.expiresAt);
    });

    test("[H13] [D2] a seat whose hold is over goes to the next who asks, without a sweep, in one version", async () => {
      const { map, passes } = adapter;
      const id = await load(map);
      await holds(map, id, "ann", [1, 2], { ttlMs: SHORT_MS });
      const before = await snapshotOf(map, id);
      await passes(SHORT_MS + 5);
      const answer = accepted(await map.hold(wants(id, "ben", [2, 3])));
      expect(answer.delta).toMatchObject({ from: before.version, version: before.version + 1 });
      expect(answer.delta?.changes).toEqual([
        [1, "A"],
        [3, "H"],
      ]);
    });

    test("[D2] a seat that changes hands within one command did not change for anyone", async () => {
      const { map, passes } = adapter;
      const id = await load(map);
      await holds(map, id, "ann", [1], { ttlMs: SHORT_MS });
      const before = await snapshotOf(map, id);
      await passes(SHORT_MS + 5);
      const answer = accepted(await map.hold(wants(id, "ben", [1])));
      expect(answer).toMatchObject({ delta: null, position: { version: before.version } });
      expect(accepted(await map.holders(id)).holders).toMatchObject([{ index: 1, by: { sessionId: "ben" } }]);
    });

    test("[D4] a refused command that ended holds on its way moves the version and says so", async () => {
      const { map, passes } = adapter;
      const id = await load(map);
      await holds(map, id, "ben", [2]);
      await holds(map, id, "ann", [1], { ttlMs: SHORT_MS });
      const before = await snapshotOf(map, id);
      await passes(SHORT_MS + 5);
      const refusal = refused(await map.hold(wants(id, "cid", [1, 2])));
      expect(refusal).toMatchObject({ why: "seat_taken", seats: [2], delta: { changes: [[1, "A"]] } });
      expect(refusal.position?.version).toBe(before.version + 1);
    });

    test("[H13] a hold that is over can be neither extended, added to by token, paid nor released by token", async () => {
      const { map, passes } = adapter;
      const id = await load(map);
      const { token } = await holds(map, id, "ann", [1], { ttlMs: SHORT_MS });
      await passes(SHORT_MS + 5);
      const session = { showtimeId: id, sessionId: "ann" };
      const answers = [
        await map.extend({ ...session, ttlMs: 1_000, ...request() }),
        await map.hold(wants(id, "ann", [2], { hold: token })),
        await map.beginPayment({ ...session, hold: token, seats: [1], bookingId: "ord_1", windowMs: 1_000 }),
        await map.release({ ...session, hold: token, ...request() }),
      ];
      for (const answer of answers) expect(refused(answer).why).toBe("hold_expired");
    });

    test("[H12] a session that went on holding after an expiry has a new hold with a cap of its own", async () => {
      const { map, passes } = adapter;
      const id = await load(map);
      const first = await holds(map, id, "ann", [1], { ttlMs: SHORT_MS, freshToken: "first" });
      await passes(SHORT_MS + 5);
      const second = await holds(map, id, "ann", [2], { freshToken: "second" });
      expect(second).toMatchObject({ token: "second", seats: [2] });
      expect(second.capAt).toBeGreaterThan(first.capAt);
    });
  });
}
