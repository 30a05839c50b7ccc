import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { applyChanges, applyDelta, mergeDeltas } from "../../server/protocol/feed.ts";
import type { SeatChange, SeatDelta, SeatSnapshot, SeatState } from "../../server/protocol/states.ts";

const map: SeatSnapshot = {
  ...{ showtimeId: "sht_a", epoch: "one", version: 5, states: "AAAAA" },
  ...{ layoutVersion: 1, status: "on-sale" },
};
const delta = (from: number, to: number, changes: SeatChange[] = [], epoch = "one"): SeatDelta => {
  return { showtimeId: "sht_a", epoch, from, to, changes };
};
const states = fc.constantFrom<SeatState>("A", "H", "S", "B");

describe("the reducer of the feed", () => {
  it.each([
    ["follows", delta(5, 6, [[0, "H"]]), "applied"],
    ["overlaps", delta(3, 7, [[0, "H"]]), "applied"],
    ["is known", delta(3, 5, [[0, "H"]]), "stale"],
    ["is empty and known", delta(5, 5), "stale"],
    ["begins later", delta(6, 7, [[0, "H"]]), "gap"],
    ["is of another epoch", delta(5, 6, [[0, "H"]], "two"), "gap"],
    ["names a seat outside", delta(5, 6, [[5, "H"]]), "gap"],
    ["names a seat before the first", delta(5, 6, [[-1, "H"]]), "gap"],
  ] as const)("[D28] a delta that %s", (_, given, step) => {
    expect(applyDelta(map, given).step).toBe(step);
  });

  it("[D28] applies to a new map and leaves the old as it was", () => {
    const step = applyDelta(
      map,
      delta(5, 8, [
        [4, "S"],
        [0, "H"],
        [4, "B"],
      ]),
    );
    expect(step).toEqual({ step: "applied", map: { ...map, version: 8, states: "HAAAB" } });
    expect(map.states).toBe("AAAAA");
  });

  it("[D28] writes few and many changes alike, the later of two for one seat", () => {
    const changes = fc.array(fc.tuple(fc.nat(29), states), { maxLength: 30 });
    fc.assert(
      fc.property(changes, (given) => {
        const expected = Array.from("A".repeat(30));
        for (const [index, state] of given) expected[index] = state;
        expect(applyChanges("A".repeat(30), given)).toBe(expected.join(""));
      }),
    );
  });

  it("[D28] merged deltas do what they do one after the other", () => {
    const changes = fc.array(fc.tuple(fc.nat(4), states), { minLength: 1, maxLength: 12 });
    fc.assert(
      fc.property(fc.array(changes, { minLength: 1, maxLength: 6 }), (steps) => {
        const deltas = steps.map((given, i) => delta(5 + i, 6 + i, given));
        const merged = deltas.reduce((sum, next) => mergeDeltas(sum, next) ?? sum, delta(5, 5));
        let one = map;
        for (const next of deltas) {
          const step = applyDelta(one, next);
          if (step.step === "applied") one = step.map;
        }
        expect(applyDelta(map, merged)).toEqual({ step: "applied", map: one });
      }),
    );
    expect(mergeDeltas(delta(1, 2), delta(3, 4))).toBeNull();
    expect(mergeDeltas(delta(1, 2), delta(2, 3, [], "two"))).toBeNull();
  });
});
