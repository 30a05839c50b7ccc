import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { readOptions, statusLine } from "../../server/demo/crowd.ts";
import {
  nextStep,
  partySize,
  pause,
  pickCard,
  pickSeats,
  pickShowtime,
  pickTickets,
  seeded,
  weigh,
} from "../../server/demo/crowd-mind.ts";
import type { Seat, SeatKind, Showtime } from "../../server/protocol/resources.ts";

/** Seats of a chart, one string per row; a dot is an aisle. */
function room(...rows: string[]): Seat[] {
  const kinds: Record<string, SeatKind> = { s: "standard", v: "vip", w: "wheelchair", c: "companion" };
  return rows.flatMap((places, y) => {
    const row = String.fromCharCode(65 + y);
    let number = 0;
    return [...places].flatMap((place, x): Seat[] => {
      const kind = kinds[place];
      if (kind === undefined) return [];
      number++;
      return [{ id: `${row}${number}`, row, number, kind, zone: kind === "vip" ? "vip" : "standard", x, y }];
    });
  });
}

const show = (id: string, available: number) =>
  ({ id, status: "on-sale", counts: { available } }) as unknown as Showtime;

describe("the mind of the crowd", () => {
  it("decides the same for the same seed", () => {
    const thoughts = (seed: number) => {
      const random = seeded(seed);
      return Array.from({ length: 50 }, () => [partySize(random), nextStep(0, random), pause("think", random)]);
    };
    expect(thoughts(7)).toEqual(thoughts(7));
    expect(thoughts(7)).not.toEqual(thoughts(8));
  });

  it("weighs choices by their weight, and none when none has any", () => {
    const random = seeded(1);
    const drawn = Array.from({ length: 4000 }, () => weigh([["a", 3] as const, ["b", 1] as const], random));
    expect(drawn.filter((choice) => choice === "a").length / 4000).toBeCloseTo(0.75, 1);
    expect(weigh([["a", 0] as const], random)).toBeNull();
    expect(weigh([], random)).toBeNull();
  });

  it("buys more often than not, and comes to a decision", () => {
    const random = seeded(2);
    const steps = Array.from({ length: 1000 }, () => nextStep(0, random));
    expect(new Set(steps)).toEqual(new Set(["pay", "change", "extend", "release", "walk-away"]));
    expect(steps.filter((step) => step === "pay").length).toBeGreaterThan(550);
    const late = Array.from({ length: 1000 }, () => nextStep(2, random));
    expect(new Set(late)).toEqual(new Set(["pay", "release", "walk-away"]));
  });

  it("pays with a better card after a decline", () => {
    const random = seeded(3);
    const cards = Array.from({ length: 500 }, () => pickCard(false, random));
    expect(cards).toContain("sim_decline");
    expect(Array.from({ length: 500 }, () => pickCard(true, random))).not.toContain("sim_decline");
  });

  it("takes its time, but never for ever", () => {
    const random = seeded(4);
    for (let round = 0; round < 500; round++) {
      expect(pause("think", random)).toBeGreaterThanOrEqual(4_500);
      expect(pause("think", random)).toBeLessThanOrEqual(18_000);
    }
  });
});

describe("choosing a showtime", () => {
  it("prefers a few, and goes only where the whole party finds room", () => {
    const random = seeded(5);
    const shows = Array.from({ length: 12 }, (_, index) => show(`sht_${index}`, index === 4 ? 1 : 50));
    const counts = new Map<string, number>();
    for (let round = 0; round < 2000; round++) {
      const id = pickShowtime(shows, 2, random)?.id ?? "none";
      counts.set(id, (counts.get(id) ?? 0) + 1);
    }
    const popular = [...counts.values()].sort((a, b) => b - a);
    expect(popular[0]).toBeGreaterThan(400);
    expect(counts.size).toBeGreaterThan(8);
    expect(counts.has("sht_4")).toBe(false);
    expect(counts.has("none")).toBe(false);
  });

  it("stays at home when everything is full", () => {
    expect(pickShowtime([show("sht_1", 1)], 2, seeded(6))).toBeNull();
    expect(pickShowtime([], 1, seeded(6))).toBeNull();
  });
});

