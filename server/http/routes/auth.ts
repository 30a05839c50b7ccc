import type { FastifyReply, FastifyRequest } from "fastify";
import { z } from "zod";
import type { Config } from "../../config.ts";
import type { Identity } from "../../identity/identity.ts";
import type { RefreshToken } from "../../identity/sessions.ts";
import { type Outcome, refuse } from "../../protocol/errors.ts";
import { pickLanguage } from "../../receipts/words.ts";
import {
  credentials,
  enrolmentCode,
  nothing,
  passwordRequest,
  passwordReset,
  registration,
  whichSession,
} from "../../schemas/auth.ts";
import { deviceSessionAnswer, renewableAnswer, sessionAnswer, tokenAnswer } from "../../schemas/people-answers.ts";
import { caller } from "../access.ts";
import { visitor } from "../actor.ts";
import { answers } from "../answers.ts";
import type { HttpServer } from "../build.ts";
import { sendRefusal } from "../plugins/problems.ts";
import { createRefreshCookies, type RefreshCookies } from "../refresh-cookie.ts";

const PATH = "/api/v1/auth";
const tags = ["sessions"];
const access = "public" as const;
/** Sessions come and go; accounts and devices that are made here are written down by their rooms. */
const audit = "none" as const;

export interface AuthRoutesDeps {
  config: Config;
  identity: Identity;
}

/** Coming in, staying and leaving. Answers with a token are never kept by a cache. */
export function addAuthRoutes(app: HttpServer, { config, identity }: AuthRoutesDeps): void {
  const cookies = createRefreshCookies(config);
  addGuestRoute(app, identity);
  addAccountRoutes(app, identity, cookies);
  addPasswordRoutes(app, identity);
  addDeviceRoutes(app, identity, cookies);
  addSessionRoutes(app, identity, cookies);
}

const REGISTER_NOTE = [
  "With a guest's token the session goes on: holds and orders are the account's. Without `preferences` the language is",
  "the first of `Accept-Language` that the house speaks, else Spanish.",
].join(" ");

/** What somebody who says nothing prefers: letters in the language of their browser. */
const unsaid = ({ headers }: FastifyRequest) => ({
  genreIds: [],
  language: pickLanguage(undefined, headers["accept-language"]),
});

const uncached = (reply: FastifyReply) => reply.header("cache-control", "no-store");

/** A session that was opened or renewed: its refresh token goes into the cookie, the rest is the body. */
function sendSession<T extends { refresh: RefreshToken }>(
  reply: FastifyReply,
  cookies: RefreshCookies,
  opened: Outcome<T>,
  status: 200 | 201,
): FastifyReply {
  if (!opened.ok) return sendRefusal(reply, opened);
  const { ok: _, refresh, ...body } = opened;
  cookies.set(reply, refresh);
  return uncached(reply).code(status).send(body);
}

function addGuestRoute(app: HttpServer, { accounts }: Identity): void {
  app.post(
    `${PATH}/guest`,
    {
      config: { access, audit, limit: "guests" },
      schema: { tags, summary: "Become a guest, or stay one", body: nothing, ...answers({ 201: tokenAnswer }) },
    },
    async (request, reply) =>
      uncached(reply)
        .code(201)
        .send(await accounts.openGuest(visitor(request))),
  );
}

function addAccountRoutes(app: HttpServer, { accounts }: Identity, cookies: RefreshCookies): void {
  app.post(
    `${PATH}/register`,
    {
      config: { access, audit, limit: "logins" },
      schema: {
        tags,
        summary: "Make an account",
        description: REGISTER_NOTE,
        body: registration,
        ...answers({ 201: sessionAnswer }, ["duplicate"]),
      },
    },
    async (request, reply) => {
      const { preferences = unsaid(request), ...person } = request.body;
      const opened = await accounts.register({ ...person, preferences }, visitor(request));
      if (opened.ok) reply.header("location", "/api/v1/me");
      return sendSession(reply, cookies, opened, 201);
    },
  );

  app.post(
    `${PATH}/login`,
    {
      config: { access, audit, limit: "logins" },
      schema: { tags, summary: "Sign in", body: credentials, ...answers({ 200: sessionAnswer }) },
    },
    async (request, reply) => {
      const opened = await accounts.signIn(request.body, visitor(request));
      return sendSession(reply, cookies, opened, 200);
    },
  );
}

