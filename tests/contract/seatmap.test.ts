import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { applyChanges } from "../../server/protocol/feed.ts";
import { countStates } from "../../server/protocol/states.ts";
import { eventually } from "../support/poll.ts";
import {
  ADAPTERS,
  type Adapter,
  accepted,
  backOf,
  holds,
  listen,
  load,
  newShowtimeId,
  pays,
  refused,
  request,
  snapshotOf,
  statesOf,
  wants,
} from "../support/seatmap.ts";

/** Long enough that a busy machine does not end it by accident, short enough to wait for. */
const SHORT_MS = 120;

describe.each(ADAPTERS)("seat map: $name", (kind) => {
  describe.skipIf(!kind.isHere)("contract", () => {
    let adapter: Adapter;
    beforeAll(async () => {
      adapter = await kind.open();
    });
    afterAll(() => adapter?.close());

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
        await holds(map, id, "ann", [1], { ttlMs: SHORT_MS });
        await holds(map, id, "ben", [2]);
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

    describe("requests sent twice", () => {
      test("[H14] the same id and payload gets the first answer, whichever server is asked", async () => {
        const { map, other, passes } = adapter;
        const id = await load(map);
        const command = wants(id, "ann", [1, 2]);
        const first = accepted(await map.hold(command));
        await holds(map, id, "ben", [5]);
        await passes(5);
        const again = accepted(await other.hold({ ...command, freshToken: "another" }));
        expect(again).toEqual({ ...first, delta: null });
        expect(accepted(await map.holdOf({ showtimeId: id, sessionId: "ann" })).hold).toEqual(first.hold);
      });

      test("[H14] a repeated release does not release what was held since", async () => {
        const { map } = adapter;
        const id = await load(map, { seatCount: 3 });
        await holds(map, id, "ann", [0]);
        const command = { showtimeId: id, sessionId: "ann", ...request() };
        const first = accepted(await map.release(command));
        await holds(map, id, "ann", [1]);
        expect(accepted(await map.release(command))).toEqual({ ...first, delta: null });
        expect(await statesOf(map, id)).toBe("AHA");
      });

      test("[H14] a repeated extension does not extend again", async () => {
        const { map, passes } = adapter;
        const id = await load(map);
        await holds(map, id, "ann", [0], { ttlMs: 5_000 });
        const command = { showtimeId: id, sessionId: "ann", ttlMs: 7_000, ...request() };
        const first = accepted(await map.extend(command));
        await passes(10);
        expect(accepted(await map.extend(command)).hold).toEqual(first.hold);
        expect(accepted(await map.holdOf({ showtimeId: id, sessionId: "ann" })).hold).toEqual(first.hold);
      });

      test("[H15] the same id with another payload is a mismatch and changes nothing", async () => {
        const { map } = adapter;
        const id = await load(map, { seatCount: 3 });
        const command = wants(id, "ann", [0]);
        await map.hold(command);
        const answer = await map.hold({ ...command, seats: [1], payloadHash: "another" });
        expect(refused(answer).why).toBe("request_mismatch");
        expect(await statesOf(map, id)).toBe("HAA");
      });

      test("[H14] ids belong to a session: another session's are its own", async () => {
        const { map } = adapter;
        const id = await load(map);
        const command = wants(id, "ann", [0]);
        await map.hold(command);
        const other = await map.hold({ ...command, sessionId: "ben", seats: [1], payloadHash: "x", freshToken: "ben" });
        expect(accepted(other).hold.seats).toEqual([1]);
      });

      test("[H16] the last 64 accepted ids of a session are kept", async () => {
        const { map } = adapter;
        const id = await load(map);
        const first = accepted(await map.hold(wants(id, "ann", [0], { requestId: "request 0" })));
        const extend = (requestId: string) =>
          map.extend({ showtimeId: id, sessionId: "ann", ttlMs: 600_000, requestId, payloadHash: "hash" });
        for (let n = 1; n < 64; n++) accepted(await extend(`request ${n}`));
        const again = () => map.hold(wants(id, "ann", [0], { requestId: "request 0", payloadHash: "other" }));
        expect(refused(await again()).why).toBe("request_mismatch");
        accepted(await extend("request 64"));
        expect(accepted(await again()).hold.token).toBe(first.hold.token);
        expect(
          refused(await map.extend({ ...wants(id, "ann", []), requestId: "request 2", payloadHash: "x" })).why,
        ).toBe("request_mismatch");
      });

      test("[H17] a refusal is judged again", async () => {
        const { map } = adapter;
        const id = await load(map);
        await holds(map, id, "ann", [0]);
        const command = wants(id, "ben", [0]);
        expect(refused(await map.hold(command)).why).toBe("seat_taken");
        await map.release({ showtimeId: id, sessionId: "ann", ...request() });
        expect(accepted(await map.hold(command)).hold.seats).toEqual([0]);
      });
    });

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
        const hold = await holds(map, id, "ann", [1], { ttlMs: SHORT_MS });
        const { deadline } = await pays(map, id, hold, "ord_1", 2 * SHORT_MS);
        expect(accepted(await map.expire(id))).toMatchObject({ overdue: [], nextDue: deadline });
        await passes(2 * SHORT_MS + 5);
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

    describe("the ledger's word", () => {
      test("[H27] a booking owns exactly the seats listed, in the state given", async () => {
        const { map } = adapter;
        const id = await load(map, { seatCount: 5 });
        const settle = (version: number, seats: number[], state: "paying" | "sold" | "blocked") =>
          map.settle({ showtimeId: id, booking: { id: "ord_1", version, seats, state } });
        accepted(await settle(1, [0, 1, 2], "sold"));
        expect(await statesOf(map, id)).toBe("SSSAA");
        accepted(await settle(2, [3, 1], "sold"));
        expect(await statesOf(map, id)).toBe("ASASA");
        accepted(await settle(3, [1], "blocked"));
        expect(await statesOf(map, id)).toBe("ABAAA");
        accepted(await settle(4, [], "sold"));
        expect(await statesOf(map, id)).toBe("AAAAA");
      });

      test("[H27] a version not above the one known changes nothing", async () => {
        const { map } = adapter;
        const id = await load(map, { seatCount: 3 });
        const settle = (version: number, seats: number[]) =>
          map.settle({ showtimeId: id, booking: { id: "ord_1", version, seats, state: "sold" } });
        accepted(await settle(5, [0]));
        for (const version of [5, 4, 1]) expect(accepted(await settle(version, [1])).delta).toBeNull();
        expect(await statesOf(map, id)).toBe("SAA");
      });

      test("[H28] it takes seats from holds, and tells their owners what is left", async () => {
        const { map } = adapter;
        const id = await load(map, { seatCount: 5 });
        const told = await listen(map, id);
        const ann = await holds(map, id, "ann", [0, 1]);
        await holds(map, id, "ben", [2]);
        const booking = { id: "ord_1", version: 1, seats: [1, 2, 3], state: "sold" as const };
        accepted(await map.settle({ showtimeId: id, booking }));
        expect(await statesOf(map, id)).toBe("HSSSA");
        await eventually(() => told.only("hold").length === 2);
        expect(told.only("hold")).toEqual([
          { kind: "hold", showtimeId: id, sessionId: "ann", hold: { ...ann, seats: [0] }, reason: "evicted" },
          { kind: "hold", showtimeId: id, sessionId: "ben", hold: null, reason: "evicted" },
        ]);
        expect(accepted(await map.holdOf({ showtimeId: id, sessionId: "ben" })).hold).toBeNull();
      });

      test("[H28] the later of two bookings has the seat, and the earlier no longer frees it", async () => {
        const { map } = adapter;
        const id = await load(map, { seatCount: 3 });
        const settle = (booking: string, version: number, seats: number[]) =>
          map.settle({ showtimeId: id, booking: { id: booking, version, seats, state: "sold" } });
        await settle("ord_1", 1, [0, 1]);
        await settle("ord_2", 1, [1, 2]);
        await settle("ord_1", 2, []);
        expect(await statesOf(map, id)).toBe("ASS");
      });

      test("[H29] a payment that becomes a sale tells its session, once", async () => {
        const { map } = adapter;
        const id = await load(map, { seatCount: 3 });
        const told = await listen(map, id);
        await pays(map, id, await holds(map, id, "ann", [1]), "ord_1");
        const sale = { id: "ord_1", version: 4, seats: [1], state: "sold" as const, sessionId: "ann" };
        accepted(await map.settle({ showtimeId: id, booking: sale }));
        accepted(await map.settle({ showtimeId: id, booking: { ...sale, version: 5 } }));
        await holds(map, id, "ben", [2]);
        await eventually(() => told.only("changed").length === 3);
        expect(told.only("hold").map(({ reason }) => reason)).toEqual(["paying", "sold"]);
        expect(await statesOf(map, id)).toBe("ASH");
      });

      test("[H30] holders name who has which seat until when", async () => {
        const { map } = adapter;
        const id = await load(map, { seatCount: 6 });
        const ann = await holds(map, id, "ann", [1]);
        const { deadline } = await pays(map, id, await holds(map, id, "ben", [2]), "ord_1");
        await map.settle({ showtimeId: id, booking: { id: "ord_2", version: 1, seats: [4, 5], state: "sold" } });
        await map.settle({ showtimeId: id, booking: { id: "blk_1", version: 1, seats: [0], state: "blocked" } });
        expect(accepted(await map.holders(id)).holders).toEqual([
          { index: 0, by: { kind: "booking", bookingId: "blk_1", state: "blocked" } },
          { index: 1, by: { kind: "hold", sessionId: "ann", until: ann.expiresAt } },
          { index: 2, by: { kind: "booking", bookingId: "ord_1", state: "paying", until: deadline } },
          { index: 4, by: { kind: "booking", bookingId: "ord_2", state: "sold" } },
          { index: 5, by: { kind: "booking", bookingId: "ord_2", state: "sold" } },
        ]);
      });
    });

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
        const id = await load(map, { keepMs: SHORT_MS });
        await passes(2 * SHORT_MS);
        expect(refused(await map.snapshot(id)).why).toBe("not_loaded");
      });

      test("[H39] using a map keeps it", async () => {
        const { map, passes } = adapter;
        const id = await load(map, { keepMs: 4 * SHORT_MS });
        for (let n = 0; n < 6; n++) {
          await passes(SHORT_MS);
          accepted(await map.expire(id));
        }
        await holds(map, id, "ann", [1]);
      });
    });

    describe("what everyone sees", () => {
      test("[D3] [D5] [D12] watchers on every server get each version once, in order, with true counts", async () => {
        const { map, other } = adapter;
        const id = await load(map, { seatCount: 30 });
        const start = await snapshotOf(map, id);
        const [here, there] = [await listen(map, id), await listen(other, id)];
        for (let n = 0; n < 20; n++) {
          const server = n % 2 === 0 ? map : other;
          await holds(server, id, `session ${n}`, [n]);
          if (n % 3 === 0) await server.release({ showtimeId: id, sessionId: `session ${n}`, ...request() });
        }
        const end = await snapshotOf(map, id);
        for (const { only } of [here, there]) {
          await eventually(() => only("changed").length === end.version - start.version);
          let states = start.states;
          let version = start.version;
          for (const { delta, counts } of only("changed")) {
            expect(delta).toMatchObject({ epoch: start.epoch, from: version, version: version + 1 });
            states = applyChanges(states, delta.changes) ?? "";
            version = delta.version;
            expect(counts).toEqual(countStates(states));
          }
          expect(states).toBe(end.states);
        }
      });

      test("[D1] commands that change nothing visible move no version and tell nothing", async () => {
        const { map } = adapter;
        const id = await load(map);
        const hold = await holds(map, id, "ann", [1]);
        const before = await snapshotOf(map, id);
        const told = await listen(map, id);
        await map.extend({ showtimeId: id, sessionId: "ann", ttlMs: 700_000, ...request() });
        await map.hold(wants(id, "ben", [1]));
        await map.holdOf({ showtimeId: id, sessionId: "ann" });
        await pays(map, id, hold, "ord_1");
        await map.expire(id);
        expect(await snapshotOf(map, id)).toMatchObject({ epoch: before.epoch, version: before.version });
        expect(told.only("changed")).toEqual([]);
      });

      test("[D6] since answers what changed, each seat once with its latest state", async () => {
        const { map } = adapter;
        const id = await load(map);
        await holds(map, id, "ann", [1]);
        const { epoch, version } = await snapshotOf(map, id);
        await holds(map, id, "ben", [3, 2]);
        await map.release({ showtimeId: id, sessionId: "ben", seats: [3], ...request() });
        const { since } = accepted(await map.since(id, { epoch, version }));
        expect(since).toEqual({
          epoch,
          from: version,
          version: version + 2,
          changes: [
            [2, "H"],
            [3, "A"],
          ],
        });
        const now = accepted(await map.since(id, { epoch, version: version + 2 })).since;
        expect(now).toEqual({ epoch, from: version + 2, version: version + 2, changes: [] });
      });

      test("[D6] since answers null for another epoch, a version ahead, and one too long ago", async () => {
        const { map } = adapter;
        const id = await load(map);
        const { epoch, version } = await snapshotOf(map, id);
        const since = async (position: { epoch: string; version: number }) =>
          accepted(await map.since(id, position)).since;
        expect(await since({ epoch: "another", version })).toBeNull();
        expect(await since({ epoch, version: version + 1 })).toBeNull();
        expect(await since({ epoch, version: version - 1 })).toBeNull();
        for (let n = 0; n < 200; n++) {
          await holds(map, id, "ann", [1]);
          await map.release({ showtimeId: id, sessionId: "ann", ...request() });
        }
        expect(await since({ epoch, version })).toBeNull();
        expect(await since({ epoch, version: version + 400 - 257 })).toBeNull();
        expect(await since({ epoch, version: version + 400 - 256 })).not.toBeNull();
      });

      test("[D11] [H30] snapshots and counts agree with the states", async () => {
        const { map } = adapter;
        const [one, two] = [await load(map, { seatCount: 7, layoutVersion: 4 }), await load(map, { seatCount: 2 })];
        await holds(map, one, "ann", [1, 2]);
        await map.settle({ showtimeId: one, booking: { id: "ord_1", version: 1, seats: [6], state: "sold" } });
        const snapshot = await snapshotOf(map, one);
        expect(snapshot).toMatchObject({ states: "AHHAAAS", layoutVersion: 4, counts: countStates("AHHAAAS") });
        expect(await map.counts([two, newShowtimeId(), one])).toEqual([countStates("AA"), null, snapshot.counts]);
        expect(Math.abs(snapshot.at - (await map.now()))).toBeLessThan(5_000);
      });

      test("[D10] order notices reach watchers on every server; unwatching ends them", async () => {
        const { map, other } = adapter;
        const id = await load(map);
        const [here, there] = [await listen(map, id), await listen(other, id)];
        const gone = await listen(other, id);
        gone.unwatch();
        const notice = { showtimeId: id, sessionId: "ann", orderId: "ord_1", status: "confirmed" as const };
        await map.tellOrder(notice);
        for (const { messages } of [here, there]) {
          await eventually(() => messages.length > 0);
          expect(messages).toEqual([{ kind: "order", ...notice }]);
        }
        expect(gone.messages).toEqual([]);
      });

      test("[D10] a watcher that left and came back hears again", async () => {
        const { map } = adapter;
        const id = await load(map);
        for (let n = 0; n < 5; n++) {
          const first = await listen(map, id);
          first.unwatch();
          const second = await listen(map, id);
          await holds(map, id, "ann", [n]);
          await eventually(() => second.only("changed").length === 1);
          expect(first.messages).toEqual([]);
          second.unwatch();
        }
      });

      test("[D10] a watcher that throws hurts nobody", async () => {
        const { map } = adapter;
        const id = await load(map);
        await map.watch(id, () => {
          throw new Error("a bug in a watcher");
        });
        const told = await listen(map, id);
        await holds(map, id, "ann", [1]);
        await eventually(() => told.messages.length === 1);
      });
    });
  });
});
