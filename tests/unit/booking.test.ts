import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type Act, type Known, NOTHING_KNOWN, nextAct } from "../../server/booking/due.ts";
import { seatsOf } from "../../server/booking/ledger.ts";
import { createReceiptSeries, newOrderNumber, normalOrderNumber, receiptNumber } from "../../server/booking/numbers.ts";
import { toOrder } from "../../server/booking/order-view.ts";
import { priceLines } from "../../server/booking/pricing.ts";
import type { OrderRefund } from "../../server/protocol/resources.ts";
import type { OrderDoc } from "../../server/store/collections.ts";
import { aLine, anOrder } from "../support/orders.ts";

const NOW = Date.parse("2026-03-14T17:00:00Z");
const DEADLINE = NOW + 60_000;

/** A card order that waits for its money. */
function pending(overrides: Partial<OrderDoc> = {}): OrderDoc {
  const attempts = [{ id: "ord_1:1", startedAt: new Date(NOW - 4_000).toISOString() }];
  const payment = { method: "card", provider: "simulated", status: "pending", attempts } as const;
  const waiting = { status: "pending", payment, deadlineAt: DEADLINE, nextCheckAt: NOW } as const;
  return anOrder({ ...waiting, payment: { ...payment, attempts }, ...overrides });
}

const paid = (status: OrderDoc["payment"]["status"], attempts = pending().payment.attempts) => ({
  payment: { ...pending().payment, status, attempts },
});
const known = (overrides: Partial<Known>): Known => ({ ...NOTHING_KNOWN, ...overrides });
const captured = { status: "captured", amount: 1670, refunded: 0 } as const;
const kindOf = (order: OrderDoc, what: Partial<Known> = {}) => nextAct(order, known(what), NOW).kind;

