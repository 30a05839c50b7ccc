import type { FastifyReply, FastifyRequest } from "fastify";
import type { Receipts } from "../../receipts/receipts.ts";
import { pickLanguage, prefersPdf, type ReceiptLanguage } from "../../receipts/words.ts";
import { receiptAnswer } from "../../schemas/order-answers.ts";
import { idParams } from "../../schemas/paging.ts";
import { receiptQuery } from "../../schemas/tickets.ts";
import type { OrderDoc } from "../../store/collections.ts";
import { caller } from "../access.ts";
import { answers } from "../answers.ts";
import type { HttpServer } from "../build.ts";
import { idOf, notFound } from "../documents.ts";
import { sendRefusal } from "../plugins/problems.ts";
import type { FindOrder } from "./orders.ts";

/** Where the stylesheet of HTML receipts lives; apps that show a receipt in a frame may load it under `'self'`. */
export const RECEIPT_CSS_PATH = "/api/v1/receipt.css";
/** The page needs its stylesheet and nothing else; our own apps may frame it to print it. */
const RECEIPT_POLICY =
  "default-src 'none'; style-src 'self'; font-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'self'";

interface ReceiptRouteDeps {
  receipts: Receipts;
  findOrder: FindOrder;
}

export function addReceiptRoutes(app: HttpServer, { receipts, findOrder }: ReceiptRouteDeps): void {
  const noOrder = notFound("order");

  async function sendReceipt(reply: FastifyReply, order: OrderDoc, asPdf: boolean, language: ReceiptLanguage) {
    const drawn = asPdf ? await receipts.pdf(order, language) : receipts.html(order, language);
    if (!drawn.ok) return sendRefusal(reply, drawn);
    reply.headers({
      "cache-control": "private, no-store",
      vary: [reply.getHeader("vary"), "Accept", "Accept-Language"].filter(Boolean).join(", "),
      "content-language": language,
      "content-security-policy": RECEIPT_POLICY,
    });
    if ("html" in drawn) return reply.type("text/html; charset=utf-8").send(drawn.html);
    reply.header("content-disposition", `inline; filename="${order.number.replace(/[^\w-]/g, "")}.pdf"`);
    return reply.type("application/pdf").send(drawn.pdf);
  }

  const mine = (request: FastifyRequest) => findOrder(caller(request), idOf(request.params));

  app.get(
    "/api/v1/orders/:id/receipt",
    {
      config: { access: "any", exists: async (request) => ((await mine(request)) === null ? noOrder : null) },
      schema: {
        tags: ["orders"],
        summary: "The receipt with its tickets, text/html for 80 mm paper or application/pdf",
        ...{ params: idParams, querystring: receiptQuery },
        ...answers({ 200: receiptAnswer }, ["order_state"]),
      },
    },
    async (request, reply) => {
      const order = await mine(request);
      if (order === null) return sendRefusal(reply, noOrder);
      const { accept, "accept-language": liked } = request.headers;
      return sendReceipt(reply, order, prefersPdf(accept), pickLanguage(request.query.lang, liked));
    },
  );

  app.get(RECEIPT_CSS_PATH, { config: { access: "public" }, schema: { hide: true } }, (_request, reply) =>
    reply.header("cache-control", "public, max-age=300").type("text/css; charset=utf-8").send(receipts.css),
  );
}
