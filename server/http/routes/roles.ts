import type { Roles } from "../../identity/roles.ts";
import { pageAnswer } from "../../schemas/answers.ts";
import { idParams, pageQuery } from "../../schemas/paging.ts";
import { roleAnswer } from "../../schemas/people-answers.ts";
import { roleInput, rolePatch } from "../../schemas/roles.ts";
import { actor } from "../actor.ts";
import { answers, changeHeaders } from "../answers.ts";
import type { HttpServer } from "../build.ts";
import { existsBy, ifMatch, notFound, sendCreated, sendDocument, sendPage } from "../documents.ts";
import { sendRefusal } from "../plugins/problems.ts";

const PATH = "/api/v1/roles";
const tags = ["roles"];
const access = { permission: "roles:write" } as const;

export function addRoleRoutes(app: HttpServer, { roles }: { roles: Roles }): void {
  addReadingRoutes(app, roles);
  addChangingRoutes(app, roles);
}

function addReadingRoutes(app: HttpServer, roles: Roles): void {
  app.get(
    PATH,
    {
      config: { access },
      schema: { tags, summary: "List roles", querystring: pageQuery, ...answers({ 200: pageAnswer(roleAnswer) }) },
    },
    (request, reply) => sendPage(reply, request.query, roles.list, (items) => items),
  );

  app.get(
    `${PATH}/:id`,
    {
      config: { access, sameByVersion: true },
      schema: { tags, summary: "Read a role", params: idParams, ...answers({ 304: null, 200: roleAnswer }) },
    },
    async (request, reply) => {
      const role = await roles.get(request.params.id);
      return role === null ? sendRefusal(reply, notFound("role")) : sendDocument(reply, role);
    },
  );
}

function addChangingRoutes(app: HttpServer, roles: Roles): void {
  const exists = existsBy("role", roles.get);

  app.post(
    PATH,
    {
      config: { access },
      schema: { tags, summary: "Add a role", body: roleInput, ...answers({ 201: roleAnswer }, ["duplicate"]) },
    },
    async (request, reply) => {
      const created = await roles.create(request.body, actor(request));
      return created.ok ? sendCreated(reply, PATH, created.role) : sendRefusal(reply, created);
    },
  );

  app.patch(
    `${PATH}/:id`,
    {
      config: { access, exists },
      schema: {
        tags,
        summary: "Change a role",
        description: "Counts for everybody who has it within 2 s. `in_use`: built-in roles stay as they are.",
        ...{ params: idParams, body: rolePatch, headers: changeHeaders },
        ...answers({ 200: roleAnswer }, ["duplicate", "in_use", "version_conflict"]),
      },
    },
    async (request, reply) => {
      const updated = await roles.update(request.params.id, ifMatch(request), request.body, actor(request));
      return updated.ok ? sendDocument(reply, updated.role) : sendRefusal(reply, updated);
    },
  );

  app.delete(
    `${PATH}/:id`,
    {
      config: { access, exists },
      schema: {
        tags,
        summary: "Delete a role",
        description: "`in_use`: it is built in, or somebody has it.",
        ...{ params: idParams, headers: changeHeaders },
        ...answers({ 204: null }, ["in_use", "version_conflict"]),
      },
    },
    async (request, reply) => {
      const removed = await roles.remove(request.params.id, ifMatch(request), actor(request));
      return removed.ok ? reply.code(204).send() : sendRefusal(reply, removed);
    },
  );
}