function addPasswordRoutes(app: HttpServer, { forgotten }: Identity): void {
  const path = `${PATH}/password-reset`;
  app.post(
    path,
    {
      config: { access, audit, limit: "codes" },
      schema: {
        tags,
        summary: "Ask for a link to a new password",
        description: "The answer is the same whether there is such an account, and whether this house sends letters.",
        body: passwordRequest,
        ...answers({ 202: null }),
      },
    },
    async (request, reply) => {
      forgotten.ask(request.body.email, visitor(request));
      return reply.code(202).send();
    },
  );

  app.put(
    path,
    {
      config: { access, audit, limit: "codes" },
      schema: {
        tags,
        summary: "Choose a new password by the code of a link",
        description: "Every session of the account ends within 5 s. A code works once, for an hour.",
        body: passwordReset,
        ...answers({ 204: null }),
      },
    },
    async (request, reply) => {
      const done = await forgotten.reset(request.body, visitor(request));
      return done.ok ? reply.code(204).send() : sendRefusal(reply, done);
    },
  );
}

function addDeviceRoutes(app: HttpServer, { enrolment }: Identity, cookies: RefreshCookies): void {
  app.post(
    `${PATH}/device`,
    {
      config: { access, audit, limit: "codes" },
      schema: { tags, summary: "Enrol this device", body: enrolmentCode, ...answers({ 201: deviceSessionAnswer }) },
    },
    async (request, reply) => {
      const enrolled = await enrolment.enrol(request.body.code, visitor(request));
      return sendSession(reply, cookies, enrolled, 201);
    },
  );

  app.post(
    `${PATH}/device/visit`,
    {
      config: { access: { classes: ["device"] }, audit },
      schema: {
        tags,
        summary: "A fresh session for the next customer of this kiosk",
        body: nothing,
        ...answers({ 201: tokenAnswer }),
      },
    },
    async (request, reply) => {
      const visit = await enrolment.startVisit(caller(request));
      if (!visit.ok) return sendRefusal(reply, visit);
      const { ok: _, ...body } = visit;
      return uncached(reply).code(201).send(body);
    },
  );
}

function addSessionRoutes(app: HttpServer, identity: Identity, cookies: RefreshCookies): void {
  app.get(
    `${PATH}/sessions`,
    {
      config: { access },
      schema: {
        tags,
        summary: "Whether there is a session to renew",
        description:
          "The classes that the caller has a refresh cookie of. Scripts can't see these, and asking for a session that is not there is an error on their console.",
        ...answers({ 200: renewableAnswer }),
      },
    },
    (request, reply) => uncached(reply).send({ classes: cookies.present(request) }),
  );

  app.post(
    `${PATH}/refresh`,
    {
      config: { access, audit },
      schema: {
        tags,
        summary: "A new token by the refresh cookie",
        body: whichSession,
        ...answers({ 200: z.union([sessionAnswer, deviceSessionAnswer]) }),
      },
    },
    async (request, reply) => {
      const read = cookies.read(request, request.body.class);
      if (!read.ok) return sendRefusal(reply, read);
      if (read.refresh === "none") return sendRefusal(reply, NO_SESSION);
      const { class: tokenClass, value } = read.refresh;
      const renewed =
        tokenClass === "device"
          ? await identity.enrolment.renew(value)
          : await identity.accounts.renewUser(tokenClass, value, visitor(request));
      if (!renewed.ok) cookies.clear(reply, tokenClass);
      return sendSession<{ refresh: RefreshToken }>(reply, cookies, renewed, 200);
    },
  );

  app.post(
    `${PATH}/logout`,
    {
      config: { access, audit },
      schema: { tags, summary: "End the session", body: whichSession, ...answers({ 204: null }) },
    },
    async (request, reply) => {
      const read = cookies.read(request, request.body.class);
      if (!read.ok) return sendRefusal(reply, read);
      if (read.refresh !== "none") {
        await identity.signOut(read.refresh.class, read.refresh.value);
        cookies.clear(reply, read.refresh.class);
      }
      const { principal } = request;
      const means = request.body.class ?? principal?.class;
      if (principal !== null && principal.class === means) await identity.endSession(principal.sessionId);
      return reply.code(204).send();
    },
  );
}

const NO_SESSION = refuse("unauthorized", "There is no session to renew, sign in");
