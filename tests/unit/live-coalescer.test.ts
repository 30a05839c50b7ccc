import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { broadcast } from "../../server/live/broadcast.ts";
import { createCoalescer, type Flush } from "../../server/live/coalescer.ts";
import { applyDelta } from "../../server/protocol/feed.ts";
import type { SeatDelta, SeatSnapshot, SeatState } from "../../server/protocol/states.ts";

const delta = (from: number, changes: SeatDelta["changes"]): SeatDelta => {
  return { showtimeId: "sht_a", epoch: "one", from, to: from + 1, changes };
};

describe("merging", () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  function recorder(costMs = 0) {
    const sent: Flush[] = [];
    const coalescer = createCoalescer(async (flush) => {
      sent.push(flush);
      return costMs;
    }, 45);
    return { sent, coalescer };
  }

  it("[D28] the first change goes at once, those within the window as one, then the next at once again", async () => {
    const { sent, coalescer } = recorder();
    coalescer.add(delta(1, [[0, "H"]]));
    expect(sent).toHaveLength(1);
    coalescer.add(delta(2, [[1, "H"]]));
    coalescer.add(delta(3, [[0, "S"]]));
    await vi.advanceTimersByTimeAsync(44);
    expect(sent).toHaveLength(1);
    await vi.advanceTimersByTimeAsync(2);
    expect(sent[1]).toEqual({
      kind: "delta",
      delta: {
        ...delta(2, [
          [1, "H"],
          [0, "S"],
        ]),
        to: 4,
      },
    });
    await vi.advanceTimersByTimeAsync(100);
    expect(sent).toHaveLength(2);
    coalescer.add(delta(4, [[5, "H"]]));
    expect(sent).toHaveLength(3);
  });

  it("[D28] a flush that is costly makes the window longer", async () => {
    const { sent, coalescer } = recorder(100);
    coalescer.add(delta(1, [[0, "H"]]));
    coalescer.add(delta(2, [[1, "H"]]));
    await vi.advanceTimersByTimeAsync(190);
    expect(sent).toHaveLength(1);
    await vi.advanceTimersByTimeAsync(20);
    expect(sent).toHaveLength(2);
  });

  it("[D29] a snapshot replaces what waits and takes in what comes before its turn", async () => {
    const { sent, coalescer } = recorder();
    coalescer.add(delta(1, [[0, "H"]]));
    coalescer.add(delta(2, [[1, "H"]]));
    coalescer.replace();
    coalescer.add(delta(1, [[2, "H"]]));
    await vi.advanceTimersByTimeAsync(50);
    expect(sent.slice(1)).toEqual([{ kind: "snapshot" }]);
    coalescer.add(delta(2, [[3, "H"]]));
    await vi.advanceTimersByTimeAsync(50);
    expect(sent[2]).toMatchObject({ kind: "delta", delta: { from: 2, to: 3 } });
  });

  it("[D28] whatever is merged, a viewer that applies what is sent ends where the map is, without a gap", async () => {
    const step = fc.record({
      changes: fc.array(fc.tuple(fc.nat(9), fc.constantFrom<SeatState>("A", "H", "S")), { minLength: 1, maxLength: 4 }),
      pauseMs: fc.nat(60),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 30 }), async (steps) => {
        const start: SeatSnapshot = {
          ...{ showtimeId: "sht_a", epoch: "one", version: 0, states: "AAAAAAAAAA" },
          ...{ layoutVersion: 1, status: "on-sale" },
        };
        let [truth, seen] = [start, start];
        const coalescer = createCoalescer(async (flush) => {
          if (flush.kind === "snapshot") throw new Error("nobody asked for one");
          const applied = applyDelta(seen, flush.delta);
          if (applied.step !== "applied") throw new Error(applied.step);
          seen = applied.map;
          return 0;
        });
        for (const { changes, pauseMs } of steps) {
          const next = delta(truth.version, changes);
          const applied = applyDelta(truth, next);
          if (applied.step === "applied") truth = applied.map;
          coalescer.add(next);
          await vi.advanceTimersByTimeAsync(pauseMs);
        }
        await vi.advanceTimersByTimeAsync(200);
        expect(seen).toEqual(truth);
      }),
      { numRuns: 50 },
    );
  });
});

describe("a big room", () => {
  const members = (size: number) => new Map(Array.from({ length: size }, (_, i) => [i, i]));

  it("[D28] is served in slices, and whatever else waits gets its turn between them", async () => {
    const got: number[] = [];
    const turns: number[] = [];
    const done = broadcast(members(1_000), (member) => got.push(member));
    setImmediate(() => turns.push(got.length));
    await done;
    expect(got).toHaveLength(1_000);
    expect(turns[0]).toBeLessThan(1_000);
  });

  it("[D28] who leaves meanwhile gets nothing; what is void stops", async () => {
    const room = members(1_000);
    const got: number[] = [];
    await broadcast(room, (member) => {
      got.push(member);
      if (member === 0) room.delete(999);
    });
    expect(got).not.toContain(999);
    let isVoid = false;
    const stopped: number[] = [];
    await broadcast(
      members(1_000),
      (member) => {
        stopped.push(member);
        isVoid = true;
      },
      () => isVoid,
    );
    expect(stopped.length).toBeLessThan(1_000);
  });
});
