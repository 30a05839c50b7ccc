import { describe, expect, it } from "vitest";
import { createPace } from "../../admin/src/state/pace.ts";
import { pathOf, screenOf } from "../../admin/src/state/route.ts";
import { readAmount } from "../../admin/src/state/sale.ts";
import { readSeats } from "../../admin/src/state/seatText.ts";
import { endedLast } from "../../admin/src/state/wall.ts";
import { parseChart } from "../../server/catalogue/chart.ts";

const parsed = parseChart("E  ssssssss\nF  ssss..ssss");
if (!parsed.ok) throw new Error("the chart of this test is wrong");
const { seats } = parsed;

describe("seats as a clerk types them", () => {
  it.each([
    ["F7", ["F7"]],
    ["f7 f8", ["F7", "F8"]],
    ["F1,F2;E3", ["F1", "F2", "E3"]],
    ["F2-F4", ["F2", "F3", "F4"]],
    ["F2-4", ["F2", "F3", "F4"]],
    ["F4-2", ["F4", "F3", "F2"]],
    ["F1 F1-2", ["F1", "F2"]],
  ])("[K60] %s means %j", (text, wanted) => {
    expect(readSeats(text, seats)).toEqual({ ok: true, seats: wanted });
  });

  it.each(["7F", "F", "F2-G4", "F2--4", "?"])("[K60] %s is told as unreadable", (text) => {
    expect(readSeats(text, seats)).toMatchObject({ ok: false, why: "unreadable" });
  });

  it("[K60] a seat that the room does not have is named", () => {
    expect(readSeats("F8-F10", seats)).toEqual({ ok: false, why: "unknown", seats: ["F9", "F10"] });
  });
});

describe("cash", () => {
  it.each([
    ["20", 2000],
    ["20,5", 2050],
    [" 9.99 ", 999],
    ["0", 0],
  ])("[K61] %s is %i cents", (text, cents) => {
    expect(readAmount(text, 2)).toBe(cents);
  });

  it.each(["", "-5", "1e3", "20,5,5", "twenty"])("[K61] “%s” is no amount", (text) => {
    expect(readAmount(text, 2)).toBeNull();
  });
});

describe("places of the console", () => {
  it.each([
    { screen: "wall" },
    { screen: "showtime", showtimeId: "sht_1" },
    { screen: "sale", showtimeId: "sht_1" },
  ] as const)("[K62] %j has an address that leads back to it", (screen) => {
    expect(screenOf(pathOf(screen))).toEqual(screen);
  });

  it("[K62] an unknown address is the wall", () => {
    expect(screenOf("/admin/somewhere/else")).toEqual({ screen: "wall" });
  });
});

describe("the pace of sales", () => {
  it("[K63] counts what was sold within the last minute, and forgets the rest", () => {
    const pace = createPace();
    pace.note(10, 0);
    pace.note(14, 10_000);
    pace.note(17, 50_000);
    expect(pace.perMinute(60_000)).toBe(7);
    expect(pace.perMinute(75_000)).toBe(3);
    expect(pace.perMinute(200_000)).toBe(0);
  });

  it("[K63] a refund is no sale", () => {
    const pace = createPace();
    pace.note(10, 0);
    pace.note(8, 1_000);
    expect(pace.perMinute(2_000)).toBe(0);
  });
});

it("[K114] what has ended stands last on the wall, each part in the order of its starts", () => {
  const now = Date.parse("2026-03-14T20:00:00Z");
  const tile = (endsAt: string) => ({ showtime: { endsAt } });
  const [noon, matinee, running, late] = ["13:30", "18:10", "21:00", "23:55"].map((at) => tile(`2026-03-14T${at}:00Z`));
  expect(
    endedLast(
      [noon, matinee, running, late].flatMap((one) => one ?? []),
      now,
    ),
  ).toEqual([running, late, noon, matinee]);
});
