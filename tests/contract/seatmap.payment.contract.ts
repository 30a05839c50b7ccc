/** From a hold to its payment and back. */
import { describe, expect, test } from "vitest";
import { eventually } from "../support/poll.ts";
import {
  type Adapter,
  accepted,
  backOf,
  holds,
  listen,
  load,
  pays,
  refused,
  request,
  SHORT_MS,
  snapshotOf,
  statesOf,
} from "../support/seatmap.ts";

export function paymentContract(adapter: Adapter): void {
  describe("payment", () => {
    test("[H18] a hold in payment is no hold any more, and its seats stay taken", async () => {
      const { map } = adapter;
      const id = await load(map, { seatCount: 4 });
      const told = await listen(map, id);
      const hold = await holds(map, id, "ann", [1, 2]);
      const before = await snapshotOf(map, id);
      const payment = await pays(map, id, hold, "ord_1", 5_000);
      expect(payment).toMatchObject({ hold, deadline: payment.at + 5_000, delta: null });
      expect(await snapshotOf(map, id)).toMatchObject({ states: "AHHA", version: before.version });
      const session = { showtimeId: id, sessionId: "ann" };
      expect(accepted(await map.holdOf(session)).hold).toBeNull();
      expect(refused(await map.release({ ...session, hold: hold.token, ...request() })).why).toBe("hold_expired");
      const next = await holds(map, id, "ann", [3], { freshToken: "next" });
      expect(next).toMatchObject({ token: "next", seats: [3] });
      await eventually(() => told.only("hold").length === 1);
      expect(told.only("hold")[0]).toMatchObject({ sessionId: "ann", hold: null, reason: "paying" });
    });

    test("[H19] the seats named must be the hold's exactly, in any order", async () => {
      const { map } = adapter;
      const id = await load(map);
      const { token } = await holds(map, id, "ann", [1, 2]);
      const pay = (seats: number[]) =>
        map.beginPayment({
          showtimeId: id,
          sessionId: "ann",
          hold: token,
          seats,
          bookingId: "ord_1",
          windowMs: 9_000,
        });
      for (const seats of [[1], [1, 2, 3], [], [2, 3]]) expect(refused(await pay(seats)).why).toBe("lines_mismatch");
      expect(accepted(await pay([2, 1])).hold.seats).toEqual([1, 2]);
    });

    test("[H20] beginning again with the same booking answers the same", async () => {
      const { map, other, passes } = adapter;
      const id = await load(map);
      const hold = await holds(map, id, "ann", [1, 2]);
      const first = await pays(map, id, hold, "ord_1");
      await passes(5);
      const again = await pays(other, id, hold, "ord_1");
      expect(again).toMatchObject({ hold: first.hold, deadline: first.deadline, delta: null });
      await map.settle({
        showtimeId: id,
        booking: {
          id: "ord_1",
          version: 1,
          seats: [1, 2],
          state: "paying",
          sessionId: "ann",
          deadline: first.deadline,
        },
      });
      expect(await pays(map, id, hold, "ord_1")).toMatchObject({ hold: first.hold, deadline: first.deadline });
    });

    test("[H20] a booking that has ended begins no payment any more", async () => {
      const { map } = adapter;
      const id = await load(map);
      const hold = await holds(map, id, "ann", [1]);
      await map.endPayment({ showtimeId: id, bookingId: "ord_1", version: 1 });
      const payment = { showtimeId: id, sessionId: "ann", hold: hold.token, seats: [1], windowMs: 9_000 };
      expect(refused(await map.beginPayment({ ...payment, bookingId: "ord_1" })).why).toBe("hold_expired");
      expect(accepted(await map.holdOf({ showtimeId: id, sessionId: "ann" })).hold).toEqual(hold);
    });

    test("[H21] seats in payment outlive the hold's time and the window; past it they are listed as overdue", async () => {
      const { map, passes } = adapter;
      const id = await load(map, { seatCount: 3 });
      const hold = await holds(map, id, "ann", [1], { ttlMs: 3 * SHORT_MS });
      const { deadline } = await pays(map, id, hold, "ord_1", 4 * SHORT_MS);
      expect(accepted(await map.expire(id))).toMatchObject({ overdue: [], nextDue: deadline });
      await passes(4 * SHORT_MS + 5);
      const answer = accepted(await map.expire(id));
      expect(answer).toMatchObject({ overdue: ["ord_1"], nextDue: null, delta: null });
      expect(await statesOf(map, id)).toBe("AHA");
      await map.endPayment({ showtimeId: id, bookingId: "ord_1", version: 1 });
      expect(accepted(await map.expire(id)).overdue).toEqual([]);
      expect(await statesOf(map, id)).toBe("AAA");
    });

    test("[H22] declined: the seats are the session's hold again, and nobody else sees a change", async () => {
      const { map } = adapter;
      const id = await load(map);
      const told = await listen(map, id);
      const hold = await holds(map, id, "ann", [1, 2]);
      await pays(map, id, hold, "ord_1");
      const end = { showtimeId: id, bookingId: "ord_1", version: 2, back: backOf(hold) };
      const answer = accepted(await map.endPayment(end));
      expect(answer).toMatchObject({ hold, delta: null });
      expect(accepted(await map.holdOf({ showtimeId: id, sessionId: "ann" })).hold).toEqual(hold);
      await eventually(() => told.only("hold").length === 2);
      expect(told.only("hold")[1]).toMatchObject({ sessionId: "ann", hold, reason: "declined" });
      expect(accepted(await map.endPayment(end))).toMatchObject({ hold, delta: null });
      await map.release({ showtimeId: id, sessionId: "ann", ...request() });
      expect(accepted(await map.endPayment(end)).hold).toBeNull();
      expect(await statesOf(map, id)).toBe("A".repeat(20));
    });

    test("[H23] declined seats join the hold that the session has meanwhile; no deadline moves back", async () => {
      const { map } = adapter;
      const id = await load(map);
      const first = await holds(map, id, "ann", [1], { freshToken: "first", ttlMs: 700_000, capMs: 800_000 });
      await pays(map, id, first, "ord_1");
      const second = await holds(map, id, "ann", [5], { freshToken: "second", ttlMs: 100_000, capMs: 900_000 });
      const { hold } = accepted(
        await map.endPayment({ showtimeId: id, bookingId: "ord_1", version: 2, back: backOf(first) }),
      );
      expect(hold).toMatchObject({ token: "second", seats: [1, 5], expiresAt: first.expiresAt, capAt: second.capAt });
    });

    test("[H24] a decline grants the least time to what has less, and counts it", async () => {
      const { map } = adapter;
      const id = await load(map);
      const hold = await holds(map, id, "ann", [1], { ttlMs: 20_000, capMs: 30_000 });
      await pays(map, id, hold, "ord_1");
      const answer = accepted(
        await map.endPayment({ showtimeId: id, bookingId: "ord_1", version: 2, back: backOf(hold) }),
      );
      expect(answer.hold).toMatchObject({ expiresAt: answer.at + 60_000, capAt: answer.at + 60_000, graces: 1 });
    });

    test("[H24] a decline with time enough is not counted", async () => {
      const { map } = adapter;
      const id = await load(map);
      const hold = await holds(map, id, "ann", [1]);
      await pays(map, id, hold, "ord_1");
      const back = backOf({ ...hold, graces: 2 });
      const answer = accepted(await map.endPayment({ showtimeId: id, bookingId: "ord_1", version: 2, back }));
      expect(answer.hold).toEqual({ ...hold, graces: 2 });
    });

    test("[H25] when the graces are used up the seats go free", async () => {
      const { map } = adapter;
      const id = await load(map, { seatCount: 3 });
      const told = await listen(map, id);
      const hold = await holds(map, id, "ann", [1], { ttlMs: 20_000 });
      await pays(map, id, hold, "ord_1");
      const back = backOf({ ...hold, graces: 2 });
      const answer = accepted(await map.endPayment({ showtimeId: id, bookingId: "ord_1", version: 2, back }));
      expect(answer).toMatchObject({ hold: null, delta: { changes: [[1, "A"]] } });
      await eventually(() => told.only("hold").length === 2);
      expect(told.only("hold")[1]).toMatchObject({ sessionId: "ann", hold: null, reason: "expired" });
    });

    test("[H26] a payment that ends without a hold to give back frees its seats", async () => {
      const { map } = adapter;
      const id = await load(map, { seatCount: 3 });
      const told = await listen(map, id);
      await pays(map, id, await holds(map, id, "ann", [1]), "ord_1");
      const next = await holds(map, id, "ann", [0]);
      const answer = accepted(await map.endPayment({ showtimeId: id, bookingId: "ord_1", version: 2 }));
      expect(answer).toMatchObject({ hold: null, delta: { changes: [[1, "A"]] } });
      await eventually(() => told.only("hold").length === 2);
      expect(told.only("hold")[1]).toMatchObject({ sessionId: "ann", hold: next, reason: "expired" });
    });

    test("[H26] the end of a payment that the map never saw is remembered: a late word of it changes nothing", async () => {
      const { map } = adapter;
      const id = await load(map, { seatCount: 3 });
      accepted(await map.endPayment({ showtimeId: id, bookingId: "ord_1", version: 3 }));
      const late = { id: "ord_1", version: 2, seats: [1], state: "paying" as const, sessionId: "ann", deadline: 1 };
      expect(accepted(await map.settle({ showtimeId: id, booking: late })).delta).toBeNull();
      expect(await statesOf(map, id)).toBe("AAA");
    });
  });
}
