import fc from "fast-check";
import { encode } from "uqr";
import { describe, expect, it } from "vitest";
import { escapeHtml } from "../../server/receipts/html.ts";
import { printable } from "../../server/receipts/pdf.ts";
import { QR_QUIET_MODULES } from "../../server/receipts/qr.ts";
import { receiptOf, splitVat } from "../../server/receipts/receipt.ts";
import { createReceipts } from "../../server/receipts/receipts.ts";
import { formatsFor, pickLanguage, prefersPdf } from "../../server/receipts/words.ts";
import type { OrderDoc } from "../../server/store/collections.ts";
import { times } from "../support/counts.ts";
import { aLine, anOrder } from "../support/orders.ts";
import { textOfPdf } from "../support/pdf.ts";

const receipts = createReceipts({ timeZone: "Europe/Madrid", styleUrl: "/api/v1/receipt.css", compress: false });
const CODE = `${"eyJhbGciOiJFZERTQSJ9".repeat(5)}.${"e".repeat(180)}.${"Q".repeat(86)}`;
/** More than one page holds. */
const PARTY = times(65, 200, 200);
const withTickets = (overrides: Partial<OrderDoc> = {}) =>
  anOrder({
    tickets: [
      { id: "tik_1", seatId: "F7", code: CODE },
      { id: "tik_2", seatId: "F8", code: `${CODE}2` },
    ],
    ...overrides,
  });

function html(order: OrderDoc, language: "es" | "en" = "es"): string {
  const outcome = receipts.html(order, language);
  if (!outcome.ok) throw new Error(outcome.message);
  return outcome.html;
}

async function pdf(order: OrderDoc, language: "es" | "en" = "es"): Promise<Uint8Array> {
  const outcome = await receipts.pdf(order, language);
  if (!outcome.ok) throw new Error(outcome.message);
  return outcome.pdf;
}

/** The words of a page, spaces of every kind as one. */
const plain = (page: string) =>
  page
    .replace(/<[^>]+>/g, " ")
    .replace(/\s+/g, " ")
    .trim();

describe("VAT", () => {
  it("[T10] net and VAT always add up to the price, and the VAT is right to half a minor unit", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 100_000_000 }),
        fc.integer({ min: 0, max: 10_000 }),
        (gross, hundredths) => {
          const { net, vat } = splitVat(gross, hundredths / 100);
          expect(net + vat).toBe(gross);
          expect(Number.isInteger(vat)).toBe(true);
          // |vat - gross * h / (10000 + h)| <= 1/2, in integers
          const whole = 10_000 + hundredths;
          expect(Math.abs(2 * (vat * whole - gross * hundredths))).toBeLessThanOrEqual(whole);
        },
      ),
    );
  });

  it("[T10] 10 % in 19.00 is 1.73, 21 % in 1.21 is 0.21, 0 % is nothing", () => {
    expect(splitVat(1900, 10)).toEqual({ rate: 10, net: 1727, vat: 173 });
    expect(splitVat(121, 21)).toEqual({ rate: 21, net: 100, vat: 21 });
    expect(splitVat(500, 0)).toEqual({ rate: 0, net: 500, vat: 0 });
  });
});

