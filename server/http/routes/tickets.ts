import type { Door } from "../../receipts/door.ts";
import { checkInAnswer, revocationsAnswer } from "../../schemas/order-answers.ts";
import { checkInBody, revocationsQuery } from "../../schemas/tickets.ts";
import { caller } from "../access.ts";
import { answers } from "../answers.ts";
import type { HttpServer } from "../build.ts";
import { pageOf, pageRequest } from "../paging.ts";
import { sendRefusal } from "../plugins/problems.ts";

/** Before the first cinema: everything. */
const EVER = "1970-01-01T00:00:00.000Z";

/** The door: one scan of a ticket, and the list that lets scanners judge without a link. */
export function addTicketRoutes(app: HttpServer, { door }: { door: Door }): void {
  const config = { access: { permission: "tickets:check" } } as const;
  const tags = ["tickets"];

  app.post(
    "/api/v1/tickets/check-in",
    {
      // A check-in says itself who let in whom, and when.
      config: { ...config, audit: "none" },
      schema: {
        tags,
        summary: "Lets a ticket in, once",
        body: checkInBody,
        ...answers({ 200: checkInAnswer }, ["invalid_ticket", "wrong_showtime", "revoked", "already_used"]),
      },
    },
    async (request, reply) => {
      const { class: tokenClass, subjectId } = caller(request);
      const outcome = await door.checkIn(request.body, { class: tokenClass, subjectId });
      return outcome.ok ? reply.code(200).send(outcome.checkIn) : sendRefusal(reply, outcome);
    },
  );

  app.get(
    "/api/v1/tickets/revocations",
    {
      config,
      schema: {
        tags,
        summary: "Tickets that are no longer good, for offline scanners",
        querystring: revocationsQuery,
        ...answers({ 200: revocationsAnswer }),
      },
    },
    async (request, reply) => {
      const { since = EVER } = request.query;
      const asked = pageRequest(request.query);
      if (!asked.ok) return sendRefusal(reply, asked);
      const { items, nextCursor, asOf } = await door.revocations({ since, ...asked.page });
      return reply.send({ ...pageOf(items, nextCursor), asOf });
    },
  );
}
