import type { FastifyRequest } from "fastify";
import type { Devices } from "../../identity/devices.ts";
import { deviceInput, devicePatch } from "../../schemas/devices.ts";
import { idParams, pageQuery } from "../../schemas/paging.ts";
import { actor } from "../actor.ts";
import type { HttpServer } from "../build.ts";
import { ifMatch, notFound, sendCreated, sendDocument, sendPage } from "../documents.ts";
import { sendRefusal } from "../plugins/problems.ts";

const PATH = "/api/v1/devices";
const tags = ["devices"];
const access = { permission: "devices:write" } as const;

export function addDeviceRoutes(app: HttpServer, { devices }: { devices: Devices }): void {
  const exists = async ({ params }: FastifyRequest) =>
    (await devices.get((params as { id: string }).id)) === null ? notFound("device") : null;

  app.get(
    PATH,
    { config: { access }, schema: { tags, summary: "List devices", querystring: pageQuery } },
    (request, reply) => sendPage(reply, request.query, devices.list, (items) => items),
  );

  app.get(
    `${PATH}/:id`,
    { config: { access }, schema: { tags, summary: "Read a device", params: idParams } },
    async (request, reply) => {
      const device = await devices.get(request.params.id);
      return device === null ? sendRefusal(reply, notFound("device")) : sendDocument(reply, device);
    },
  );

  app.post(
    PATH,
    { config: { access }, schema: { tags, summary: "Add a device", body: deviceInput } },
    async (request, reply) => {
      const created = await devices.create(request.body, actor(request));
      return created.ok ? sendCreated(reply, PATH, created.device) : sendRefusal(reply, created);
    },
  );

  app.patch(
    `${PATH}/:id`,
    { config: { access, exists }, schema: { tags, summary: "Change a device", params: idParams, body: devicePatch } },
    async (request, reply) => {
      const updated = await devices.update(request.params.id, ifMatch(request), request.body, actor(request));
      return updated.ok ? sendDocument(reply, updated.device) : sendRefusal(reply, updated);
    },
  );

  app.delete(
    `${PATH}/:id`,
    { config: { access }, schema: { tags, summary: "Revoke a device for good", params: idParams } },
    async (request, reply) => {
      const revoked = await devices.revoke(request.params.id, ifMatch(request), actor(request));
      return revoked.ok ? reply.code(204).send() : sendRefusal(reply, revoked);
    },
  );
}
