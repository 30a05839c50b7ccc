/** What the ledger says counts. */
import { describe, expect, test } from "vitest";
import { eventually } from "../support/poll.ts";
import { type Adapter, accepted, holds, listen, load, pays, statesOf } from "../support/seatmap.ts";

export function ledgerContract(adapter: Adapter): void {
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
}
