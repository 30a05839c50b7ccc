import type { FastifyReply, FastifyRequest } from "fastify";
import type { Updated } from "../../catalogue/documents.ts";
import { type Films, isPublicFilm } from "../../catalogue/films.ts";
import type { ShowtimeViews } from "../../schedule/views.ts";
import { filmAnswer, pageAnswer } from "../../schemas/answers.ts";
import { filmGenreParams, filmInput, filmPatch, filmsQuery } from "../../schemas/films.ts";
import { idParams } from "../../schemas/paging.ts";
import type { FilmDoc } from "../../store/collections.ts";
import { can } from "../access.ts";
import { answers, changeHeaders } from "../answers.ts";
import type { HttpServer } from "../build.ts";
import { addChangeRoutes } from "../changes.ts";
import { existsBy, ifMatch, notFound, sendCreated, sendDocument, sendPage } from "../documents.ts";
import { sendRefusal } from "../plugins/problems.ts";
import type { Trail } from "../trail.ts";

const PATH = "/api/v1/films";
const tags = ["films"];
const access = { permission: "catalogue:write" } as const;
const VISIBILITY = "Drafts and archived films are shown to those who may write the catalogue.";
const SEARCH =
  "`q` finds the beginnings of words in title, original title and director, whatever their case and accents.";

export interface FilmRoutesDeps {
  films: Films;
  views: ShowtimeViews;
  trail: Trail;
}

export function addFilmRoutes(app: HttpServer, deps: FilmRoutesDeps): void {
  addReadingRoutes(app, deps);
  addChangingRoutes(app, deps);
  addFilmGenreRoutes(app, deps);
}

function addReadingRoutes(app: HttpServer, { films, views }: FilmRoutesDeps): void {
  app.get(
    PATH,
    {
      config: { access: "public" },
      schema: {
        tags,
        summary: "List and search films by title",
        description: `${SEARCH} ${VISIBILITY}`,
        querystring: filmsQuery,
        ...answers({ 200: pageAnswer(filmAnswer) }),
      },
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
        ...answers({ 200: filmAnswer }),
      },
    },
    async (request, reply) => {
      const film = await films.documents.get(request.params.id);
      if (film === null || !isVisible(request, film)) return sendRefusal(reply, notFound("film"));
      const [shown] = await views.withShowtimes([films.view(film)]);
      return sendDocument(reply, shown ?? films.view(film));
    },
  );
}

function addChangingRoutes(app: HttpServer, { films, trail }: FilmRoutesDeps): void {
  app.post(
    PATH,
    { config: { access }, schema: { tags, summary: "Add a film", body: filmInput, ...answers({ 201: filmAnswer }) } },
    async (request, reply) => {
      const created = await films.create(request.body);
      if (!created.ok) return sendRefusal(reply, created);
      await trail(request, "film.create", created.document.id, request.body);
      return sendCreated(reply, PATH, films.view(created.document));
    },
  );

  addChangeRoutes(app, {
    ...{ path: PATH, tags, noun: "film", ...access, trail },
    find: films.documents.get,
    ...{ body: filmPatch, update: films.update, remove: films.remove },
    ...{ view: films.view, answer: filmAnswer },
    updateNote: "Showtimes that are scheduled keep the time they were given, whatever becomes of the duration.",
    removeNote: "`in_use` while a showtime shows it, past ones included; archive it instead.",
  });
}

/** Which genres a film has, one by one. */
function addFilmGenreRoutes(app: HttpServer, { films, trail }: FilmRoutesDeps): void {
  const exists = existsBy("film", films.documents.get);
  const schema = (summary: string) => ({
    tags,
    summary,
    description: "Safe to repeat. Answers the film.",
    ...{ params: filmGenreParams, headers: changeHeaders },
    ...answers({ 200: filmAnswer }, ["version_conflict"]),
  });
  const answer = async (request: FastifyRequest, reply: FastifyReply, action: string, updated: Updated<FilmDoc>) => {
    if (!updated.ok) return sendRefusal(reply, updated);
    const { document, changed } = updated;
    const { genreId } = request.params as { genreId: string };
    if (changed) await trail(request, action, document.id, { genreId });
    return sendDocument(reply, films.view(document));
  };

  app.put(
    `${PATH}/:id/genres/:genreId`,
    { config: { access, exists }, schema: schema("Give a film a genre") },
    async (request, reply) => {
      const { id, genreId } = request.params;
      return answer(request, reply, "film.genre.add", await films.addGenre(id, ifMatch(request), genreId));
    },
  );

  app.delete(
    `${PATH}/:id/genres/:genreId`,
    { config: { access, exists }, schema: schema("Take a genre from a film") },
    async (request, reply) => {
      const { id, genreId } = request.params;
      return answer(request, reply, "film.genre.remove", await films.removeGenre(id, ifMatch(request), genreId));
    },
  );
}

function seesAll(request: FastifyRequest): boolean {
  return can(request, "catalogue:write");
}

function isVisible(request: FastifyRequest, film: FilmDoc): boolean {
  return isPublicFilm(film) || seesAll(request);
}