describe("choosing seats", () => {
  const seats = room("ssss..ssssss..ssss", "ssss..ssssss..ssss", "ssss..vvvvvv..ssss", "wc....ssssss....cw");

  it("are free, side by side in one row, without an aisle between, and not for wheelchairs", () => {
    const states = fc.array(fc.constantFrom("A", "H", "S"), { minLength: seats.length, maxLength: seats.length });
    fc.assert(
      fc.property(states, fc.integer({ min: 1, max: 4 }), fc.integer(), (given, party, seed) => {
        const picked = pickSeats(seats, given.join(""), party, seeded(seed));
        if (picked === null) return;
        const taken = picked.map((id) => seats.find((seat) => seat.id === id)!);
        expect(taken).toHaveLength(party);
        for (const [index, seat] of taken.entries()) {
          expect(given[seats.indexOf(seat)]).toBe("A");
          expect(["standard", "vip"]).toContain(seat.kind);
          expect(seat.y).toBe(taken[0]!.y);
          expect(seat.x).toBe(taken[0]!.x + index);
        }
      }),
    );
  });

  it("are in the good rows while those are free", () => {
    const hall = room(...Array<string>(10).fill("ssss..ssssssss..ssss"));
    const picked = pickSeats(hall, "A".repeat(hall.length), 2, seeded(9));
    expect(picked?.[0]).toMatch(/^[F-H]([5-9]|10|11)$/);
  });

  it("are none when no row has so many left together, or the map is not known", () => {
    expect(pickSeats(room("s.s.s"), "AAA", 2, seeded(1))).toBeNull();
    expect(pickSeats(seats, "", 1, seeded(1))).toBeNull();
  });

  it("get a ticket type that has a price in their zone", () => {
    const prices = [
      { zone: "standard", ticketTypeId: "adult", amount: 950 },
      { zone: "standard", ticketTypeId: "child", amount: 720 },
      { zone: "vip", ticketTypeId: "adult", amount: 1250 },
    ] as const;
    for (let seed = 0; seed < 50; seed++) {
      const lines = pickTickets(["A1", "C5"], seats, prices, seeded(seed));
      expect(lines.map(({ seatId }) => seatId)).toEqual(["A1", "C5"]);
      expect(lines[1]?.ticketTypeId).toBe("adult");
    }
    expect(pickTickets(["C5"], seats, prices.slice(0, 2), seeded(1))).toEqual([]);
  });
});

describe("the command line", () => {
  it("knows its options and tells what is wrong with others", () => {
    expect(readOptions([])).toMatchObject({ url: "http://127.0.0.1:3000", guests: 30, minutes: undefined });
    expect(
      readOptions(["--url", "http://localhost:8080/", "--guests", "5", "--minutes", "0.5", "--seed", "4"]),
    ).toEqual({ url: "http://localhost:8080", guests: 5, minutes: 0.5, seed: 4, haste: 1 });
    expect(readOptions(["--guests", "many"])).toContain("--guests");
    expect(readOptions(["--minutes", "-1"])).toContain("--minutes");
    expect(readOptions(["--haste", "0"])).toContain("--haste");
    expect(readOptions(["--nonsense"])).toContain("nonsense");
  });

  it("says in one line how things stand", () => {
    const held = new Map([
      [1, 2],
      [4, 3],
    ]);
    const line = statusLine(
      { held, seatsSold: 12, orders: 5, declined: 1, beaten: 2, walkedAway: 0 },
      new Date(2026, 2, 14, 18, 30, 5),
    );
    expect(line).toContain(
      "18:30:05  held 5 seats by 2 guests · sold 12 in 5 orders · declined 1 · too late 2 · walked away 0",
    );
    expect(line).not.toContain("\n");
  });
});
