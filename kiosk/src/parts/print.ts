import type { Api } from "../../../ui/connection/api.ts";
import type { Language } from "../../../ui/words/language.ts";
import { saveFile } from "./save.ts";

export type PrintOutcome = "printed" | "failed";

/** A kiosk's printer dialog is silent and done in a second or two; one that does not come back is stuck. */
const PRINT_TIMEOUT_MS = 15_000;

interface PrintDeps {
  api: Pick<Api, "file">;
  orderId: string;
  language: Language;
  /** Nobody waits for it any more: once handed over, nothing of it stays in the page. */
  gone: AbortSignal;
}

/**
 * Prints an order's receipt with its tickets through a hidden frame. What the printer does with it can't be
 * known here: `printed` means that the browser handed it over.
 */
export async function printReceipt({ api, orderId, language, gone }: PrintDeps): Promise<PrintOutcome> {
  const receipt = await api.file(`/orders/${orderId}/receipt?lang=${language}`, "text/html");
  if (!receipt.ok) return "failed";
  const frame = document.createElement("iframe");
  frame.className = "print-frame";
  frame.title = "receipt";
  frame.tabIndex = -1;
  frame.setAttribute("aria-hidden", "true");
  const loaded = new Promise<void>((done) => {
    frame.onload = () => done();
  });
  frame.srcdoc = await receipt.blob.text();
  document.body.append(frame);
  try {
    await within(PRINT_TIMEOUT_MS, loaded);
    return await within(PRINT_TIMEOUT_MS, handOver(frame, gone));
  } catch {
    return "failed";
  } finally {
    frame.remove();
  }
}

function handOver(frame: HTMLIFrameElement, gone: AbortSignal): Promise<PrintOutcome> {
  const page = frame.contentWindow;
  if (!page) return Promise.resolve("failed");
  return new Promise((done) => {
    page.addEventListener("afterprint", () => done("printed"));
    page.print();
    gone.addEventListener("abort", () => done("printed"));
    if (gone.aborted) done("printed");
    // Where printing is turned off, `print` returns without any event.
    setTimeout(() => done("printed"), 3_000);
  });
}

function within<T>(ms: number, work: Promise<T>): Promise<T> {
  const late = new Promise<never>((_, fail) => setTimeout(() => fail(new Error("too slow")), ms));
  return Promise.race([work, late]);
}

/** Saves an order's receipt as PDF. False when it could not be had. */
export async function saveReceipt(api: Pick<Api, "file">, order: { id: string; number: string }, language: Language) {
  const receipt = await api.file(`/orders/${order.id}/receipt?lang=${language}`, "application/pdf");
  if (!receipt.ok) return false;
  saveFile(receipt.blob, `${order.number}.pdf`);
  return true;
}
