import type { Auditoriums } from "../../catalogue/auditoriums.ts";
import { auditoriumAnswer, pageAnswer } from "../../schemas/answers.ts";
import { auditoriumInput, auditoriumPatch } from "../../schemas/auditoriums.ts";
import { idParams, pageQuery } from "../../schemas/paging.ts";
import { answers } from "../answers.ts";
import type { HttpServer } from "../build.ts";
import { addChangeRoutes } from "../changes.ts";
import { notFound, sendCreated, sendDocument, sendPage } from "../documents.ts";
import { sendRefusal } from "../plugins/problems.ts";
import type { Trail } from "../trail.ts";

const PATH = "/api/v1/auditoriums";
const tags = ["auditoriums"];

export interface AuditoriumRoutesDeps {
  auditoriums: Auditoriums;
  trail: Trail;
  /** Gives drafts the seats of a chart that changed. */
  followChart(auditoriumId: string): Promise<void>;
}

export function addAuditoriumRoutes(app: HttpServer, deps: AuditoriumRoutesDeps): void {
  addReadingRoutes(app, deps);
  addChangingRoutes(app, deps);
}

function addReadingRoutes(app: HttpServer, { auditoriums }: AuditoriumRoutesDeps): void {
  app.get(
    PATH,
    {
      config: { access: "public" },
      schema: {
        tags,
        summary: "List auditoriums by name",
        querystring: pageQuery,
        ...answers({ 200: pageAnswer(auditoriumAnswer) }),
      },
    },
    (request, reply) =>
      sendPage(reply, request.query, auditoriums.list, (documents) => Promise.all(documents.map(auditoriums.view))),
  );

  app.get(
    `${PATH}/:id`,
    {
      config: { access: "public", sameByVersion: true },
      schema: {
        tags,
        summary: "Read an auditorium and its seats",
        params: idParams,
        ...answers({ 304: null, 200: auditoriumAnswer }),
      },
    },
    async (request, reply) => {
      const found = await auditoriums.documents.get(request.params.id);
      return found === null
        ? sendRefusal(reply, notFound("auditorium"))
        : sendDocument(reply, await auditoriums.view(found));
    },
  );
}

function addChangingRoutes(app: HttpServer, { auditoriums, trail, followChart }: AuditoriumRoutesDeps): void {
  app.post(
    PATH,
    {
      config: { access: { permission: "catalogue:write" } },
      schema: {
        tags,
        summary: "Add an auditorium from its chart",
        body: auditoriumInput,
        ...answers({ 201: auditoriumAnswer }, ["duplicate"]),
      },
    },
    async (request, reply) => {
      const created = await auditoriums.create(request.body);
      if (!created.ok) return sendRefusal(reply, created);
      await trail(request, "auditorium.create", created.document.id, request.body);
      return sendCreated(reply, PATH, await auditoriums.view(created.document));
    },
  );

  addChangeRoutes(app, {
    ...{ path: PATH, tags, noun: "auditorium", permission: "catalogue:write", trail },
    find: auditoriums.documents.get,
    ...{ body: auditoriumPatch, update: auditoriums.update, remove: auditoriums.remove },
    ...{ view: auditoriums.view, answer: auditoriumAnswer },
    onChanged: ({ id }, { chart }) => (chart === undefined ? Promise.resolve() : followChart(id)),
    updateNote:
      "Another chart is for showtimes scheduled from now on and for drafts; showtimes that are or were on sale keep their seats.",
    removeNote: "`in_use` while a showtime is in it.",
  });
}
