import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { nextPlace, placesOf, withPlace } from "../../admin/src/auditoriums/chart.ts";
import { fileText, filmFileOf } from "../../admin/src/films/importing.ts";
import { renumbered } from "../../admin/src/prices/order.ts";
import { columnsOf, rulesOf } from "../../admin/src/prices/priceListForm.ts";
import { localOf, minutesOn, momentOf, spanOf, weekOf } from "../../admin/src/schedule/clock.ts";
import { freeFrom, layOutDay, neighbour } from "../../admin/src/schedule/plan.ts";
import { warningsOf } from "../../admin/src/schedule/warnings.ts";
import { sectionsFor } from "../../admin/src/sections.ts";
import { pathOf, SECTIONS, screenOf } from "../../admin/src/state/route.ts";
import { readChart } from "../../server/protocol/chart.ts";
import type { PriceRule, Showtime, Weekday } from "../../server/protocol/resources.ts";
import type { Api } from "../../ui/connection/api.ts";

const MADRID = "Europe/Madrid";

describe("sections of the console", () => {
  it("[K62] each has an address for its list and for one of it", () => {
    for (const name of SECTIONS) {
      expect(screenOf(pathOf({ screen: name }))).toEqual({ screen: name });
      expect(screenOf(pathOf({ screen: name, id: "a b/ñ" }))).toEqual({ screen: name, id: "a b/ñ" });
    }
  });

  it("[K71] are shown to who has the permission for them, and to nobody else", () => {
    expect(sectionsFor(() => true)).toEqual(SECTIONS);
    expect(sectionsFor(() => false)).toEqual([]);
    expect(sectionsFor((permission) => permission === "showtimes:write")).toEqual(
      expect.arrayContaining(["schedule", "price-lists"]),
    );
    expect(sectionsFor((permission) => permission === "showtimes:write")).not.toContain("films");
  });
});

describe("the chart on the preview", () => {
  const CHART = "\r\n A  ss..ss \r\n\nB\tvv.wc";

  it("[K77] a click changes the character of its place and nothing else", () => {
    const places = placesOf(readChart(CHART));
    const at = (id: string) => places.find((place) => place.id === id);
    const aisle = at("A·3");
    if (!aisle) throw new Error("no aisle");
    expect(withPlace(CHART, aisle, "v")).toBe("\r\n A  ssv.ss \r\n\nB\tvv.wc");
    const companion = at("B4");
    if (!companion) throw new Error("no B4");
    expect([companion.kind, companion.isAisle]).toEqual(["companion", false]);
    expect(withPlace(CHART, companion, nextPlace("c"))).toBe("\r\n A  ss..ss \r\n\nB\tvv.w.");
    expect(["s", "v", "w", "c", "."].map(nextPlace).join("")).toBe("vwc.s");
  });

  it("[K77] any place of any chart", () => {
    const row = fc.string({ unit: fc.constantFrom(..."svwc."), minLength: 1, maxLength: 20 });
    fc.assert(
      fc.property(fc.array(row, { minLength: 1, maxLength: 6 }), fc.nat(), (rows, pick) => {
        const chart = rows.map((places, at) => `${"ABCDEF"[at]}  ${places}`).join("\n");
        const places = placesOf(readChart(chart));
        const place = places[pick % places.length];
        if (place === undefined) return;
        const changed = withPlace(chart, place, "s");
        const differing = [...chart].filter((character, at) => character !== changed[at]);
        expect([changed.length, differing.length]).toEqual([chart.length, place.character === "s" ? 0 : 1]);
        expect(placesOf(readChart(changed))[pick % places.length]).toMatchObject({
          x: place.x,
          y: place.y,
          kind: "standard",
        });
      }),
    );
  });

  it("faults name their line", () => {
    expect(readChart("A ss\nA sx\nB sx\n9 s").faults).toEqual([
      { line: 2, fault: "repeated", row: "A", other: 1 },
      { line: 3, fault: "place", place: "x" },
      { line: 4, fault: "label" },
    ]);
  });
});

describe("the cinema's clocks", () => {
  it("[K80] a day and a time of day are a moment, and back, in summer and winter", () => {
    expect(momentOf({ day: "2026-07-01", time: "20:30" }, MADRID)).toBe("2026-07-01T18:30:00.000Z");
    expect(momentOf({ day: "2026-12-01", time: "20:30" }, MADRID)).toBe("2026-12-01T19:30:00.000Z");
    expect(localOf("2026-12-01T23:30:00.000Z", MADRID)).toEqual({ day: "2026-12-02", time: "00:30" });
    for (const time of ["", "24:00", "7", "12:60", "aa:bb"])
      expect(momentOf({ day: "2026-07-01", time }, MADRID)).toBeNull();
    expect(momentOf({ day: "", time: "20:30" }, MADRID)).toBeNull();
  });

  it("[K80] a skipped time is as much later as the clocks skip, of a repeated one it is the first", () => {
    expect(momentOf({ day: "2027-03-28", time: "02:30" }, MADRID)).toBe("2027-03-28T01:30:00.000Z");
    expect(momentOf({ day: "2027-03-28", time: "20:00" }, MADRID)).toBe("2027-03-28T18:00:00.000Z");
    expect(momentOf({ day: "2026-10-25", time: "02:30" }, MADRID)).toBe("2026-10-25T00:30:00.000Z");
    expect(momentOf({ day: "2026-10-25", time: "20:00" }, MADRID)).toBe("2026-10-25T19:00:00.000Z");
  });

  it("[K80] what runs past midnight stands below it", () => {
    expect(minutesOn("2026-12-01", "2026-12-01T23:30:00Z", MADRID)).toBe(24 * 60 + 30);
    expect(minutesOn("2026-11-30", "2026-12-01T00:10:00Z", MADRID)).toBe(25 * 60 + 10);
    expect(spanOf("2026-11-30", MADRID)).toEqual({ from: "2026-11-30T05:00:00.000Z", to: "2026-12-01T05:00:00.000Z" });
    expect(weekOf("2026-11-22")).toEqual([16, 17, 18, 19, 20, 21, 22].map((day) => `2026-11-${day}`));
  });
});

