import type { FastifyRequest } from "fastify";
import { type Films, isPublicFilm } from "../../catalogue/films.ts";
import type { ShowtimeViews } from "../../schedule/views.ts";
import { filmInput, filmsQuery } from "../../schemas/films.ts";
import { idParams } from "../../schemas/paging.ts";
import type { FilmDoc } from "../../store/collections.ts";
import { can } from "../access.ts";
import type { HttpServer } from "../build.ts";
import { notFound, sendCreated, sendDocument, sendPage } from "../documents.ts";
import { sendRefusal } from "../plugins/problems.ts";

const PATH = "/api/v1/films";
const tags = ["films"];
const VISIBILITY = "Drafts and archived films are shown to those who may write the catalogue.";

export interface FilmRoutesDeps {
  films: Films;
  views: ShowtimeViews;
}

export function addFilmRoutes(app: HttpServer, { films, views }: FilmRoutesDeps): void {
  app.get(
    PATH,
    {
      config: { access: "public" },
      schema: { tags, summary: "List and search films by title", description: VISIBILITY, querystring: filmsQuery },
    },
    (request, reply) => {
      const { q, genre, status, include } = request.query;
      return sendPage(
        reply,
        request.query,
        (page) => films.list({ ...page, q, genre, status, all: seesAll(request) }),
        (documents) => {
          const shown = documents.map(films.view);
          return include === "showtimes" ? views.withShowtimes(shown) : shown;
        },
      );
    },
  );

  app.get(
    `${PATH}/:id`,
    {
      config: { access: "public" },
      schema: {
        tags,
        summary: "Read a film with its showtimes to come",
        description: VISIBILITY,
        params: idParams,
      },
    },
    async (request, reply) => {
      const film = await films.documents.get(request.params.id);
      if (film === null || !isVisible(request, film)) return sendRefusal(reply, notFound("film"));
      const [shown] = await views.withShowtimes([films.view(film)]);
      return sendDocument(reply, shown ?? films.view(film));
    },
  );

  app.post(
    PATH,
    {
      config: { access: { permission: "catalogue:write" } },
      schema: { tags, summary: "Add a film", body: filmInput },
    },
    async (request, reply) => {
      const created = await films.create(request.body);
      return created.ok ? sendCreated(reply, PATH, films.view(created.document)) : sendRefusal(reply, created);
    },
  );
}

function seesAll(request: FastifyRequest): boolean {
  return can(request, "catalogue:write");
}

function isVisible(request: FastifyRequest, film: FilmDoc): boolean {
  return isPublicFilm(film) || seesAll(request);
}