describe("what an order needs next", () => {
  const aRefund: OrderRefund = { id: "ref_1", amount: 1670, lines: [], at: "", status: "pending" };
  const cases: [string, OrderDoc, Partial<Known>, Act["kind"]][] = [
    ["a pending order is asked about first", pending(), {}, "ask-provider"],
    ["then the time", pending(), { attempt: { status: "pending" } }, "ask-time"],
    ["in time it rests", pending(), { attempt: { status: "pending" }, mapNow: DEADLINE - 1 }, "rest"],
    ["at its deadline it expires", pending(), { attempt: { status: "pending" }, mapNow: DEADLINE }, "expire"],
    ["so it does when nobody answers", pending(), { attempt: "unreachable", mapNow: DEADLINE }, "expire"],
    ["never without the map's time", pending(), { attempt: { status: "pending" }, mapNow: "unreachable" }, "rest"],
    ["money counts even past the deadline", pending(), { attempt: captured, mapNow: DEADLINE }, "record-capture"],
    ["captured, then confirmed", pending(paid("captured")), {}, "confirm"],
    ["a declined attempt declines it", pending(), { attempt: { status: "declined" } }, "decline"],
    ["so does one that the provider cancelled", pending(), { attempt: { status: "cancelled" } }, "decline"],
    ["without an attempt nobody is asked", pending(paid("pending", [])), {}, "ask-time"],
    ["confirmed, the map is told", anOrder({ mapDue: true }), {}, "tell-map"],
    ["once", anOrder({ mapDue: true }), { mapFailed: true }, "rest"],
    ["then nothing", anOrder(), {}, "done"],
    ["ended, its seats go free first", pending({ status: "expired", mapDue: true }), {}, "tell-map"],
    ["then its attempt is stopped", pending({ status: "expired" }), {}, "stop-attempt"],
    ["also while the map is down", pending({ status: "expired", mapDue: true }), { mapFailed: true }, "stop-attempt"],
    [
      "stopped, its payment is over",
      pending({ status: "expired" }),
      { stopped: true, attempt: { status: "cancelled" } },
      "close-payment",
    ],
    [
      "what can't be stopped is waited for",
      pending({ status: "expired" }),
      { stopped: true, attempt: { status: "pending" } },
      "rest",
    ],
    ["late money is settled", pending({ status: "expired" }), { stopped: true, attempt: captured }, "settle-late"],
    [
      "also after a decline",
      pending({ status: "declined", ...paid("declined") }),
      { attempt: captured },
      "settle-late",
    ],
    ["once", pending({ status: "declined", ...paid("refunded") }), { attempt: captured }, "done"],
    [
      "a refund that is owed is sent",
      pending({ status: "expired", ...paid("captured"), refunds: [aRefund] }),
      {},
      "send-refund",
    ],
    [
      "and waited for",
      pending({ status: "expired", ...paid("captured"), refunds: [aRefund] }),
      { refundFailed: true },
      "rest",
    ],
    [
      "an end without an attempt is an end",
      pending({ status: "cancelled", ...paid("pending", []) }),
      {},
      "close-payment",
    ],
    ["a declined order needs nothing", pending({ status: "declined", ...paid("declined") }), {}, "done"],
  ];
  it.each(cases)("[C30] %s", (_what, order, what, kind) => {
    expect(kindOf(order, what)).toBe(kind);
  });

  it("[C31] it is asked about soon at first, then less often, never past its deadline", () => {
    const rest = (age: number, left: number) => {
      const attempts = [{ id: "ord_1:1", startedAt: new Date(NOW - age).toISOString() }];
      const act = nextAct(
        pending(paid("pending", attempts)),
        known({ attempt: { status: "pending" }, mapNow: DEADLINE - left }),
        NOW,
      );
      return act.kind === "rest" ? act.forMs : null;
    };
    expect([rest(0, 60_000), rest(4_000, 60_000), rest(60_000, 60_000)]).toEqual([500, 1_000, 3_000]);
    expect(rest(60_000, 200)).toBe(200);
  });

  it("[C30] whatever is known of an order: it confirms only what was captured, and expires only in time", () => {
    const attempt = fc.constantFrom(
      null,
      "unreachable" as const,
      { status: "unknown" as const },
      { status: "pending" as const },
      { status: "declined" as const },
      { status: "cancelled" as const },
      captured,
    );
    const times = fc.constantFrom<Known["mapNow"][]>(null, "unreachable", DEADLINE - 1, DEADLINE);
    const status = fc.constantFrom<OrderDoc["payment"]["status"][]>(
      "pending",
      "captured",
      "declined",
      "cancelled",
      "refunded",
    );
    const orders = fc.constantFrom<OrderDoc["status"][]>("pending", "confirmed", "declined", "expired", "cancelled");
    fc.assert(
      fc.property(
        orders,
        status,
        attempt,
        times,
        fc.boolean(),
        fc.boolean(),
        (orderStatus, money, state, mapNow, stopped, mapDue) => {
          const order = pending({ status: orderStatus, ...paid(money), ...(mapDue && { mapDue: true as const }) });
          const { kind } = nextAct(order, known({ attempt: state, mapNow, stopped }), NOW);
          if (kind === "confirm") expect([orderStatus, money]).toEqual(["pending", "captured"]);
          if (kind === "record-capture") expect([orderStatus, state]).toEqual(["pending", captured]);
          if (kind === "expire")
            expect([orderStatus, money === "captured", mapNow]).toEqual(["pending", false, DEADLINE]);
          if (kind === "stop-attempt" || kind === "settle-late") expect(orderStatus).not.toBe("pending");
          if (kind === "done") expect(orderStatus).not.toBe("pending");
        },
      ),
    );
  });
});

