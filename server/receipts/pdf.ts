/** A receipt as one PDF page, 80 mm wide and as long as it needs: a printer cuts where the page ends. */
import PDFDocument from "pdfkit";
import { QR_QUIET_MODULES, qrSymbol } from "./qr.ts";
import type { Receipt, ReceiptTicket } from "./receipt.ts";
import type { Formats, ReceiptLanguage } from "./words.ts";

const POINTS_PER_MM = 72 / 25.4;
const PAGE_WIDTH = 80 * POINTS_PER_MM;
const MARGIN = 4 * POINTS_PER_MM;
const WIDTH = PAGE_WIDTH - 2 * MARGIN;
const QR_WIDTH = 56 * POINTS_PER_MM;
/** PDF knows no longer page (200 inches): room for some 50 tickets, more go on to further pages. */
const LONGEST_PAGE = 14_400;
/** The most that one ticket takes, with a title of three lines: checked before it is begun, so that none is cut in two. */
const TICKET_HEIGHT = 130 * POINTS_PER_MM;

const REGULAR = "Helvetica";
const BOLD = "Helvetica-Bold";

interface PdfOptions {
  language: ReceiptLanguage;
  compress: boolean;
}

/** Draws the receipt. The same receipt gives the same bytes. */
export async function receiptPdf(receipt: Receipt, formats: Formats, options: PdfOptions): Promise<Uint8Array> {
  const sketch = open(receipt, formats, options, LONGEST_PAGE);
  const height = draw(sketch, receipt, formats);
  const page = open(receipt, formats, options, height);
  draw(page, receipt, formats);
  return collect(page);
}

function open(receipt: Receipt, { words }: Formats, options: PdfOptions, height: number): PDFKit.PDFDocument {
  return new PDFDocument({
    size: [PAGE_WIDTH, height],
    margins: { top: MARGIN, bottom: 0, left: MARGIN, right: MARGIN },
    compress: options.compress,
    lang: options.language,
    displayTitle: true,
    info: {
      Title: `${words.document} ${receipt.receiptNumber}`,
      Author: receipt.seller.cinemaName,
      CreationDate: new Date(receipt.issuedAt),
      ModDate: new Date(receipt.issuedAt),
    },
  });
}

function collect(doc: PDFKit.PDFDocument): Promise<Uint8Array> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    doc.on("data", (chunk: Buffer) => chunks.push(chunk));
    doc.on("end", () => resolve(Buffer.concat(chunks)));
    doc.on("error", reject);
    doc.end();
  });
}

/** Answers how long the pages are, in points. */
function draw(doc: PDFKit.PDFDocument, receipt: Receipt, formats: Formats): number {
  const { words } = formats;
  centred(doc, receipt.seller.cinemaName, 17, BOLD);
  centred(doc, receipt.seller.legalName, 9);
  centred(doc, `${words.taxId} ${receipt.seller.taxId}`, 9);
  centred(doc, receipt.seller.address, 9);
  orderNumber(doc, words.order, receipt.orderNumber);
  centred(doc, receipt.film, 13, BOLD);
  centred(doc, capital(formats.day(receipt.startsAt)), 10);
  centred(doc, `${formats.time(receipt.startsAt)} · ${receipt.auditorium}`, 12, BOLD);
  rule(doc);
  for (const line of receipt.lines)
    row(doc, `${line.seatId}   ${formats.kind(line.ticketType, line.zone)}`, formats.money(line.price));
  for (const { label, amount } of receipt.discounts) row(doc, `${words.discount} ${label}`, formats.money(-amount));
  row(doc, words.total, formats.money(receipt.total), 15, BOLD);
  rule(doc);
  row(doc, words.net, formats.money(receipt.vat.net), 9);
  row(doc, `${words.vat} ${formats.percent(receipt.vat.rate)}`, formats.money(receipt.vat.vat), 9);
  row(doc, words.vatIncluded, "", 8);
  rule(doc);
  row(doc, words.document, receipt.receiptNumber, 9);
  row(doc, words.issued, formats.moment(receipt.issuedAt), 9);
  row(doc, words.paid, words.methods[receipt.method], 9);
  for (const { at, amount } of receipt.refunds)
    row(doc, words.refunded, `${formats.money(amount)} (${formats.moment(at)})`, 9);
  const tickets = drawTickets(doc, receipt, formats);
  rule(doc);
  centred(doc, words.thanks, 10);
  return tickets.brokePage ? LONGEST_PAGE : doc.y + MARGIN;
}

