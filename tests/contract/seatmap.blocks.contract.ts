/** Blocked seats, and those who may have them all the same. */
import { describe, expect, test } from "vitest";
import {
  type Adapter,
  accepted,
  backOf,
  holds,
  load,
  pays,
  refused,
  request,
  SHORT_MS,
  statesOf,
  wants,
} from "../support/seatmap.ts";

export function blocksContract(adapter: Adapter): void {
  const block = async (showtimeId: string, version: number, seats: number[]) =>
    accepted(await adapter.map.settle({ showtimeId, booking: { id: "blk_1", version, seats, state: "blocked" } }));
  const over = { over: true };
  const blocked = async () => {
    const id = await load(adapter.map, { seatCount: 5 });
    await block(id, 1, [1, 2]);
    return id;
  };

  describe("blocked seats", () => {
    test("[C80] are taken for everybody, and free for who may have them; they go back to their block", async () => {
      const id = await blocked();
      expect(refused(await adapter.map.hold(wants(id, "ann", [0, 1])))).toMatchObject({
        why: "seat_taken",
        seats: [1],
      });
      await holds(adapter.map, id, "cid", [0, 1], over);
      expect(await statesOf(adapter.map, id)).toBe("HHBAA");
      expect(refused(await adapter.map.hold(wants(id, "dan", [1], over)))).toMatchObject({
        why: "seat_taken",
        seats: [1],
      });
      accepted(await adapter.map.release({ showtimeId: id, sessionId: "cid", ...request() }));
      expect(await statesOf(adapter.map, id)).toBe("ABBAA");
      const { holders } = accepted(await adapter.map.holders(id));
      expect(holders.map(({ index, by }) => [index, by])).toEqual(
        [1, 2].map((index) => [index, { kind: "booking", bookingId: "blk_1", state: "blocked" }]),
      );
    });

    test("[C80] also when the hold ends with its time", async () => {
      const id = await blocked();
      await holds(adapter.map, id, "cid", [2], { ...over, ttlMs: SHORT_MS });
      await adapter.passes(SHORT_MS + 20);
      expect(await statesOf(adapter.map, id)).toBe("ABBAA");
    });

    test("[C80] also after a decline and an expired payment", async () => {
      const id = await blocked();
      const hold = await holds(adapter.map, id, "cid", [1], over);
      await pays(adapter.map, id, hold, "ord_1");
      accepted(
        await adapter.map.settle({ showtimeId: id, booking: { id: "ord_1", version: 1, seats: [1], state: "paying" } }),
      );
      accepted(await adapter.map.endPayment({ showtimeId: id, bookingId: "ord_1", version: 2, back: backOf(hold) }));
      expect(await statesOf(adapter.map, id)).toBe("AHBAA");
      await pays(adapter.map, id, hold, "ord_2");
      accepted(await adapter.map.endPayment({ showtimeId: id, bookingId: "ord_2", version: 1 }));
      expect(await statesOf(adapter.map, id)).toBe("ABBAA");
    });

    test("[C81] what the ledger says of a block meanwhile takes nothing from who has a seat over it", async () => {
      const id = await blocked();
      await holds(adapter.map, id, "cid", [1], over);
      await block(id, 2, [1, 2, 3]);
      expect(await statesOf(adapter.map, id)).toBe("AHBBA");
      await block(id, 3, [2]);
      expect(await statesOf(adapter.map, id)).toBe("AHBAA");
      accepted(await adapter.map.release({ showtimeId: id, sessionId: "cid", ...request() }));
      expect(await statesOf(adapter.map, id)).toBe("AABAA");
    });

    test("[C81] a block takes nothing from other bookings, whichever came first; it has the seat when they let go", async () => {
      const id = await blocked();
      const order = (version: number, seats: number[]) =>
        adapter.map.settle({ showtimeId: id, booking: { id: "ord_1", version, seats, state: "sold" } });
      accepted(await order(1, [2, 3]));
      await block(id, 2, [1, 2, 3]);
      expect(await statesOf(adapter.map, id)).toBe("ABSSA");
      accepted(await order(2, []));
      expect(await statesOf(adapter.map, id)).toBe("ABBBA");
      const bookings = [
        { id: "ord_2", version: 1, seats: [2], state: "sold" as const },
        { id: "blk_1", version: 3, seats: [1, 2, 3], state: "blocked" as const },
        { id: "ord_3", version: 1, seats: [3], state: "sold" as const },
      ];
      await load(adapter.map, { showtimeId: id, seatCount: 5, bookings });
      expect(await statesOf(adapter.map, id)).toBe("ABSSA");
    });

    test("[C81] a seat that was sold over its block leaves it with the ledger's word", async () => {
      const id = await blocked();
      await pays(adapter.map, id, await holds(adapter.map, id, "cid", [1], over), "ord_1");
      accepted(
        await adapter.map.settle({ showtimeId: id, booking: { id: "ord_1", version: 1, seats: [1], state: "sold" } }),
      );
      await block(id, 2, [2]);
      expect(await statesOf(adapter.map, id)).toBe("ASBAA");
      accepted(
        await adapter.map.settle({ showtimeId: id, booking: { id: "ord_1", version: 2, seats: [], state: "sold" } }),
      );
      expect(await statesOf(adapter.map, id)).toBe("AABAA");
    });
  });
}
