/** Commands that are sent twice. */
import { describe, expect, test } from "vitest";
import { type Adapter, accepted, holds, load, refused, request, statesOf, wants } from "../support/seatmap.ts";

export function requestsContract(adapter: Adapter): void {
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
      expect(refused(await map.extend({ ...wants(id, "ann", []), requestId: "request 2", payloadHash: "x" })).why).toBe(
        "request_mismatch",
      );
    });

    test("[H51] the first answer can be had alone: nothing is done and nothing kept", async () => {
      const { map, other, passes } = adapter;
      const id = await load(map);
      const command = wants(id, "ann", [1, 2], { ttlMs: 5_000 });
      const { showtimeId, sessionId, requestId, payloadHash } = command;
      const asked = { showtimeId, sessionId, requestId, payloadHash };
      expect(accepted(await map.firstAnswer(asked))).toMatchObject({ hold: null, delta: null });
      expect(await statesOf(map, id)).not.toContain("H");
      const first = accepted(await map.hold(command));
      expect(accepted(await other.firstAnswer(asked))).toEqual({ ...first, delta: null });
      expect(refused(await map.firstAnswer({ ...asked, payloadHash: "another" })).why).toBe("request_mismatch");
      expect(accepted(await map.firstAnswer({ ...asked, sessionId: "ben" })).hold).toBeNull();
      await map.release({ showtimeId, sessionId, ...request() });
      await passes(10);
      expect(accepted(await map.firstAnswer(asked))).toEqual({ ...first, delta: null });
      expect(await statesOf(map, id)).not.toContain("H");
      expect(await map.firstAnswer({ ...asked, showtimeId: "sht_nowhere" })).toMatchObject({ why: "not_loaded" });
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
}
