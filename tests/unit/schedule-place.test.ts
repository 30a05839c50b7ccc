import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { overlap, placeOf } from "../../server/schedule/place.ts";
import { priceFaults } from "../../server/schedule/prices.ts";

const start = fc
  .integer({ min: 0, max: 6 * 60 * 60_000 })
  .map((ms) => new Date(Date.UTC(2027, 2, 14, 12) + ms).toISOString());
const place = fc.tuple(start, fc.integer({ min: 1, max: 200 })).map(([at, minutes]) => placeOf(at, minutes));

describe("what a showtime takes", () => {
  it("[U10] film and 15 minutes of cleaning", () => {
    const { endsAt, freeAt, blocks } = placeOf("2027-03-14T18:00:00.000Z", 100);
    expect([endsAt, freeAt]).toEqual(["2027-03-14T19:40:00.000Z", "2027-03-14T19:55:00.000Z"]);
    expect(blocks).toHaveLength(23);
  });

  it("[U10] places that do not overlap share no block, and those that overlap by five minutes or more share one", () => {
    fc.assert(
      fc.property(place, place, (a, b) => {
        const shared = a.blocks.some((block) => b.blocks.includes(block));
        if (!overlap(a, b)) expect(shared).toBe(false);
        const common =
          Math.min(Date.parse(a.freeAt), Date.parse(b.freeAt)) -
          Math.max(Date.parse(a.startsAt), Date.parse(b.startsAt));
        if (common >= 300_000) expect(shared).toBe(true);
      }),
      { numRuns: 2000 },
    );
  });
});

describe("judging prices", () => {
  const context = {
    ticketTypes: new Map([
      ["tty_a", { active: true }],
      ["tty_old", { active: false }],
    ]),
    seats: [{ zone: "standard" as const }, { zone: "vip" as const }],
    onSale: true,
  };
  const paths = (prices: Parameters<typeof priceFaults>[0], onSale = true) =>
    priceFaults(prices, { ...context, onSale }).map(({ path }) => path);

  it("[U11] names unknown ticket types and doubles", () => {
    expect(paths([{ zone: "standard", ticketTypeId: "tty_no", amount: 1 }], false)).toEqual(["prices.0.ticketTypeId"]);
    const twice = { zone: "vip" as const, ticketTypeId: "tty_a", amount: 1 };
    expect(paths([twice, { ...twice, amount: 2 }], false)).toEqual(["prices.1"]);
  });

  it("[U12] on sale, every zone of the room needs a price for an active type", () => {
    const standard = { zone: "standard" as const, ticketTypeId: "tty_a", amount: 0 };
    expect(paths([standard])).toEqual(["prices"]);
    expect(paths([standard], false)).toEqual([]);
    expect(paths([standard, { zone: "vip", ticketTypeId: "tty_old", amount: 5 }])).toEqual(["prices"]);
    expect(paths([standard, { zone: "vip", ticketTypeId: "tty_a", amount: 5 }])).toEqual([]);
  });
});
