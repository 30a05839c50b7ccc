import type { Genres } from "../../catalogue/genres.ts";
import { genreAnswer, pageAnswer } from "../../schemas/answers.ts";
import { genreInput, genrePatch } from "../../schemas/genres.ts";
import { idParams, pageQuery } from "../../schemas/paging.ts";
import { answers } from "../answers.ts";
import type { HttpServer } from "../build.ts";
import { addChangeRoutes } from "../changes.ts";
import { notFound, sendCreated, sendDocument, sendPage } from "../documents.ts";
import { sendRefusal } from "../plugins/problems.ts";
import type { Trail } from "../trail.ts";

const PATH = "/api/v1/genres";
const tags = ["genres"];

export function addGenreRoutes(app: HttpServer, { genres, trail }: { genres: Genres; trail: Trail }): void {
  app.get(
    PATH,
    {
      config: { access: "public" },
      schema: {
        tags,
        summary: "List genres by name",
        querystring: pageQuery,
        ...answers({ 200: pageAnswer(genreAnswer) }),
      },
    },
    (request, reply) => sendPage(reply, request.query, genres.list, (documents) => documents.map(genres.view)),
  );

  app.get(
    `${PATH}/:id`,
    {
      config: { access: "public", sameByVersion: true },
      schema: { tags, summary: "Read a genre", params: idParams, ...answers({ 304: null, 200: genreAnswer }) },
    },
    async (request, reply) => {
      const genre = await genres.documents.get(request.params.id);
      return genre === null ? sendRefusal(reply, notFound("genre")) : sendDocument(reply, genres.view(genre));
    },
  );

  app.post(
    PATH,
    {
      config: { access: { permission: "catalogue:write" } },
      schema: { tags, summary: "Add a genre", body: genreInput, ...answers({ 201: genreAnswer }, ["duplicate"]) },
    },
    async (request, reply) => {
      const created = await genres.create(request.body);
      if (!created.ok) return sendRefusal(reply, created);
      await trail(request, "genre.create", created.document.id, request.body);
      return sendCreated(reply, PATH, genres.view(created.document));
    },
  );

  addChangeRoutes(app, {
    ...{ path: PATH, tags, noun: "genre", permission: "catalogue:write", trail },
    find: genres.documents.get,
    ...{ body: genrePatch, update: genres.update, remove: genres.remove },
    ...{ view: genres.view, answer: genreAnswer },
    removeNote: "`in_use` while a film has it.",
  });
}
