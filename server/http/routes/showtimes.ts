import type { FastifyRequest } from "fastify";
import { isPublicShowtime, type Schedule } from "../../schedule/schedule.ts";
import type { ShowtimeViews } from "../../schedule/views.ts";
import { idParams } from "../../schemas/paging.ts";
import { showtimeInput, showtimesQuery } from "../../schemas/showtimes.ts";
import type { ShowtimeDoc } from "../../store/collections.ts";
import { can } from "../access.ts";
import type { HttpServer } from "../build.ts";
import { notFound, sendCreated, sendDocument, sendPage } from "../documents.ts";
import { sendRefusal } from "../plugins/problems.ts";

const PATH = "/api/v1/showtimes";
const tags = ["showtimes"];
const VISIBILITY = "Drafts are shown to those who may write showtimes.";

export interface ShowtimeRoutesDeps {
  schedule: Schedule;
  views: ShowtimeViews;
}

export function addShowtimeRoutes(app: HttpServer, { schedule, views }: ShowtimeRoutesDeps): void {
  app.get(
    PATH,
    {
      config: { access: "public" },
      schema: { tags, summary: "List showtimes by start", description: VISIBILITY, querystring: showtimesQuery },
    },
    (request, reply) => {
      const { filmId, from, to, status } = request.query;
      const all = seesAll(request);
      const list: Parameters<typeof sendPage<ShowtimeDoc, unknown>>[2] = (page) =>
        schedule.list({ ...page, filmId, from, to, status, all });
      return sendPage(reply, request.query, list, views.of);
    },
  );

  app.get(
    `${PATH}/:id`,
    {
      config: { access: "public" },
      schema: { tags, summary: "Read a showtime with its free seats", description: VISIBILITY, params: idParams },
    },
    async (request, reply) => {
      const showtime = await visible(request, schedule, request.params.id);
      const [shown] = showtime === null ? [] : await views.of([showtime]);
      return shown === undefined ? sendRefusal(reply, notFound("showtime")) : sendDocument(reply, shown);
    },
  );

  app.get(
    `${PATH}/:id/seats`,
    {
      config: { access: "public" },
      schema: { tags, summary: "Read the seat map of a showtime as it is now", params: idParams },
    },
    async (request, reply) => {
      const showtime = await visible(request, schedule, request.params.id);
      return showtime === null ? sendRefusal(reply, notFound("showtime")) : reply.send(await views.seats(showtime));
    },
  );

  app.post(
    PATH,
    {
      config: { access: { permission: "showtimes:write" } },
      schema: { tags, summary: "Schedule a showtime", body: showtimeInput },
    },
    async (request, reply) => {
      const created = await schedule.create(request.body);
      if (!created.ok) return sendRefusal(reply, created);
      const [shown] = await views.of([created.document]);
      return sendCreated(reply, PATH, shown ?? created.document);
    },
  );
}

function seesAll(request: FastifyRequest): boolean {
  return can(request, "showtimes:write");
}

async function visible(request: FastifyRequest, schedule: Schedule, id: string): Promise<ShowtimeDoc | null> {
  const showtime = await schedule.documents.get(id);
  return showtime !== null && (isPublicShowtime(showtime) || seesAll(request)) ? showtime : null;
}
