import type { Genres } from "../../catalogue/genres.ts";
import { genreInput } from "../../schemas/genres.ts";
import { idParams, pageQuery } from "../../schemas/paging.ts";
import type { HttpServer } from "../build.ts";
import { notFound, sendCreated, sendDocument, sendPage } from "../documents.ts";
import { sendRefusal } from "../plugins/problems.ts";

const PATH = "/api/v1/genres";
const tags = ["genres"];

export function addGenreRoutes(app: HttpServer, { genres }: { genres: Genres }): void {
  app.get(
    PATH,
    { config: { access: "public" }, schema: { tags, summary: "List genres by name", querystring: pageQuery } },
    (request, reply) => sendPage(reply, request.query, genres.list, (documents) => documents.map(genres.view)),
  );

  app.get(
    `${PATH}/:id`,
    { config: { access: "public" }, schema: { tags, summary: "Read a genre", params: idParams } },
    async (request, reply) => {
      const genre = await genres.documents.get(request.params.id);
      return genre === null ? sendRefusal(reply, notFound("genre")) : sendDocument(reply, genres.view(genre));
    },
  );

  app.post(
    PATH,
    {
      config: { access: { permission: "catalogue:write" } },
      schema: { tags, summary: "Add a genre", body: genreInput },
    },
    async (request, reply) => {
      const created = await genres.create(request.body);
      return created.ok ? sendCreated(reply, PATH, genres.view(created.document)) : sendRefusal(reply, created);
    },
  );
}
