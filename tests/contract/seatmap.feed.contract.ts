/** What watchers and readers are told. */
import { describe, expect, test } from "vitest";
import { applyChanges } from "../../server/protocol/feed.ts";
import { countStates } from "../../server/protocol/states.ts";
import { eventually } from "../support/poll.ts";
import {
  type Adapter,
  accepted,
  holds,
  listen,
  load,
  newShowtimeId,
  pays,
  request,
  snapshotOf,
  wants,
} from "../support/seatmap.ts";

export function feedContract(adapter: Adapter): void {
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
}