describe("what a receipt says", () => {
  it.each(["pending", "declined", "expired", "cancelled"] as const)("[T9] an order that is %s has none", (status) => {
    const order = anOrder({ status, confirmedAt: undefined, receiptNumber: undefined });
    expect(receiptOf(order)).toMatchObject({ ok: false, code: "order_state" });
    expect(receipts.html(order, "es")).toMatchObject({ ok: false, code: "order_state" });
  });

  it("[T8] names the seller as frozen, lines, totals, number, payment and time of the cinema", () => {
    const text = plain(html(withTickets()));
    for (const part of [
      "Cine Butaca",
      "Butaca Exhibición, S. L.",
      "NIF B12345678",
      "Calle Mayor 1, 28013 Madrid",
      "Pedido K7M4QF",
      "El espíritu de la colmena",
      "sábado, 14 de marzo de 2026 19:30",
      "Sala 2",
      "F7 Adulto 9,50 €",
      "F8 Infantil 7,20 €",
      "Total 16,70 €",
      "Base imponible 15,18 €",
      "IVA 10 % 1,52 €",
      "Factura simplificada A-000042",
      "Fecha 14/3/26, 17:58:40",
      "Pago Tarjeta",
    ])
      expect(text).toContain(part);
  });

  it("[T8] speaks English when asked", () => {
    // ICU versions differ about this comma
    const text = plain(html(withTickets(), "en")).replaceAll("Saturday, 14", "Saturday 14");
    for (const part of [
      "Order K7M4QF",
      "Saturday 14 March 2026 19:30",
      "Total €16.70",
      "VAT 10% €1.52",
      "Paid by Card",
    ])
      expect(text).toContain(part);
  });

  it("[T8] names discounts and what was given back", () => {
    const order = withTickets({
      total: 1470,
      status: "partially-refunded",
      discounts: [{ code: "MARTES", label: "Martes", amount: 200 }],
      refunds: [
        { id: "ref_1", amount: 750, lines: ["F8"], at: "2026-03-14T17:10:00.000Z", status: "done" },
        { id: "ref_2", amount: 111, lines: [], at: "2026-03-14T17:20:00.000Z", status: "failed" },
      ],
    });
    const text = plain(html(order));
    expect(text).toContain("Descuento Martes -2,00 €");
    expect(text).toContain("Devuelto 7,50 € (14/3/26, 18:10:00)");
    expect(text).not.toContain("1,11");
  });

  it("counts minor units as the currency does", () => {
    expect(formatsFor("en", "Asia/Tokyo", "JPY").money(1900)).toBe("JP¥1,900");
  });
});

describe("the HTML page", () => {
  const nasty = `<script>alert("x")</script> & 'so'`;

  it("[T11] escapes every text", () => {
    const order = withTickets({
      film: { id: "flm_1", title: nasty },
      auditorium: { id: "aud_1", name: nasty },
      lines: [aLine("F7", 950, nasty), aLine("F8", 950, nasty)],
      discounts: [{ code: "X", label: nasty, amount: 1 }],
      seller: { cinemaName: nasty, legalName: nasty, taxId: nasty, address: nasty, vatRate: 10 },
      receiptNumber: nasty,
      number: nasty,
    });
    const page = html(order);
    expect(page).not.toContain("<script");
    expect(page).not.toContain("'so'");
    expect(page.split(escapeHtml(nasty))).toHaveLength(19);
  });

  it("[T11] has no script and no inline style, so that the strictest policy shows it", () => {
    const page = html(withTickets());
    expect(page).not.toMatch(/<style|style=|<script|\son\w+=/);
    expect(page).toContain('<link rel="stylesheet" href="/api/v1/receipt.css">');
    expect(receipts.css).toContain("@page { size: 80mm");
  });

  it("[T12] draws each ticket's code as a QR symbol", () => {
    const page = html(withTickets());
    const drawn = [...page.matchAll(/<svg[^>]*viewBox="0 0 (\d+) \d+"[^>]*><path d="([^"]+)"/g)];
    expect(drawn).toHaveLength(2);
    for (const [index, code] of [CODE, `${CODE}2`].entries()) {
      const [, side, path = ""] = drawn[index] ?? [];
      const { data, size } = encode(code, { ecc: "M", border: 0 });
      expect(Number(side)).toBe(size + 2 * QR_QUIET_MODULES);
      expect(modulesOf(path, size)).toEqual(data);
    }
  });
});

