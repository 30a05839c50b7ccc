import type { FastifyRequest } from "fastify";
import type { Users } from "../../identity/users.ts";
import { idParams, pageQuery } from "../../schemas/paging.ts";
import { userInput, userPatch } from "../../schemas/users.ts";
import { actor } from "../actor.ts";
import type { HttpServer } from "../build.ts";
import { ifMatch, notFound, sendCreated, sendDocument, sendPage } from "../documents.ts";
import { sendRefusal } from "../plugins/problems.ts";

const PATH = "/api/v1/users";
const tags = ["users"];
const access = { permission: "users:write" } as const;

export function addUserRoutes(app: HttpServer, { users }: { users: Users }): void {
  const exists = async ({ params }: FastifyRequest) =>
    (await users.get((params as { id: string }).id)) === null ? notFound("user") : null;

  app.get(
    PATH,
    { config: { access }, schema: { tags, summary: "List users", querystring: pageQuery } },
    (request, reply) => sendPage(reply, request.query, users.list, (items) => items),
  );

  app.get(
    `${PATH}/:id`,
    { config: { access }, schema: { tags, summary: "Read a user", params: idParams } },
    async (request, reply) => {
      const user = await users.get(request.params.id);
      return user === null ? sendRefusal(reply, notFound("user")) : sendDocument(reply, user);
    },
  );

  app.post(
    PATH,
    { config: { access }, schema: { tags, summary: "Add a user", body: userInput } },
    async (request, reply) => {
      const created = await users.create(request.body, actor(request));
      return created.ok ? sendCreated(reply, PATH, created.user) : sendRefusal(reply, created);
    },
  );

  app.patch(
    `${PATH}/:id`,
    { config: { access, exists }, schema: { tags, summary: "Change a user", params: idParams, body: userPatch } },
    async (request, reply) => {
      const updated = await users.update(request.params.id, ifMatch(request), request.body, actor(request));
      return updated.ok ? sendDocument(reply, updated.user) : sendRefusal(reply, updated);
    },
  );

  app.delete(
    `${PATH}/:id`,
    { config: { access }, schema: { tags, summary: "Delete a user", params: idParams } },
    async (request, reply) => {
      const removed = await users.remove(request.params.id, ifMatch(request), actor(request));
      return removed.ok ? reply.code(204).send() : sendRefusal(reply, removed);
    },
  );
}
