import { toOrder } from "../../booking/order-view.ts";
import type { Lookups } from "../../identity/lookups.ts";
import { orderLookup } from "../../schemas/me.ts";
import { purchaseAnswer } from "../../schemas/people-answers.ts";
import { actor } from "../actor.ts";
import { answers } from "../answers.ts";
import type { HttpServer } from "../build.ts";
import { sendDocument } from "../documents.ts";
import { sendRefusal } from "../plugins/problems.ts";

/** Purchases found again by their number and the e-mail address that was given with them. */
export function addLookupRoutes(app: HttpServer, { lookups }: { lookups: Lookups }): void {
  app.post(
    "/api/v1/orders/lookup",
    {
      config: { access: { classes: ["guest", "customer", "staff"] }, audit: "none", limit: "codes" },
      schema: {
        tags: ["orders"],
        summary: "Find a purchase by its number and e-mail address",
        description:
          "The caller's session may read it for half an hour, with its tickets and receipt, and change nothing.",
        body: orderLookup,
        ...answers({ 200: purchaseAnswer }),
      },
    },
    async (request, reply) => {
      const found = await lookups.find(request.body, actor(request));
      if (!found.ok) return sendRefusal(reply, found);
      return sendDocument(reply.header("cache-control", "no-store"), toOrder(found.order));
    },
  );
}