describe("a day's sheet", () => {
  const show = (id: string, auditoriumId: string, from: string, to: string, status = "on-sale") =>
    ({ id, auditoriumId, status, startsAt: `2026-12-01T${from}:00Z`, endsAt: `2026-12-01T${to}:00Z` }) as Showtime;
  const rooms = ["1", "2", "3"].map((id) => ({ id, name: `Sala ${id}`, capacity: 100 }));
  const sheet = layOutDay(
    "2026-12-01",
    rooms,
    [show("b", "1", "18:00", "20:00"), show("a", "1", "15:00", "17:00"), show("c", "3", "17:30", "19:00")],
    "UTC",
  );

  it("[K79] arrows lead from showtime to showtime, over empty rooms, and stop at the edge", () => {
    expect(["ArrowDown", "ArrowUp", "ArrowRight", "ArrowLeft"].map((key) => neighbour(sheet, "a", key))).toEqual([
      ...["b", null, "c", null],
    ]);
    expect([neighbour(sheet, "c", "ArrowLeft"), neighbour(sheet, "b", "Home")]).toEqual(["b", "a"]);
  });

  it("[K79] a new one is proposed for when the room is free and clean", () => {
    expect(freeFrom(sheet.columns[0])).toBe(20 * 60 + 15);
    expect(freeFrom(sheet.columns[0], sheet.columns[0]?.slots[0])).toBe(17 * 60 + 15);
    expect(freeFrom(sheet.columns[1])).toBe(17 * 60);
    const late = layOutDay("2026-12-01", rooms, [show("z", "1", "21:50", "23:50")], "UTC");
    expect(freeFrom(late.columns[0])).toBe(11 * 60);
  });
});

describe("price lists as a grid", () => {
  const days: Weekday[][] = [["mon", "tue"], ["sat"]];
  const rule = fc.record<PriceRule>(
    {
      zone: fc.constantFrom("standard", "vip"),
      ticketTypeId: fc.constantFrom("tty_1", "tty_2"),
      amount: fc.nat(5000),
      days: fc.constantFrom(...days),
      before: fc.constantFrom("17:00", "12:00"),
    },
    { requiredKeys: ["zone", "ticketTypeId", "amount"] },
  );
  const orderOf = (rules: readonly PriceRule[]) => {
    const keyOf = ({ zone, ticketTypeId }: PriceRule) => `${zone} ${ticketTypeId}`;
    return rules.toSorted((one, other) => keyOf(one).localeCompare(keyOf(other)));
  };

  it("[K81] for each seat and ticket the rules come back as they were, in the order in which they count", () => {
    fc.assert(
      fc.property(fc.array(rule, { maxLength: 20 }), (rules) => {
        expect(orderOf(rulesOf(columnsOf(rules, 2), 2))).toEqual(orderOf(rules));
      }),
    );
  });

  it("[K84] a ticket type moves among its neighbours, and only what moved is written", () => {
    const list = [1, 2, 3].map((order) => ({ id: `tty_${order}`, order }));
    expect(renumbered(list, 2, -1)).toEqual([
      { id: "tty_3", order: 2 },
      { id: "tty_2", order: 3 },
    ]);
    const same = ["a", "b", "c"].map((id) => ({ id, order: 0 }));
    expect(renumbered(same, 0, 1).map(({ id, order }) => `${id}${order}`)).toEqual(["b1", "a2", "c3"]);
  });
});

describe("what may not be meant about a showtime", () => {
  it("[K111] is nothing where a server of a version before does not say it, or can't be asked", async () => {
    const said = (answer: object) => warningsOf({ post: async () => answer } as unknown as Pick<Api, "post">, {});
    const warnings = [{ path: "startsAt", code: "in_the_past", message: "has begun" }];
    expect(await said({ ok: true, body: { conflicts: [], errors: [], warnings } })).toEqual(warnings);
    expect(await said({ ok: true, body: { conflicts: [], errors: [] } })).toEqual([]);
    expect(await said({ ok: false })).toEqual([]);
  });
});

describe("files of films", () => {
  it("[K76] are known by what they begin with, and read as their author wrote them", () => {
    expect(filmFileOf("x.csv", "title,durationMinutes\n")).toMatchObject({ kind: "csv" });
    expect(filmFileOf("x.txt", '\uFEFF [{"title":"Día"}]')).toMatchObject({ kind: "json", items: [{ title: "Día" }] });
    expect(filmFileOf("x.json", '{"title":"Día"}')).toBeNull();
    expect(fileText(new Uint8Array([68, 237, 97]))).toBe("Día");
    expect(fileText(new TextEncoder().encode("Día"))).toBe("Día");
  });
});
