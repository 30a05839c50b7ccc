import { describe, expect, it } from "vitest";
import { cleaned } from "../../kiosk/src/screens/enrolCode.ts";
import { fromHash, toHash } from "../../kiosk/src/state/address.ts";
import { byFilm } from "../../kiosk/src/state/catalogue.ts";
import { ANSWER_MS, type Idle, nextIdle, QUIET_MS } from "../../kiosk/src/state/idle.ts";
import { linesOf, totalOf } from "../../kiosk/src/state/lines.ts";
import { follow, leavesSeats, type Screen, stepOf } from "../../kiosk/src/state/screen.ts";
import type { Film, Seat, Showtime, TicketType } from "../../server/protocol/resources.ts";

describe("screens", () => {
  const seats: Screen = { at: "seats", showtimeId: "sht_1" };

  it("[K18] lead on and back one question at a time", () => {
    let screen: Screen = { at: "films" };
    screen = follow(screen, { to: "seats", showtimeId: "sht_1" });
    screen = follow(screen, { to: "tickets" });
    screen = follow(screen, { to: "pay" });
    expect(screen).toEqual({ at: "pay", showtimeId: "sht_1" });
    const back = ["tickets", "seats", "films", "films"];
    for (const at of back) {
      screen = follow(screen, { to: "back" });
      expect(screen.at).toBe(at);
    }
  });

  it("tickets and payment need a showtime", () => {
    expect(follow({ at: "films" }, { to: "pay" })).toEqual({ at: "films" });
  });

  it("[K19] only leaving a showtime gives up its seats", () => {
    expect(leavesSeats(seats, { at: "films" })).toBe(true);
    expect(leavesSeats(seats, { at: "attract" })).toBe(true);
    expect(leavesSeats(seats, { at: "seats", showtimeId: "sht_2" })).toBe(true);
    expect(leavesSeats(seats, { at: "pay", showtimeId: "sht_1" })).toBe(false);
    expect(leavesSeats({ at: "pay", showtimeId: "sht_1" }, { at: "order", orderId: "ord_1" })).toBe(false);
    expect(leavesSeats({ at: "films" }, seats)).toBe(false);
  });

  it("every screen of a purchase has its step", () => {
    expect(stepOf(seats)).toBe("seats");
    expect(stepOf({ at: "order", orderId: "ord_1" })).toBe("ticket");
    expect(stepOf({ at: "attract" })).toBeNull();
  });

  it("the address bar keeps a screen, and nothing else", () => {
    const screens: Screen[] = [
      { at: "films" },
      { at: "film", filmId: "flm_ab12" },
      seats,
      { at: "tickets", showtimeId: "sht_1" },
      { at: "pay", showtimeId: "sht_1" },
      { at: "order", orderId: "ord_9" },
    ];
    for (const screen of screens) expect(fromHash(toHash(screen))).toEqual(screen);
    for (const hash of ["", "#/", "#/seats/", "#/seats/<script>", "#/film/sht_1", "#/order/ord_1/x"])
      expect(["films", "film"]).toContain(fromHash(hash).at);
  });
});

describe("[K20] a kiosk that nobody touches", () => {
  const present: Idle = { phase: "present", lastSeen: 0 };

  it("asks after 45 s and is gone 15 s later", () => {
    expect(nextIdle(present, { event: "tick", at: QUIET_MS - 1 })).toBe(present);
    const asking = nextIdle(present, { event: "tick", at: QUIET_MS });
    expect(asking).toEqual({ phase: "asking", endsAt: QUIET_MS + ANSWER_MS });
    expect(nextIdle(asking, { event: "tick", at: QUIET_MS + ANSWER_MS - 1 })).toBe(asking);
    expect(nextIdle(asking, { event: "tick", at: QUIET_MS + ANSWER_MS }).phase).toBe("gone");
  });

  it("any touch answers the question; one that comes too late does not", () => {
    const asking: Idle = { phase: "asking", endsAt: 60_000 };
    expect(nextIdle(asking, { event: "touch", at: 59_999 })).toEqual({ phase: "present", lastSeen: 59_999 });
    expect(nextIdle(asking, { event: "touch", at: 60_000 }).phase).toBe("gone");
    expect(nextIdle({ phase: "gone" }, { event: "touch", at: 60_001 }).phase).toBe("gone");
  });
});

describe("lines", () => {
  const seat = (row: string, number: number, zone: "standard" | "vip", y: number): Seat => ({
    id: `${row}${number}`,
    row,
    number,
    zone,
    kind: zone,
    x: number,
    y,
  });
  const types = [
    { id: "tty_adult", name: "Adult", order: 1, active: true },
    { id: "tty_child", name: "Child", order: 2, active: true },
  ] as TicketType[];
  const prices = [
    { zone: "standard" as const, ticketTypeId: "tty_adult", amount: 950 },
    { zone: "standard" as const, ticketTypeId: "tty_child", amount: 700 },
    { zone: "vip" as const, ticketTypeId: "tty_adult", amount: 1300 },
  ];

  it("[K21] a seat takes the house's first ticket until another is chosen, at its zone's price", () => {
    const seats = [seat("B", 10, "standard", 1), seat("B", 9, "standard", 1), seat("A", 1, "vip", 0)];
    const lines = linesOf(seats, new Map([["B9", "tty_child"]]), prices, types);
    expect(lines.map((line) => [line.seat.id, line.ticketTypeId, line.price])).toEqual([
      ["A1", "tty_adult", 1300],
      ["B9", "tty_child", 700],
      ["B10", "tty_adult", 950],
    ]);
    expect(totalOf(lines)).toBe(2950);
  });

  it("a choice that does not sell in its zone falls back; a zone without prices is left out", () => {
    const vip = [seat("A", 1, "vip", 0)];
    expect(linesOf(vip, new Map([["A1", "tty_child"]]), prices, types)[0]?.ticketTypeId).toBe("tty_adult");
    expect(linesOf(vip, new Map(), prices.slice(0, 2), types)).toEqual([]);
  });
});

it("a day's showtimes stand under their films, in the order of their first one", () => {
  const films = new Map([
    ["flm_a", { id: "flm_a" } as Film],
    ["flm_b", { id: "flm_b" } as Film],
  ]);
  const showtime = (id: string, filmId: string, startsAt: string) => ({ id, filmId, startsAt }) as Showtime;
  const grouped = byFilm(
    [
      showtime("3", "flm_a", "2026-11-21T20:00:00Z"),
      showtime("1", "flm_b", "2026-11-21T16:00:00Z"),
      showtime("2", "flm_a", "2026-11-21T18:00:00Z"),
      showtime("4", "flm_gone", "2026-11-21T10:00:00Z"),
    ],
    films,
  );
  expect(grouped.map((entry) => [entry.film.id, entry.showtimes.map(({ id }) => id)])).toEqual([
    ["flm_b", ["1"]],
    ["flm_a", ["2", "3"]],
  ]);
});

it("an enrolment code is read as people type it", () => {
  expect(cleaned("acde-3479")).toBe("ACDE3479");
  expect(cleaned(" ac de 34 79 99")).toBe("ACDE3479");
});
