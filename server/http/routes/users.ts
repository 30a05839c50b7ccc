import type { FastifyRequest } from "fastify";
import type { Users } from "../../identity/users.ts";
import { pageAnswer } from "../../schemas/answers.ts";
import { idParams } from "../../schemas/paging.ts";
import { passwordLinkAnswer, userAnswer } from "../../schemas/people-answers.ts";
import { userInput, userPatch, usersQuery } from "../../schemas/users.ts";
import { actor } from "../actor.ts";
import { answers, changeHeaders } from "../answers.ts";
import type { HttpServer } from "../build.ts";
import { existsBy, ifMatch, notFound, sendCreated, sendDocument, sendPage } from "../documents.ts";
import { sendRefusal } from "../plugins/problems.ts";

const PATH = "/api/v1/users";
const tags = ["users"];
const access = { permission: "users:write" } as const;

export interface UserRoutesDeps {
  users: Users;
  /** The page where a code for a new password is typed in, as this caller reaches it. */
  passwordUrl(request: FastifyRequest, code: string): string;
}

/** People, as whoever manages them sees them. */
export function addUserRoutes(app: HttpServer, deps: UserRoutesDeps): void {
  const exists = existsBy("user", deps.users.get);
  addReadingRoutes(app, deps);
  addChangingRoutes(app, deps, exists);
  addPasswordLinkRoute(app, deps, exists);
}

type Exists = ReturnType<typeof existsBy>;

function addReadingRoutes(app: HttpServer, { users }: UserRoutesDeps): void {
  app.get(
    PATH,
    {
      config: { access },
      schema: {
        tags,
        summary: "List users",
        description:
          "`q`: the beginning of a name, of a part of it, or of an e-mail address, whatever its case and accents.",
        querystring: usersQuery,
        ...answers({ 200: pageAnswer(userAnswer) }),
      },
    },
    (request, reply) => {
      const { q, roleId, status, ...paging } = request.query;
      const list = (page: Parameters<Users["list"]>[0]) => users.list({ ...page, q, roleId, status });
      return sendPage(reply, paging, list, (items) => items);
    },
  );

  app.get(
    `${PATH}/:id`,
    {
      config: { access, sameByVersion: true },
      schema: { tags, summary: "Read a user", params: idParams, ...answers({ 304: null, 200: userAnswer }) },
    },
    async (request, reply) => {
      const user = await users.get(request.params.id);
      return user === null ? sendRefusal(reply, notFound("user")) : sendDocument(reply, user);
    },
  );
}

function addChangingRoutes(app: HttpServer, { users }: UserRoutesDeps, exists: Exists): void {
  app.post(
    PATH,
    {
      config: { access },
      schema: { tags, summary: "Add a user", body: userInput, ...answers({ 201: userAnswer }, ["duplicate"]) },
    },
    async (request, reply) => {
      const created = await users.create(request.body, actor(request));
      return created.ok ? sendCreated(reply, PATH, created.user) : sendRefusal(reply, created);
    },
  );

  app.patch(
    `${PATH}/:id`,
    {
      config: { access, exists },
      schema: {
        tags,
        summary: "Change a user",
        description:
          "Disabled, or with a new password, they are signed out everywhere within 5 s. `in_use`: the last administrator stays.",
        ...{ params: idParams, body: userPatch, headers: changeHeaders },
        ...answers({ 200: userAnswer }, ["duplicate", "in_use", "version_conflict"]),
      },
    },
    async (request, reply) => {
      const updated = await users.update(request.params.id, ifMatch(request), request.body, actor(request));
      return updated.ok ? sendDocument(reply, updated.user) : sendRefusal(reply, updated);
    },
  );

  app.delete(
    `${PATH}/:id`,
    {
      config: { access, exists },
      schema: {
        tags,
        summary: "Forget a user",
        description: "Their orders stay in the books without a name. `in_use`: the last administrator stays.",
        ...{ params: idParams, headers: changeHeaders },
        ...answers({ 204: null }, ["in_use", "version_conflict"]),
      },
    },
    async (request, reply) => {
      const removed = await users.remove(request.params.id, ifMatch(request), actor(request));
      return removed.ok ? reply.code(204).send() : sendRefusal(reply, removed);
    },
  );
}

function addPasswordLinkRoute(app: HttpServer, { users, passwordUrl }: UserRoutesDeps, exists: Exists): void {
  app.post(
    `${PATH}/:id/password-link`,
    {
      config: { access, exists },
      schema: {
        tags,
        summary: "A link to a new password, to be handed over",
        description: "Works once, for an hour, and ends when the password or the address changes.",
        params: idParams,
        ...answers({ 201: passwordLinkAnswer }),
      },
    },
    async (request, reply) => {
      const issued = await users.passwordCode(request.params.id, actor(request));
      if (!issued.ok) return sendRefusal(reply, issued);
      const { code, expiresAt } = issued.code;
      reply.header("cache-control", "no-store");
      return reply.code(201).send({ code, url: passwordUrl(request, code), expiresAt });
    },
  );
}
