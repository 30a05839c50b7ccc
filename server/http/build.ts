/**
 * The request edge: everything that speaks HTTP.
 *
 * Promises: each route validates, is authorised by its `access`, calls one function of a room and
 * maps the result; refusals leave as problems. Must never import an adapter, and is imported by `app.ts` only.
 */
import { readFileSync } from "node:fs";
import cookie from "@fastify/cookie";
import Fastify, { type FastifyInstance, type FastifyServerOptions } from "fastify";
import type { ZodTypeProvider } from "fastify-type-provider-zod";
import type { z } from "zod";
import type { Audit } from "../audit/audit.ts";
import type { Config } from "../config.ts";
import { validate } from "../schemas/validate.ts";
import { addAuditing } from "./plugins/auditing.ts";
import { type Authenticate, addAuth, type OnDenied } from "./plugins/auth.ts";
import { addCaching } from "./plugins/caching.ts";
import { addOpenApi } from "./plugins/openapi.ts";
import { addProblems, answerFrameworkError, answerGarbage, newRequestId, RefusedRequest } from "./plugins/problems.ts";
import { addRateLimits } from "./plugins/rate-limit.ts";
import { addSecurity } from "./plugins/security.ts";

/** The server as routes see it: bodies, queries and params are typed by their zod schemas. */
export type HttpServer = FastifyInstance<
  import("node:http").Server,
  import("node:http").IncomingMessage,
  import("node:http").ServerResponse,
  import("fastify").FastifyBaseLogger,
  ZodTypeProvider
>;

/** Biggest body, but for files: the largest auditorium and an order of all its seats fit many times. */
const BODY_LIMIT_BYTES = 1024 * 1024;

export interface HttpDeps {
  authenticate: Authenticate;
  onDenied: OnDenied;
  audit: Pick<Audit, "begin" | "drop" | "record">;
}

/** An HTTP server with the conventions of the API and no routes yet. */
export async function buildHttp(config: Config, deps: HttpDeps): Promise<HttpServer> {
  const app = Fastify({
    logger: loggerOptions(config),
    ...tlsOptions(config),
    bodyLimit: BODY_LIMIT_BYTES,
    trustProxy: config.TRUST_PROXY.length > 0 ? config.TRUST_PROXY : false,
    genReqId: newRequestId,
    routerOptions: { ignoreTrailingSlash: true },
    frameworkErrors: answerFrameworkError,
    clientErrorHandler: answerGarbage,
  } as FastifyServerOptions).withTypeProvider<ZodTypeProvider>() as unknown as HttpServer;
  app.setValidatorCompiler(({ schema }) => (value) => {
    const judged = validate(schema as z.ZodType, value ?? {});
    return judged.ok ? { value: judged.value } : { error: new RefusedRequest(judged) };
  });
  app.setSerializerCompiler(() => (value) => JSON.stringify(value));
  acceptEmptyBodies(app);
  addProblems(app);
  await app.register(cookie);
  await addOpenApi(app);
  await addSecurity(app, config);
  addCaching(app);
  await addRateLimits(app, config);
  addAuth(app, deps.authenticate, deps.onDenied);
  addAuditing(app, deps);
  app.get("/api/v1/openapi.json", { config: { access: "public" }, schema: { hide: true } }, () => app.swagger());
  return app;
}

/** JSON alone. A POST that needs no body may come with none, even when its type says JSON. */
function acceptEmptyBodies(app: HttpServer): void {
  app.removeAllContentTypeParsers();
  app.addContentTypeParser("application/json", { parseAs: "string" }, (_request, body, done) => {
    if (body === "") return done(null, undefined);
    try {
      done(null, JSON.parse(body.toString()));
    } catch {
      done(Object.assign(new Error("The body is not JSON"), { statusCode: 400 }), undefined);
    }
  });
}

/** Logs name requests by id, method, path and status; never headers, bodies or query strings. */
function loggerOptions(config: Config): FastifyServerOptions["logger"] {
  if (config.LOG_LEVEL === "silent") return false;
  return {
    level: config.LOG_LEVEL,
    serializers: {
      req: (request) => ({ id: request.id, method: request.method, path: request.url?.split("?")[0] }),
    },
  };
}

function tlsOptions(config: Config): object {
  if (config.TLS_CERT === undefined || config.TLS_KEY === undefined) return {};
  return { https: { cert: readFileSync(config.TLS_CERT), key: readFileSync(config.TLS_KEY) } };
}
