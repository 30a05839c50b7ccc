import type { Devices } from "../../identity/devices.ts";
import { pageAnswer } from "../../schemas/answers.ts";
import { deviceAnswer, deviceInput, devicePatch, deviceReport } from "../../schemas/devices.ts";
import { idParams, pageQuery } from "../../schemas/paging.ts";
import { caller } from "../access.ts";
import { actor } from "../actor.ts";
import { answers, changeHeaders } from "../answers.ts";
import type { HttpServer } from "../build.ts";
import { existsBy, ifMatch, notFound, sendCreated, sendDocument, sendPage } from "../documents.ts";
import { sendRefusal } from "../plugins/problems.ts";

const PATH = "/api/v1/devices";
const tags = ["devices"];
const access = { permission: "devices:write" } as const;

export function addDeviceRoutes(app: HttpServer, { devices }: { devices: Devices }): void {
  addReadingRoutes(app, devices);
  addReportRoute(app, devices);
  addEnrolmentRoutes(app, devices);
  addChangingRoutes(app, devices);
}

function addReadingRoutes(app: HttpServer, devices: Devices): void {
  app.get(
    PATH,
    {
      config: { access },
      schema: { tags, summary: "List devices", querystring: pageQuery, ...answers({ 200: pageAnswer(deviceAnswer) }) },
    },
    (request, reply) => sendPage(reply, request.query, devices.list, (items) => items),
  );

  app.get(
    `${PATH}/:id`,
    {
      config: { access },
      schema: { tags, summary: "Read a device", params: idParams, ...answers({ 200: deviceAnswer }) },
    },
    async (request, reply) => {
      const device = await devices.get(request.params.id);
      return device === null ? sendRefusal(reply, notFound("device")) : sendDocument(reply, device);
    },
  );
}

/** A device about itself; some say it every minute, so it is no change of the house. */
function addReportRoute(app: HttpServer, devices: Devices): void {
  app.put(
    `${PATH}/me/health`,
    {
      config: { access: { classes: ["device"] }, audit: "none" },
      schema: {
        tags,
        summary: "How this device is",
        description: "Its parts and the version of its app. What is left out is not known any more.",
        body: deviceReport,
        ...answers({ 204: null }),
      },
    },
    async (request, reply) => {
      await devices.report(caller(request).subjectId, request.body);
      return reply.code(204).send();
    },
  );
}

function addEnrolmentRoutes(app: HttpServer, devices: Devices): void {
  app.post(
    PATH,
    {
      config: { access },
      schema: {
        tags,
        summary: "Add a device",
        description:
          "The enrolment code is in this answer alone. It works once, for ten minutes. Who adds a scanner needs `tickets:check`.",
        body: deviceInput,
        ...answers({ 201: deviceAnswer }),
      },
    },
    async (request, reply) => {
      const created = await devices.create(request.body, actor(request));
      return created.ok ? sendCreated(reply, PATH, created.device) : sendRefusal(reply, created);
    },
  );

  app.post(
    `${PATH}/:id/enrolment-code`,
    {
      config: { access, exists: existsBy("device", devices.get) },
      schema: {
        tags,
        summary: "A new enrolment code, for a device that was set up anew",
        description: "Takes the place of an older code. What the device was signed in with ends when the code is used.",
        ...{ params: idParams, headers: changeHeaders },
        ...answers({ 201: deviceAnswer }, ["version_conflict", "revoked"]),
      },
    },
    async (request, reply) => {
      const renewed = await devices.renewCode(request.params.id, ifMatch(request), actor(request));
      return renewed.ok ? sendCreated(reply, PATH, renewed.device) : sendRefusal(reply, renewed);
    },
  );
}

function addChangingRoutes(app: HttpServer, devices: Devices): void {
  const exists = existsBy("device", devices.get);
  app.patch(
    `${PATH}/:id`,
    {
      config: { access, exists },
      schema: {
        tags,
        summary: "Rename a device",
        ...{ params: idParams, body: devicePatch, headers: changeHeaders },
        ...answers({ 200: deviceAnswer }, ["version_conflict"]),
      },
    },
    async (request, reply) => {
      const updated = await devices.update(request.params.id, ifMatch(request), request.body, actor(request));
      return updated.ok ? sendDocument(reply, updated.device) : sendRefusal(reply, updated);
    },
  );

  app.delete(
    `${PATH}/:id`,
    {
      config: { access, exists },
      schema: {
        tags,
        summary: "Revoke a device for good",
        description: "Its tokens and sockets end within 5 s. It stays in the list: orders name it. Safe to repeat.",
        ...{ params: idParams, headers: changeHeaders },
        ...answers({ 204: null }, ["version_conflict"]),
      },
    },
    async (request, reply) => {
      const revoked = await devices.revoke(request.params.id, ifMatch(request), actor(request));
      return revoked.ok ? reply.code(204).send() : sendRefusal(reply, revoked);
    },
  );
}
