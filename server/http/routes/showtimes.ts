import type { FastifyRequest } from "fastify";
import type { ShowtimeChanges } from "../../schedule/changes.ts";
import { isPublicShowtime, type Schedule } from "../../schedule/schedule.ts";
import type { ShowtimeViews } from "../../schedule/views.ts";
import { pageAnswer, seatsAnswer, showtimeAnswer } from "../../schemas/answers.ts";
import { idParams } from "../../schemas/paging.ts";
import { showtimeInput, showtimePatch, showtimesQuery } from "../../schemas/showtimes.ts";
import type { ShowtimeDoc } from "../../store/collections.ts";
import { can } from "../access.ts";
import { answers } from "../answers.ts";
import type { HttpServer } from "../build.ts";
import { addChangeRoutes } from "../changes.ts";
import { notFound, sendCreated, sendDocument, sendPage } from "../documents.ts";
import { sendRefusal } from "../plugins/problems.ts";
import type { Trail } from "../trail.ts";

const PATH = "/api/v1/showtimes";
const tags = ["showtimes"];
const VISIBILITY = "Drafts are shown to those who may write showtimes.";
const UPDATE_NOTE = [
  "`status` goes from draft to on-sale, closed and on-sale again; cancelled is final, and so is all else then",
  "(`showtime_closed`). Cancelling frees the auditorium and ends sales; orders stay as they are and are refunded one by",
  "one. `in_use`: the auditorium once it is no draft, the film once it has orders.",
].join(" ");

export interface ShowtimeRoutesDeps {
  schedule: Schedule;
  views: ShowtimeViews;
  changes: ShowtimeChanges;
  trail: Trail;
  /** Tells whoever watches; never fails. */
  tell(showtimeId: string): Promise<void>;
}

export function addShowtimeRoutes(app: HttpServer, deps: ShowtimeRoutesDeps): void {
  addReadingRoutes(app, deps);
  addChangingRoutes(app, deps);
}

function addReadingRoutes(app: HttpServer, { schedule, views }: ShowtimeRoutesDeps): void {
  app.get(
    PATH,
    {
      config: { access: "public" },
      schema: {
        tags,
        summary: "List showtimes by start",
        description: VISIBILITY,
        querystring: showtimesQuery,
        ...answers({ 200: pageAnswer(showtimeAnswer) }),
      },
    },
    (request, reply) => {
      const { filmId, auditoriumId, from, to, status } = request.query;
      const all = seesAll(request);
      const list: Parameters<typeof sendPage<ShowtimeDoc, unknown>>[2] = (page) =>
        schedule.list({ ...page, filmId, auditoriumId, from, to, status, all });
      return sendPage(reply, request.query, list, views.of);
    },
  );

  app.get(
    `${PATH}/:id`,
    {
      config: { access: "public" },
      schema: {
        tags,
        summary: "Read a showtime with its free seats",
        description: VISIBILITY,
        params: idParams,
        ...answers({ 200: showtimeAnswer }),
      },
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
      schema: {
        tags,
        summary: "Read the seat map of a showtime as it is now",
        params: idParams,
        ...answers({ 200: seatsAnswer }),
      },
    },
    async (request, reply) => {
      const showtime = await visible(request, schedule, request.params.id);
      return showtime === null ? sendRefusal(reply, notFound("showtime")) : reply.send(await views.seats(showtime));
    },
  );
}

function addChangingRoutes(app: HttpServer, { schedule, views, changes, trail, tell }: ShowtimeRoutesDeps): void {
  const shownAs = async (document: ShowtimeDoc) => (await views.of([document]))[0] ?? document;

  app.post(
    PATH,
    {
      config: { access: { permission: "showtimes:write" } },
      schema: {
        tags,
        summary: "Schedule a showtime",
        body: showtimeInput,
        ...answers({ 201: showtimeAnswer }, ["schedule_conflict"]),
      },
    },
    async (request, reply) => {
      const created = await schedule.create(request.body);
      if (!created.ok) return sendRefusal(reply, created);
      await trail(request, "showtime.create", created.document.id, request.body);
      await tell(created.document.id);
      return sendCreated(reply, PATH, await shownAs(created.document));
    },
  );

  addChangeRoutes(app, {
    ...{ path: PATH, tags, noun: "showtime", permission: "showtimes:write", trail },
    find: schedule.documents.get,
    ...{ body: showtimePatch, update: changes.update, remove: changes.remove },
    ...{ view: shownAs, answer: showtimeAnswer, codes: ["schedule_conflict", "showtime_closed"] },
    onChanged: ({ id }) => tell(id),
    onRemoved: tell,
    updateNote: UPDATE_NOTE,
    removeNote: "`in_use` once it has orders, and while seats of it are held; cancel it instead.",
  });
}

function seesAll(request: FastifyRequest): boolean {
  return can(request, "showtimes:write");
}

async function visible(request: FastifyRequest, schedule: Schedule, id: string): Promise<ShowtimeDoc | null> {
  const showtime = await schedule.documents.get(id);
  return showtime !== null && (isPublicShowtime(showtime) || seesAll(request)) ? showtime : null;
}
