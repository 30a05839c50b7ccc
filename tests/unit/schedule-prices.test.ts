import { describe, expect, it } from "vitest";
import type { PriceRule } from "../../server/protocol/resources.ts";
import { createCalendar } from "../../server/schedule/calendar.ts";
import { listFaults, pricesBy } from "../../server/schedule/price-rules.ts";
import type { PriceListDoc } from "../../server/store/collections.ts";

const madrid = createCalendar("Europe/Madrid");
const adult = (amount: number, more: Partial<PriceRule> = {}): PriceRule => ({
  ...{ zone: "standard", ticketTypeId: "tty_adult", amount },
  ...more,
});

function list(rules: PriceRule[], more: Partial<PriceListDoc> = {}): PriceListDoc {
  const dated = { id: "prl_a", version: 1, createdAt: "", updatedAt: "" };
  return { ...dated, name: "House", nameKey: "house", ticketTypeIds: [], surcharges: [], rules, ...more };
}

function amounts(made: PriceListDoc, startsAt: string, attributes: string[] = []) {
  const priced = pricesBy(made, madrid.shown(startsAt), attributes);
  return priced.ok ? priced.prices.map(({ amount }) => amount) : priced.errors?.map(({ path }) => path);
}

describe("price lists", () => {
  const house = list([
    adult(500, { days: ["mon", "wed"], before: "17:00" }),
    adult(600, { days: ["wed"] }),
    adult(900),
  ]);

  it("[U60] the first rule that fits counts, by the cinema's clocks", () => {
    // In winter Madrid is an hour ahead of UTC, in summer two.
    expect(amounts(house, "2027-01-13T15:59:00Z")).toEqual([500]);
    expect(amounts(house, "2027-01-13T16:00:00Z")).toEqual([600]);
    expect(amounts(house, "2027-07-14T14:59:00Z")).toEqual([500]);
    expect(amounts(house, "2027-07-14T15:00:00Z")).toEqual([600]);
    expect(amounts(house, "2027-01-12T12:00:00Z")).toEqual([900]);
    expect(amounts(house, "2027-01-11T12:00:00Z")).toEqual([500]);
  });

  it("[U60] the small hours belong to the evening before, and are no matinee", () => {
    expect(amounts(house, "2027-01-13T23:30:00Z")).toEqual([600]);
    expect(amounts(house, "2027-01-14T04:59:00Z")).toEqual([600]);
    expect(amounts(house, "2027-01-14T05:00:00Z")).toEqual([900]);
    expect(amounts(house, "2027-01-12T23:30:00Z")).toEqual([900]);
  });

  it("[U61] surcharges come on top of every price, whatever case and accents an attribute is written in", () => {
    const dear = list([adult(900), adult(0, { zone: "vip" })], {
      surcharges: [
        { attribute: "3D", amount: 150 },
        { attribute: "Sesión única", amount: 50 },
      ],
    });
    expect(amounts(dear, "2027-01-12T12:00:00Z", ["3d", "SESION UNICA", "VOSE"])).toEqual([1100, 200]);
    expect(amounts(dear, "2027-01-12T12:00:00Z", ["VOSE"])).toEqual([900, 0]);
  });

  it("[U62] a list counts on its days alone, the last one included", () => {
    const march = list([adult(900)], { validFrom: "2027-03-01", validUntil: "2027-03-31" });
    expect(amounts(march, "2027-03-01T04:59:59Z")).toEqual(["startsAt"]);
    expect(amounts(march, "2027-03-01T05:00:00Z")).toEqual([900]);
    expect(amounts(march, "2027-04-01T03:59:00Z")).toEqual([900]);
    expect(amounts(march, "2027-04-01T04:00:00Z")).toEqual(["startsAt"]);
  });

  it("[U63] what an earlier rule leaves nothing to, what is named twice and what never counts is named", () => {
    const paths = (made: Parameters<typeof listFaults>[0]) => listFaults(made).map(({ path }) => path);
    expect(paths(house)).toEqual([]);
    expect(paths(list([adult(900), adult(500, { days: ["mon"] })]))).toEqual(["rules.1"]);
    expect(paths(list([adult(5, { before: "17:00" }), adult(4, { before: "12:00", days: ["sun"] })]))).toEqual([
      "rules.1",
    ]);
    expect(paths(list([adult(5, { before: "12:00" }), adult(4, { before: "17:00" }), adult(9)]))).toEqual([]);
    expect(paths(list([adult(900), adult(900, { zone: "vip" }), adult(1, { ticketTypeId: "tty_child" })]))).toEqual([]);
    const twice = [
      { attribute: "3D", amount: 1 },
      { attribute: "3d", amount: 2 },
    ];
    expect(paths(list([adult(900)], { surcharges: twice }))).toEqual(["surcharges.1.attribute"]);
    expect(paths(list([adult(900)], { validFrom: "2027-02-02", validUntil: "2027-02-01" }))).toEqual(["validUntil"]);
  });
});

describe("the cinema's calendar", () => {
  it("[U67] begins its days at six, those of 23 and 25 hours, too", () => {
    expect(madrid.dayStart("2027-03-27")).toBe("2027-03-27T05:00:00.000Z");
    expect(madrid.dayStart("2027-03-28")).toBe("2027-03-28T04:00:00.000Z");
    expect(madrid.dayStart(madrid.addDays("2027-10-30", 1))).toBe("2027-10-31T05:00:00.000Z");
    // Where the clocks go forward at midnight it makes no difference.
    expect(createCalendar("Asia/Beirut").dayStart("2027-03-28")).toBe("2027-03-28T03:00:00.000Z");
  });

  it("[U67] counts small hours to the evening before, up to the minute", () => {
    expect(madrid.shown("2027-01-13T23:30:00Z")).toEqual({ date: "2027-01-13", time: "24:30", weekday: "wed" });
    expect(madrid.shown("2027-01-14T04:59:59Z")).toEqual({ date: "2027-01-13", time: "29:59", weekday: "wed" });
    expect(madrid.shown("2027-01-14T05:00:00Z")).toEqual({ date: "2027-01-14", time: "06:00", weekday: "thu" });
    expect(madrid.shown("2027-02-28T23:00:00Z")).toEqual({ date: "2027-02-28", time: "24:00", weekday: "sun" });
    for (const moment of ["2027-03-28T03:59:00Z", "2027-03-28T04:00:00Z", "2027-10-31T04:59:00Z"]) {
      const { date } = madrid.shown(moment);
      expect(madrid.dayStart(date) <= moment && moment < madrid.dayStart(madrid.addDays(date, 1))).toBe(true);
    }
  });

  it("[U64] a time of day stays what it is; one that is skipped comes later, one that comes twice is the first", () => {
    const at = (date: string, time: string) => madrid.sameTimeOn(`2027-02-01T${time}:00.000Z`, date);
    expect(at("2027-03-27", "19:00")).toEqual({ moment: "2027-03-27T19:00:00.000Z" });
    expect(at("2027-03-28", "19:00")).toEqual({ moment: "2027-03-28T18:00:00.000Z" });
    expect(at("2027-03-28", "01:30")).toEqual({ moment: "2027-03-28T01:30:00.000Z", clockChange: "skipped-hour" });
    expect(at("2027-10-31", "01:30")).toEqual({ moment: "2027-10-31T00:30:00.000Z", clockChange: "repeated-hour" });
  });
});