function orderNumber(doc: PDFKit.PDFDocument, name: string, number: string): void {
  const top = doc.y + 8;
  doc.y = top + 5;
  centred(doc, name, 9);
  doc.y += 2;
  centred(doc, number, 28, BOLD);
  doc
    .roundedRect(MARGIN, top, WIDTH, doc.y - top, 4)
    .lineWidth(1.4)
    .stroke();
  doc.y += 9;
}

function drawTickets(doc: PDFKit.PDFDocument, receipt: Receipt, formats: Formats): { brokePage: boolean } {
  let brokePage = false;
  for (const ticket of receipt.tickets) {
    if (doc.y + TICKET_HEIGHT > LONGEST_PAGE) {
      doc.addPage();
      brokePage = true;
    }
    drawTicket(doc, ticket, receipt, formats);
  }
  return { brokePage };
}

function drawTicket(doc: PDFKit.PDFDocument, ticket: ReceiptTicket, receipt: Receipt, formats: Formats): void {
  rule(doc);
  centred(doc, ticket.seatId, 26, BOLD);
  centred(doc, ticket.ticketType, 12);
  centred(doc, receipt.film, 10);
  centred(doc, `${capital(formats.day(receipt.startsAt))} ${formats.time(receipt.startsAt)}`, 9);
  centred(doc, receipt.auditorium, 9);
  drawQr(doc, ticket.code);
  centred(doc, formats.words.ticketHint, 8);
}

function drawQr(doc: PDFKit.PDFDocument, code: string): void {
  const symbol = qrSymbol(code);
  const module = QR_WIDTH / (symbol.size + 2 * QR_QUIET_MODULES);
  const left = (PAGE_WIDTH - QR_WIDTH) / 2 + QR_QUIET_MODULES * module;
  const top = doc.y + QR_QUIET_MODULES * module;
  for (const { x, y, length } of symbol.runs) doc.rect(left + x * module, top + y * module, length * module, module);
  doc.fill("black");
  doc.y += QR_WIDTH;
}

function centred(doc: PDFKit.PDFDocument, text: string, size: number, font = REGULAR): void {
  doc.font(font).fontSize(size).text(printable(text), MARGIN, doc.y, { width: WIDTH, align: "center" });
}

/** A text on the left and a value on the right; the text wraps, the value does not. */
function row(doc: PDFKit.PDFDocument, left: string, right: string, size = 10, font = REGULAR): void {
  doc.font(font).fontSize(size);
  const value = printable(right);
  const valueWidth = value === "" ? 0 : doc.widthOfString(value) + 1;
  const top = doc.y + 1;
  if (value !== "") doc.text(value, MARGIN + WIDTH - valueWidth, top, { lineBreak: false });
  doc.text(printable(left), MARGIN, top, { width: WIDTH - valueWidth - 6 });
  doc.y += 1;
}

function rule(doc: PDFKit.PDFDocument): void {
  const y = doc.y + 5;
  doc
    .lineWidth(0.8)
    .dash(3, { space: 2 })
    .moveTo(MARGIN, y)
    .lineTo(MARGIN + WIDTH, y)
    .stroke()
    .undash();
  doc.y = y + 6;
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

/** What the fonts that every PDF reader brings can show beyond Latin-1 (Windows code page 1252). */
const BEYOND_LATIN = new Set("€‚ƒ„…†‡ˆ‰Š‹ŒŽ‘’“”•–—˜™š›œžŸ");

/**
 * Text as those fonts can show it: marks fall off letters they don't have, anything else becomes a question mark.
 * Carrying a font for every script of the world would weigh more than the whole server.
 */
export function printable(text: string): string {
  return Array.from(text.normalize("NFC"), (character) => {
    if (isPrintable(character)) return character;
    if (/\s/u.test(character)) return " ";
    const bare = Array.from(character.normalize("NFKD").replace(/\p{M}/gu, ""));
    return bare.length > 0 && bare.every(isPrintable) ? bare.join("") : "?";
  }).join("");
}

function isPrintable(character: string): boolean {
  const code = character.codePointAt(0) ?? 0;
  return (code >= 0x20 && code <= 0x7e) || (code >= 0xa0 && code <= 0xff) || BEYOND_LATIN.has(character);
}