describe("prices", () => {
  const seats = ["A1", "A2", "B1"].map((id, x) => {
    return {
      id,
      row: id.slice(0, 1),
      number: 1,
      kind: "standard",
      zone: id === "B1" ? "vip" : "standard",
      x,
      y: 0,
    } as const;
  });
  const layout = { id: "lay_1", version: 1, seats, indexOf: new Map(seats.map(({ id }, index) => [id, index])) };
  const prices = [
    { zone: "standard", ticketTypeId: "tty_1", amount: 950 },
    { zone: "vip", ticketTypeId: "tty_1", amount: 1200 },
    { zone: "standard", ticketTypeId: "tty_2", amount: 0 },
    { zone: "standard", ticketTypeId: "tty_gone", amount: 1 },
  ] as const;
  const types = new Map([
    ["tty_1", "Adulto"],
    ["tty_2", "Bebé"],
  ]);
  const price = (...lines: [string, string][]) =>
    priceLines(
      { layout, prices },
      types,
      lines.map(([seatId, ticketTypeId]) => ({ seatId, ticketTypeId })),
    );

  it("[C1] are the showtime's, by zone and ticket type, frozen into the lines", () => {
    expect(price(["A1", "tty_1"], ["B1", "tty_1"], ["A2", "tty_2"])).toEqual({
      ok: true,
      total: 2150,
      lines: [
        { seatId: "A1", index: 0, ticketTypeId: "tty_1", ticketTypeName: "Adulto", zone: "standard", price: 950 },
        { seatId: "B1", index: 2, ticketTypeId: "tty_1", ticketTypeName: "Adulto", zone: "vip", price: 1200 },
        { seatId: "A2", index: 1, ticketTypeId: "tty_2", ticketTypeName: "Bebé", zone: "standard", price: 0 },
      ],
    });
  });

  it("[C5] name every line that can't be sold", () => {
    const paths = (answer: ReturnType<typeof price>) => (answer.ok ? [] : answer.errors?.map(({ path }) => path));
    expect(paths(price(["A1", "tty_9"], ["A2", "tty_1"], ["B1", "tty_2"]))).toEqual([
      "lines.0.ticketTypeId",
      "lines.2.ticketTypeId",
    ]);
    expect(paths(price(["A1", "tty_gone"]))).toEqual(["lines.0.ticketTypeId"]);
    expect(price(["A1", "tty_1"], ["A1", "tty_1"])).toMatchObject({ code: "lines_mismatch" });
    expect(price(["Z1", "tty_1"], ["Z2", "tty_1"])).toMatchObject({ code: "seat_unknown", seats: ["Z1", "Z2"] });
  });
});

describe("numbers", () => {
  it("[C1] of orders are short, without letters that look or sound alike, and found however they are typed", () => {
    for (let i = 0; i < 200; i++) expect(newOrderNumber()).toMatch(/^[34679CFHKMNRTWXY]{3}-[34679CFHKMNRTWXY]{3}$/);
    for (const typed of ["k7m-4rf", "K7M4RF", " k7m 4rf "]) expect(normalOrderNumber(typed)).toBe("K7M-4RF");
    expect(normalOrderNumber("7")).toBe("7");
  });

  it("[C32] of receipts are a series a year, by the cinema's own calendar", () => {
    const madrid = createReceiptSeries("Europe/Madrid");
    expect(madrid(Date.parse("2026-12-31T22:59:59Z"))).toBe("A2026");
    expect(madrid(Date.parse("2026-12-31T23:00:00Z"))).toBe("A2027");
    expect(receiptNumber("A2026", 42).receiptNumber).toBe("A2026-000042");
  });
});

describe("what the map shows of an order", () => {
  const lines = [
    { ...aLine("F7"), index: 4 },
    { ...aLine("F8"), index: 5 },
  ];
  const showtimeId = "sht_1";
  const claims = ["sht_1:F7", "sht_1:F8"];

  it("[C33] paying while pending, sold once confirmed, nothing without claims", () => {
    const order = pending({ showtimeId, lines, claims, sessionId: "ses_1", version: 7 });
    const owner = { id: order.id, version: 7, sessionId: "ses_1" };
    expect(seatsOf(order)).toEqual({ ...owner, seats: [4, 5], state: "paying", deadline: DEADLINE });
    expect(seatsOf({ ...order, status: "confirmed" })).toEqual({ ...owner, seats: [4, 5], state: "sold" });
    expect(seatsOf({ ...order, status: "expired", claims: undefined })).toMatchObject({ seats: [] });
  });
});

describe("an order on the wire", () => {
  it("[C34] shows no claims, no hold, no seller; the note to staff alone", () => {
    const order = anOrder({ note: "called", claims: ["x"], mapDue: true, clerkId: "usr_1" });
    const shown = JSON.parse(JSON.stringify(toOrder(order)));
    for (const secret of [
      "claims",
      "hold",
      "sessionId",
      "seller",
      "mapDue",
      "nextCheckAt",
      "deadlineAt",
      "note",
      "clerkId",
      "attempts",
    ])
      expect(shown).not.toHaveProperty(secret);
    expect(shown.payment).toEqual({ method: "card", provider: "simulated", status: "captured" });
    expect(toOrder(order, true).note).toBe("called");
    expect(toOrder(pending()).payBy).toBe("2026-03-14T17:01:00.000Z");
  });
});
