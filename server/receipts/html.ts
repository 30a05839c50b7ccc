/** A receipt as an HTML page for 80 mm paper: no script, no inline style, every text escaped. */
import { QR_QUIET_MODULES, qrPath, qrSymbol } from "./qr.ts";
import type { Receipt, ReceiptTicket } from "./receipt.ts";
import type { Formats, ReceiptLanguage } from "./words.ts";

/**
 * The page. The stylesheet is linked, not inlined: an app that shows the page inside its own document passes its
 * content security policy on to it, and that allows no inline styles.
 */
export function receiptHtml(receipt: Receipt, language: ReceiptLanguage, formats: Formats, styleUrl: string): string {
  const { words } = formats;
  return `<!doctype html>
<html lang="${language}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escapeHtml(`${words.document} ${receipt.receiptNumber}`)}</title>
<link rel="stylesheet" href="${escapeHtml(styleUrl)}">
</head>
<body>
<main>
${seller(receipt, formats)}
<p class="order"><span>${words.order}</span> <strong>${escapeHtml(receipt.orderNumber)}</strong></p>
${visit(receipt, formats)}
${lines(receipt, formats)}
${taxes(receipt, formats)}
${particulars(receipt, formats)}
${tickets(receipt, formats)}
<p class="thanks">${words.thanks}</p>
</main>
</body>
</html>
`;
}

function seller({ seller }: Receipt, { words }: Formats): string {
  return `<header>
<h1>${escapeHtml(seller.cinemaName)}</h1>
<p>${escapeHtml(seller.legalName)}</p>
<p>${words.taxId} ${escapeHtml(seller.taxId)}</p>
<p>${escapeHtml(seller.address)}</p>
</header>`;
}

function visit(receipt: Receipt, formats: Formats): string {
  return `<section class="visit">
<h2>${escapeHtml(receipt.film)}</h2>
<p><time datetime="${escapeHtml(receipt.startsAt)}">${escapeHtml(formats.day(receipt.startsAt))} <b>${formats.time(receipt.startsAt)}</b></time></p>
<p>${escapeHtml(receipt.auditorium)}</p>
</section>`;
}

function lines(receipt: Receipt, formats: Formats): string {
  const { words } = formats;
  const rows = receipt.lines.map(
    (line) =>
      `<tr><th scope="row">${escapeHtml(line.seatId)}</th><td>${escapeHtml(formats.kind(line.ticketType, line.zone))}</td>${money(line.price, formats)}</tr>`,
  );
  const discounts = receipt.discounts.map(
    ({ label, amount }) =>
      `<tr><th scope="row" colspan="2">${words.discount} ${escapeHtml(label)}</th>${money(-amount, formats)}</tr>`,
  );
  return `<table class="lines">
<tbody>
${[...rows, ...discounts].join("\n")}
</tbody>
<tfoot><tr class="total"><th scope="row" colspan="2">${words.total}</th>${money(receipt.total, formats)}</tr></tfoot>
</table>`;
}

function taxes({ vat }: Receipt, formats: Formats): string {
  const { words } = formats;
  return `<table class="taxes">
<tbody>
<tr><th scope="row">${words.net}</th>${money(vat.net, formats)}</tr>
<tr><th scope="row">${words.vat} ${escapeHtml(formats.percent(vat.rate))}</th>${money(vat.vat, formats)}</tr>
</tbody>
<caption>${words.vatIncluded}</caption>
</table>`;
}

function particulars(receipt: Receipt, formats: Formats): string {
  const { words } = formats;
  const entries: [string, string][] = [
    [words.document, receipt.receiptNumber],
    [words.issued, formats.moment(receipt.issuedAt)],
    [words.paid, words.methods[receipt.method]],
    ...receipt.refunds.map(({ at, amount }): [string, string] => [
      words.refunded,
      `${formats.money(amount)} (${formats.moment(at)})`,
    ]),
  ];
  const rows = entries.map(([name, value]) => `<div><dt>${escapeHtml(name)}</dt><dd>${escapeHtml(value)}</dd></div>`);
  return `<dl>\n${rows.join("\n")}\n</dl>`;
}

function tickets(receipt: Receipt, formats: Formats): string {
  if (receipt.tickets.length === 0) return "";
  const items = receipt.tickets.map((ticket) => ticketItem(ticket, receipt, formats));
  return `<section class="tickets">
<h2>${formats.words.tickets}</h2>
<ol>
${items.join("\n")}
</ol>
</section>`;
}

function ticketItem(ticket: ReceiptTicket, receipt: Receipt, formats: Formats): string {
  const { words } = formats;
  return `<li>
<p class="seat"><b>${escapeHtml(ticket.seatId)}</b> ${escapeHtml(ticket.ticketType)}</p>
<p>${escapeHtml(receipt.film)}</p>
<p>${escapeHtml(formats.day(receipt.startsAt))} ${formats.time(receipt.startsAt)} · ${escapeHtml(receipt.auditorium)}</p>
${qrSvg(ticket.code, `${words.ticketHint}: ${formats.place(ticket.seatId)}`)}
<p class="hint">${words.ticketHint}</p>
</li>`;
}

function qrSvg(code: string, label: string): string {
  const symbol = qrSymbol(code);
  const side = symbol.size + 2 * QR_QUIET_MODULES;
  return `<svg role="img" aria-label="${escapeHtml(label)}" viewBox="0 0 ${side} ${side}" shape-rendering="crispEdges"><path d="${qrPath(symbol)}"/></svg>`;
}

function money(amount: number, formats: Formats): string {
  return `<td class="money">${escapeHtml(formats.money(amount))}</td>`;
}

const ENTITIES: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

/** Text made safe for elements and quoted attributes. */
export function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => ENTITIES[character] ?? character);
}
