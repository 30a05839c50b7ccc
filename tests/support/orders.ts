import { newId } from "../../server/basics/ids.ts";
import type { BookedLine, OrderDoc } from "../../server/store/collections.ts";

/** A line of an order; the index is made up. */
export function aLine(seatId: string, price = 950, ticketTypeName = "Adulto"): BookedLine {
  return { seatId, index: 0, ticketTypeId: "tty_adult", ticketTypeName, zone: "standard", price };
}

/** A confirmed card order of two seats, as the ledger keeps it; the total follows the lines. */
export function anOrder(overrides: Partial<OrderDoc> = {}): OrderDoc {
  const lines = overrides.lines ?? [aLine("F7"), aLine("F8", 720, "Infantil")];
  return {
    id: newId("ord"),
    version: 3,
    createdAt: "2026-03-14T16:58:12.000Z",
    updatedAt: "2026-03-14T16:58:40.000Z",
    kind: "order",
    showtimeId: "sht_0123456789abcdefghjk",
    status: "confirmed",
    number: "K7M4QF",
    channel: "kiosk",
    sessionId: "ses_guest",
    film: { id: "flm_1", title: "El espíritu de la colmena" },
    startsAt: "2026-03-14T18:30:00.000Z",
    auditorium: { id: "aud_1", name: "Sala 2" },
    lines,
    total: lines.reduce((sum, line) => sum + line.price, 0),
    currency: "EUR",
    discounts: [],
    seller: {
      cinemaName: "Cine Butaca",
      legalName: "Butaca Exhibición, S. L.",
      taxId: "B12345678",
      address: "Calle Mayor 1, 28013 Madrid",
      vatRate: 10,
    },
    payment: { method: "card", provider: "simulated", status: "captured", attempts: [] },
    hold: { token: "h", expiresAt: 0, capAt: 0, graces: 0 },
    deadlineAt: 0,
    confirmedAt: "2026-03-14T16:58:40.000Z",
    receiptSeries: "A",
    receiptSeq: 42,
    receiptNumber: "A-000042",
    refunds: [],
    ...overrides,
  };
}
