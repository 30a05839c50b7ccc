import { describe, expect, it } from "vitest";
import { actionMeant, actionText, offeredActions } from "../../admin/src/people/actions.ts";
import { actionWords } from "../../admin/src/people/actionWords.ts";
import { daysAsMoments, screenOfId, strangersOf } from "../../admin/src/people/audit.ts";
import { agoText, isAllWell, troublesOf } from "../../admin/src/people/devices.ts";
import { figureOf, type House, houseSpec, salesEndExample } from "../../admin/src/people/house.ts";
import { createNames } from "../../admin/src/people/names.ts";
import { orderSpec } from "../../admin/src/people/orders.ts";
import { lackedOf, PERMISSION_GROUPS } from "../../admin/src/people/roles.ts";
import { shortCode } from "../../admin/src/state/codes.ts";
import { holderText, holdingsOf, wantedHoldings } from "../../admin/src/state/holders.ts";
import { en } from "../../admin/src/words/en.ts";
import { type Order, PERMISSIONS } from "../../server/protocol/resources.ts";

const nothing = {} as never;

describe("[K100] permissions", () => {
  it("all stand in one group, and none in two", () => {
    const grouped = PERMISSION_GROUPS.flatMap(([, permissions]) => permissions);
    expect(grouped.toSorted()).toEqual(PERMISSIONS.toSorted());
  });

  it("what one lacks is named", () => {
    expect(lackedOf(["sell", "audit:read"], (permission) => permission === "sell")).toEqual(["audit:read"]);
  });
});

describe("[K102] a device", () => {
  it("that fails stands before one that needs a look; what is well is not named", () => {
    const health = { link: "ok", paper: "warning", printer: "failed" } as const;
    expect(troublesOf(health)).toEqual([
      { part: "printer", state: "failed" },
      { part: "paper", state: "warning" },
    ]);
    expect(troublesOf({ link: "ok", paper: "unknown" })).toEqual([]);
    expect(troublesOf(undefined)).toBeNull();
  });

  it("is all well when every part it speaks of is known to be", () => {
    expect(isAllWell({ link: "ok", printer: "ok" })).toBe(true);
    expect(isAllWell({ link: "ok", paper: "unknown" })).toBe(false);
  });

  it("was seen some time ago, in its largest unit; a clock that is behind sees nothing in the future", () => {
    const now = Date.parse("2026-11-21T20:00:00Z");
    expect(agoText("2026-11-21T19:57:10Z", now, "en")).toBe("2 minutes ago");
    expect(agoText("2026-11-19T19:00:00Z", now, "es")).toBe("anteayer");
    expect(agoText("2026-11-21T20:00:09Z", now, "en")).toBe("now");
  });
});

describe("[K104] the end of sales", () => {
  it.each([
    ["15", { minutes: 15, clock: "19:45" }],
    ["-30", { minutes: -30, clock: "20:30" }],
    ["0", { minutes: 0, clock: "20:00" }],
    ["1440", { minutes: 1_440, clock: "20:00" }],
    ["1.5", null],
    ["1441", null],
    ["soon", null],
  ])("%s minutes before a film at 20:00", (text, example) => {
    expect(salesEndExample(text)).toEqual(example);
  });

  it("figures are read with point or comma; anything else is a fault at its field", () => {
    expect([figureOf("10,5"), figureOf("-15"), figureOf(""), figureOf("1e3")]).toEqual([10.5, -15, null, null]);
    const { valuesOf, bodyOf, faultsOf } = houseSpec(nothing);
    const salesEndMinutes = { web: 15, kiosk: 10, "box-office": -30 };
    const house = { id: "house", version: 1, cinemaName: "Doré", address: "", vatRate: 10, salesEndMinutes } as House;
    const values = { ...valuesOf(house), guestCancelMinutes: "60" };
    expect(faultsOf?.(values)).toEqual({});
    expect(bodyOf(values)).toMatchObject({ vatRate: 10, guestCancelMinutes: 60, salesEndMinutes });
    expect(faultsOf?.({ ...values, cinemaName: " ", vatRate: "101", web: "1.5" })).toEqual({
      ...{ cinemaName: "missing", vatRate: "percent", web: "salesEnd" },
    });
  });

  it("days of the audit are the cinema's, both included", () => {
    expect(daysAsMoments("2026-11-21", "2026-11-22", "Europe/Madrid")).toEqual({
      from: "2026-11-20T23:00:00.000Z",
      to: "2026-11-22T23:00:00.000Z",
    });
    expect(daysAsMoments("", "", "Europe/Madrid")).toEqual({});
  });

  it("an id leads to what it names", () => {
    expect(screenOfId("usr_1")).toEqual({ screen: "users", id: "usr_1" });
    expect(screenOfId("sht_1")).toEqual({ screen: "showtime", showtimeId: "sht_1" });
    expect([screenOfId("tik_1"), screenOfId("127.0.0.1")]).toEqual([null, null]);
  });
});

