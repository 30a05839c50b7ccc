/**
 * Receipts and tickets: what a buyer takes home, and what the door checks.
 *
 * Promises: a receipt is drawn from the confirmed order alone and says the same whenever it is drawn again; a
 * ticket's code proves itself offline with the public keys; of any number of scans of one ticket, one
 * is the first. Money is integers, times are the cinema's own. Must never import an edge or an adapter.
 */
import type { Outcome } from "../protocol/errors.ts";
import type { OrderDoc } from "../store/collections.ts";
import { receiptHtml } from "./html.ts";
import { receiptPdf } from "./pdf.ts";
import { receiptOf } from "./receipt.ts";
import { RECEIPT_CSS } from "./style.ts";
import { type Formats, formatsFor, type ReceiptLanguage } from "./words.ts";

export interface ReceiptsDeps {
  timeZone: string;
  /** Where the stylesheet of HTML receipts is served. */
  styleUrl: string;
  /** Whether PDF streams are deflated; tests read them plain. Default true. */
  compress?: boolean;
}

/** All of these refuse with `order_state` before an order is confirmed. */
export interface Receipts {
  readonly css: string;
  html(order: OrderDoc, language: ReceiptLanguage): Outcome<{ html: string }>;
  pdf(order: OrderDoc, language: ReceiptLanguage): Promise<Outcome<{ pdf: Uint8Array }>>;
}

export function createReceipts(deps: ReceiptsDeps): Receipts {
  const made = new Map<string, Formats>();
  const formats = (language: ReceiptLanguage, currency: string): Formats => {
    const key = `${language}/${currency}`;
    const known = made.get(key) ?? formatsFor(language, deps.timeZone, currency);
    made.set(key, known);
    return known;
  };
  return {
    css: RECEIPT_CSS,
    html(order, language) {
      const outcome = receiptOf(order);
      if (!outcome.ok) return outcome;
      const { receipt } = outcome;
      return { ok: true, html: receiptHtml(receipt, language, formats(language, receipt.currency), deps.styleUrl) };
    },
    async pdf(order, language) {
      const outcome = receiptOf(order);
      if (!outcome.ok) return outcome;
      const { receipt } = outcome;
      const options = { language, compress: deps.compress ?? true };
      return { ok: true, pdf: await receiptPdf(receipt, formats(language, receipt.currency), options) };
    },
  };
}