/** Reads a drawn path back into modules. */
function modulesOf(path: string, size: number): boolean[][] {
  const modules = Array.from({ length: size }, () => Array<boolean>(size).fill(false));
  for (const [, x, y, length] of path.matchAll(/M(\d+) (\d+)h(\d+)v1h-\d+z/g))
    for (let step = 0; step < Number(length); step++)
      (modules[Number(y) - QR_QUIET_MODULES] ?? [])[Number(x) - QR_QUIET_MODULES + step] = true;
  return modules;
}

describe("the PDF", () => {
  it("[T8] says what the page says, on one page 80 mm wide and as long as it needs", async () => {
    const text = textOfPdf(await pdf(withTickets()));
    for (const part of ["Cine Butaca", "K7M4QF", "16,70 €", "1,52 €", "A-000042", "19:30", "Sala 2", "F7   Adulto"])
      expect(text).toContain(part);
    const raw = Buffer.from(await pdf(withTickets())).toString("latin1");
    expect(raw.startsWith("%PDF-1.")).toBe(true);
    expect(raw.match(/\/Type \/Page\b/g)).toHaveLength(1);
    const [, width, height] = /\/MediaBox \[0 0 ([\d.]+) ([\d.]+)\]/.exec(raw) ?? [];
    expect(Number(width)).toBeCloseTo((80 * 72) / 25.4, 1);
    expect(Number(height)).toBeGreaterThan(700);
    expect(Number(height)).toBeLessThan(1300);
  });

  it("[T12] draws as many dark modules as the code has", async () => {
    const raw = Buffer.from(await pdf(withTickets({ tickets: [{ id: "tik_1", seatId: "F7", code: CODE }] })));
    const { data } = encode(CODE, { ecc: "M", border: 0 });
    const runs = data.flatMap((line) => line.map((dark, x) => dark && !line[x - 1])).filter(Boolean).length;
    expect(raw.toString("latin1").match(/ re$/gm)).toHaveLength(runs);
  });

  it("[T8] says the same whenever it is drawn again", async () => {
    const order = withTickets();
    expect(Buffer.from(await pdf(order)).equals(Buffer.from(await pdf(order)))).toBe(true);
  });

  it(`goes on to further pages for a party of ${PARTY}`, async () => {
    const lines = Array.from({ length: PARTY }, (_, index) => aLine(`A${index + 1}`));
    const tickets = lines.map(({ seatId }) => ({ id: seatId, seatId, code: CODE }));
    const raw = Buffer.from(await pdf(anOrder({ lines, tickets }))).toString("latin1");
    expect(raw.match(/\/Type \/Page\b/g)?.length).toBeGreaterThan(PARTY / 60);
  });

  it("shows what its fonts lack as the nearest letter, else as a question mark", () => {
    expect(printable("Señor Łukasz, ﬁn “€”")).toBe("Señor ?ukasz, fin “€”");
    expect(printable("Dvořák 1 2")).toBe("Dvorák 1 2");
    expect(printable("寄生虫")).toBe("???");
  });
});

describe("what the client gets", () => {
  it.each([
    [undefined, undefined, "es"],
    [undefined, "en-US,en;q=0.9,es;q=0.8", "en"],
    [undefined, "fr, es-MX;q=0.5, en;q=0.4", "es"],
    [undefined, "en;q=0, de", "es"],
    ["es", "en", "es"],
    ["en", undefined, "en"],
  ] as const)("[T13] language %s with %s is %s", (asked, header, language) => {
    expect(pickLanguage(asked, header)).toBe(language);
  });

  it.each([
    [undefined, false],
    ["*/*", false],
    ["text/html,application/xhtml+xml,*/*;q=0.8", false],
    ["application/pdf", true],
    ["application/pdf, text/html", false],
    ["application/pdf, text/html;q=0.9", true],
    ["application/pdf;q=0", false],
  ])("[T13] Accept %s prefers PDF: %s", (accept, pdfWins) => {
    expect(prefersPdf(accept)).toBe(pdfWins);
  });
});