describe("[K104] what the audit tells", () => {
  it.each([
    ["film.update", "Cambiar película", "Change film"],
    ["PATCH /api/v1/films/:id", "Cambiar película", "Change film"],
    ["GET /api/v1/users", "Ver personas", "See people"],
    ["POST /api/v1/orders/:id/refunds", "Devolver entradas", "Refund tickets"],
    ["PUT /api/v1/me/password", "Cambiar contraseña propia", "Change own password"],
    ["socket seats:watch-details", "Ver quién tiene qué", "See who has what"],
  ])("%s has words", (action, es, en) => {
    expect([actionText(action, actionWords.es), actionText(action, actionWords.en)]).toEqual([es, en]);
  });

  it("what has no words keeps its code", () => {
    expect(actionText("moon.land", actionWords.en)).toBeUndefined();
    expect(actionText("film.explode", actionWords.en)).toBeUndefined();
  });

  it("is looked for by its words or its code, each of its own", () => {
    for (const language of ["es", "en"] as const) {
      const offered = offeredActions(language);
      expect(new Set(offered.map(({ text }) => text)).size).toBe(offered.length);
      for (const { action, text } of offered) expect(actionMeant(text.toUpperCase(), language)).toBe(action);
    }
    expect(actionMeant(" vender entradas ", "es")).toBe("order.create");
    expect([actionMeant("film.update", "es"), actionMeant("film.up", "es")]).toEqual(["film.update", undefined]);
  });

  it("names nobody that a row says is gone", () => {
    const actor = { kind: "staff", id: "usr_1" };
    const row = (action: string, subject?: string) => ({ actor, action, subject, outcome: "done" as const });
    const rows = [
      row("film.delete", "flm_1"),
      row("film.update", "flm_1"),
      row("role.create", "rol_1"),
      row("sign-in"),
    ];
    expect(strangersOf(rows as never)).toEqual(["rol_1", "usr_1"]);
  });

  it("an id that has no name is known by its end; an address stays whole", () => {
    expect([shortCode("ses_00000000000000004k2m"), shortCode("127.0.0.1")]).toEqual(["4K2M", "127.0.0.1"]);
  });
});

it("[K104] names of who did it are asked for once, and only where one may", async () => {
  const asked: string[] = [];
  const get = async (path: string) => {
    asked.push(path);
    return { ok: true, status: 200, body: { name: "Ana" } };
  };
  const names = createNames({ get } as never, (permission) => permission === "users:write");
  await names.learn(["usr_1", "dev_1", "usr_1", "127.0.0.1"]);
  await names.learn(["usr_1"]);
  expect(asked).toEqual(["/users/usr_1"]);
  expect([...names.of.value]).toEqual([["usr_1", "Ana"]]);
});

it("[K103] what of a purchase is left empty is taken away", () => {
  const { valuesOf, bodyOf, faultsOf } = orderSpec(nothing);
  const order = { contact: { name: "Eva" }, note: "late" } as Order;
  expect(bodyOf(valuesOf(order))).toEqual({ contact: { name: "Eva", email: null }, note: "late" });
  expect(faultsOf?.({ ...valuesOf(order), email: "eva" })).toEqual({ email: "email" });
});

describe("[K106] who has what", () => {
  const held = { state: "H", by: "ses_00000000000000004k2m" } as const;
  const seats = [
    { ...held, seatId: "F7", who: { kind: "guest" }, until: "2026-11-21T20:00:00Z" },
    { ...held, seatId: "F8", who: { kind: "guest" }, until: "2026-11-21T20:00:00Z" },
    { seatId: "A1", state: "S", by: "dev_1", who: { kind: "device", name: "Vestíbulo" }, orderNumber: "K7F-4M2" },
    { seatId: "A2", state: "B", by: "usr_1", who: { kind: "staff", name: "Luis" }, reason: "Press", name: "Ana" },
  ] as const;
  const holdings = holdingsOf(seats);
  const wanted = (text: string) => wantedHoldings(holdings, text, en).map((one) => one.seats.join(" "));

  it("seats that somebody has together stand together", () => {
    expect(holdings.map((one) => one.seats)).toEqual([["F7", "F8"], ["A1"], ["A2"]]);
  });

  it("is said by name, by kind, and by the end of an id where nothing else is known", () => {
    expect(holdings.map((one) => holderText(one, en))).toEqual(["Guest", "Vestíbulo", "Luis"]);
    expect(holderText(held, en)).toBe("4K2M");
    expect(holderText({ who: { kind: "device" } }, en)).toBe("Kiosk");
  });

  it("is found by seat, order, person and reason, however it is typed", () => {
    expect([wanted("f8"), wanted("k7f"), wanted("vestibulo"), wanted("PRESS"), wanted("ana")]).toEqual([
      ...[["F7 F8"], ["A1"], ["A1"], ["A2"], ["A2"]],
    ]);
    expect(wanted(" ")).toHaveLength(3);
    expect(wanted("Z9")).toEqual([]);
  });
});
