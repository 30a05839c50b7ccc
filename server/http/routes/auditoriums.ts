import type { Auditoriums } from "../../catalogue/auditoriums.ts";
import { auditoriumInput } from "../../schemas/auditoriums.ts";
import { idParams, pageQuery } from "../../schemas/paging.ts";
import type { HttpServer } from "../build.ts";
import { notFound, sendCreated, sendDocument, sendPage } from "../documents.ts";
import { sendRefusal } from "../plugins/problems.ts";

const PATH = "/api/v1/auditoriums";
const tags = ["auditoriums"];

export function addAuditoriumRoutes(app: HttpServer, { auditoriums }: { auditoriums: Auditoriums }): void {
  app.get(
    PATH,
    { config: { access: "public" }, schema: { tags, summary: "List auditoriums by name", querystring: pageQuery } },
    (request, reply) =>
      sendPage(reply, request.query, auditoriums.list, (documents) => Promise.all(documents.map(auditoriums.view))),
  );

  app.get(
    `${PATH}/:id`,
    { config: { access: "public" }, schema: { tags, summary: "Read an auditorium and its seats", params: idParams } },
    async (request, reply) => {
      const found = await auditoriums.documents.get(request.params.id);
      return found === null
        ? sendRefusal(reply, notFound("auditorium"))
        : sendDocument(reply, await auditoriums.view(found));
    },
  );

  app.post(
    PATH,
    {
      config: { access: { permission: "catalogue:write" } },
      schema: { tags, summary: "Add an auditorium from its chart", body: auditoriumInput },
    },
    async (request, reply) => {
      const created = await auditoriums.create(request.body);
      if (!created.ok) return sendRefusal(reply, created);
      return sendCreated(reply, PATH, await auditoriums.view(created.document));
    },
  );
}
