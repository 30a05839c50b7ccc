import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { HttpServer } from "../../server/http/build.ts";
import { addReceiptRoutes } from "../../server/http/routes/receipts.ts";
import { createReceipts } from "../../server/receipts/receipts.ts";
import { createTickets } from "../../server/receipts/tickets.ts";
import type { OrderDoc } from "../../server/store/collections.ts";
import { aPrincipal, bareEdge } from "../support/edge.ts";
import { anOrder } from "../support/orders.ts";
import { textOfPdf } from "../support/pdf.ts";
import { ticketKeys } from "../support/ticket-keys.ts";

let app: HttpServer;
const paid = anOrder({ film: { id: "flm_1", title: "<b>Alien</b>" } });
const open = anOrder({ status: "pending", confirmedAt: undefined, receiptNumber: undefined });
const orders: OrderDoc[] = [paid, open];

beforeAll(async () => {
  paid.tickets = await createTickets({ keys: await ticketKeys() }).issue(paid);
  const callers = { mine: aPrincipal(), other: aPrincipal({ sessionId: "ses_other" }) };
  app = await bareEdge(callers, (http) =>
    addReceiptRoutes(http, {
      receipts: createReceipts({ timeZone: "Europe/Madrid", styleUrl: "/api/v1/receipt.css", compress: false }),
      findOrder: async ({ sessionId }, id) =>
        orders.find((order) => order.id === id && order.sessionId === sessionId) ?? null,
    }),
  );
});
afterAll(() => app.close());

const get = (id: string, headers: Record<string, string> = {}, query = "") =>
  app.inject({ url: `/api/v1/orders/${id}/receipt${query}`, headers: { authorization: "Bearer mine", ...headers } });

describe("GET /orders/:id/receipt", () => {
  it("[T13] is a page by default, which needs nothing but its stylesheet", async () => {
    const answer = await get(paid.id);
    expect(answer.statusCode).toBe(200);
    expect(answer.headers["content-type"]).toBe("text/html; charset=utf-8");
    expect(answer.headers["content-security-policy"]).toContain("default-src 'none'; style-src 'self'");
    expect(answer.headers["cache-control"]).toBe("private, no-store");
    expect(answer.headers.vary).toContain("Accept, Accept-Language");
    expect(answer.body).toContain("&lt;b&gt;Alien");
    expect(answer.body.match(/<svg/g)).toHaveLength(2);
    const href = /<link rel="stylesheet" href="([^"]+)"/.exec(answer.body)?.[1] ?? "";
    const style = await app.inject({ url: href });
    expect(style.headers["content-type"]).toBe("text/css; charset=utf-8");
    expect(style.body).toContain("@page");
  });

  it("[T13] is a PDF when that is asked for", async () => {
    const answer = await get(paid.id, { accept: "application/pdf" });
    expect(answer.headers["content-type"]).toBe("application/pdf");
    expect(answer.headers["content-disposition"]).toBe('inline; filename="K7M4QF.pdf"');
    expect(answer.rawPayload.subarray(0, 5).toString()).toBe("%PDF-");
    expect(textOfPdf(answer.rawPayload)).toContain("<b>Alien</b>");
  });

  it("[T13] speaks the language of the reader, or the one asked for", async () => {
    const english = await get(paid.id, { "accept-language": "en-GB,en;q=0.9" });
    expect(english.headers["content-language"]).toBe("en");
    expect(english.body).toContain('<html lang="en">');
    const spanish = await get(paid.id, { "accept-language": "en" }, "?lang=es");
    expect(spanish.body).toContain('<html lang="es">');
    expect(spanish.body).toContain("Sala 2");
    const french = await get(paid.id, {}, "?lang=fr");
    expect(french.json()).toMatchObject({ status: 400, code: "invalid_request", errors: [{ path: "lang" }] });
  });

  it("[T9] of an order that is not confirmed: order_state, as page and as PDF", async () => {
    for (const accept of ["text/html", "application/pdf"]) {
      const answer = await get(open.id, { accept });
      expect(answer.statusCode).toBe(409);
      expect(answer.headers["content-type"]).toContain("application/problem+json");
      expect(answer.json().code).toBe("order_state");
    }
  });

  it("[T14] of another's order, or of none: not_found, before anything else is judged; without a token: unauthorized", async () => {
    const other = await get(paid.id, { authorization: "Bearer other" }, "?lang=fr");
    expect(other.json()).toMatchObject({ status: 404, code: "not_found" });
    expect((await get("ord_none")).statusCode).toBe(404);
    expect((await app.inject({ url: `/api/v1/orders/${paid.id}/receipt` })).statusCode).toBe(401);
  });
});
