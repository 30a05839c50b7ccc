import type { TicketTypes } from "../../catalogue/ticket-types.ts";
import { idParams, pageQuery } from "../../schemas/paging.ts";
import { ticketTypeInput } from "../../schemas/ticket-types.ts";
import type { HttpServer } from "../build.ts";
import { notFound, sendCreated, sendDocument, sendPage } from "../documents.ts";
import { sendRefusal } from "../plugins/problems.ts";

const PATH = "/api/v1/ticket-types";
const tags = ["ticket types"];

export function addTicketTypeRoutes(app: HttpServer, { ticketTypes }: { ticketTypes: TicketTypes }): void {
  app.get(
    PATH,
    {
      config: { access: "public" },
      schema: { tags, summary: "List ticket types in their order", querystring: pageQuery },
    },
    (request, reply) =>
      sendPage(reply, request.query, ticketTypes.list, (documents) => documents.map(ticketTypes.view)),
  );

  app.get(
    `${PATH}/:id`,
    { config: { access: "public" }, schema: { tags, summary: "Read a ticket type", params: idParams } },
    async (request, reply) => {
      const found = await ticketTypes.documents.get(request.params.id);
      return found === null
        ? sendRefusal(reply, notFound("ticket type"))
        : sendDocument(reply, ticketTypes.view(found));
    },
  );

  app.post(
    PATH,
    {
      config: { access: { permission: "catalogue:write" } },
      schema: { tags, summary: "Add a ticket type", body: ticketTypeInput },
    },
    async (request, reply) => {
      const created = await ticketTypes.create(request.body);
      return created.ok ? sendCreated(reply, PATH, ticketTypes.view(created.document)) : sendRefusal(reply, created);
    },
  );
}
