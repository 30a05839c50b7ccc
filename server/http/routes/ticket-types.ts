import type { TicketTypes } from "../../catalogue/ticket-types.ts";
import { pageAnswer, ticketTypeAnswer } from "../../schemas/answers.ts";
import { idParams, pageQuery } from "../../schemas/paging.ts";
import { ticketTypeInput, ticketTypePatch } from "../../schemas/ticket-types.ts";
import { answers } from "../answers.ts";
import type { HttpServer } from "../build.ts";
import { addChangeRoutes } from "../changes.ts";
import { notFound, sendCreated, sendDocument, sendPage } from "../documents.ts";
import { sendRefusal } from "../plugins/problems.ts";
import type { Trail } from "../trail.ts";

const PATH = "/api/v1/ticket-types";
const tags = ["ticket types"];

export interface TicketTypeRoutesDeps {
  ticketTypes: TicketTypes;
  trail: Trail;
}

export function addTicketTypeRoutes(app: HttpServer, deps: TicketTypeRoutesDeps): void {
  addReadingRoutes(app, deps);
  addChangingRoutes(app, deps);
}

function addReadingRoutes(app: HttpServer, { ticketTypes }: TicketTypeRoutesDeps): void {
  app.get(
    PATH,
    {
      config: { access: "public" },
      schema: {
        tags,
        summary: "List ticket types in their order",
        querystring: pageQuery,
        ...answers({ 200: pageAnswer(ticketTypeAnswer) }),
      },
    },
    (request, reply) =>
      sendPage(reply, request.query, ticketTypes.list, (documents) => documents.map(ticketTypes.view)),
  );

  app.get(
    `${PATH}/:id`,
    {
      config: { access: "public", sameByVersion: true },
      schema: {
        tags,
        summary: "Read a ticket type",
        params: idParams,
        ...answers({ 304: null, 200: ticketTypeAnswer }),
      },
    },
    async (request, reply) => {
      const found = await ticketTypes.documents.get(request.params.id);
      return found === null
        ? sendRefusal(reply, notFound("ticket type"))
        : sendDocument(reply, ticketTypes.view(found));
    },
  );
}

function addChangingRoutes(app: HttpServer, { ticketTypes, trail }: TicketTypeRoutesDeps): void {
  app.post(
    PATH,
    {
      config: { access: { permission: "catalogue:write" } },
      schema: {
        tags,
        summary: "Add a ticket type",
        body: ticketTypeInput,
        ...answers({ 201: ticketTypeAnswer }, ["duplicate"]),
      },
    },
    async (request, reply) => {
      const created = await ticketTypes.create(request.body);
      if (!created.ok) return sendRefusal(reply, created);
      await trail(request, "ticket-type.create", created.document.id, request.body);
      return sendCreated(reply, PATH, ticketTypes.view(created.document));
    },
  );

  addChangeRoutes(app, {
    ...{ path: PATH, tags, noun: "ticket type", permission: "catalogue:write", trail },
    find: ticketTypes.documents.get,
    ...{ body: ticketTypePatch, update: ticketTypes.update, remove: ticketTypes.remove },
    ...{ view: ticketTypes.view, answer: ticketTypeAnswer },
    updateNote: "What is sold already keeps the name that it was sold under.",
    removeNote:
      "`in_use` while a showtime has a price for it, or had one since it left the draft; make it inactive instead.",
  });
}
