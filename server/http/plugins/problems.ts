import { once } from "node:events";
import { type IncomingMessage, STATUS_CODES } from "node:http";
import { setTimeout as pause } from "node:timers/promises";
import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { ProviderUnavailable } from "../../payment/port.ts";
import { ERROR_STATUS, type ErrorCode, type Problem, type Refusal, refuse } from "../../protocol/errors.ts";
import { MapUnavailable } from "../../seatmap/port.ts";
import { StoreUnavailable } from "../../store/port.ts";

/** A refusal on its way through code that can only throw: fastify's validation. */
export class RefusedRequest extends Error {
  override name = "RefusedRequest";
  readonly refusal: Refusal;

  constructor(refusal: Refusal) {
    super(refusal.message);
    this.refusal = refusal;
  }
}

declare module "fastify" {
  interface FastifyReply {
    /** Set when the answer is a refusal. */
    refusalCode?: ErrorCode;
  }
}

/** Answers a refusal as `application/problem+json`. */
export function sendRefusal(reply: FastifyReply, refusal: Refusal): FastifyReply {
  const { ok: _, code, message, ...details } = refusal;
  const status = ERROR_STATUS[code];
  const problem: Problem = {
    type: "about:blank",
    title: STATUS_CODES[status] ?? code,
    status,
    code,
    detail: message,
    requestId: reply.request.id,
    ...details,
  };
  if (refusal.retryAfterMs !== undefined) reply.header("retry-after", Math.ceil(refusal.retryAfterMs / 1000));
  reply.refusalCode = code;
  return reply.code(status).type("application/problem+json; charset=utf-8").send(JSON.stringify(problem));
}

/** Makes every refusal and every error of the server leave as a problem, expected or not. Call before adding routes. */
export function addProblems(app: FastifyInstance): void {
  const methodsOf = rememberMethods(app);
  app.setErrorHandler(async (error: Error, request, reply) => {
    const refusal = refusalOf(error, request);
    if (refusal.code === "too_large") await swallow(request.raw);
    return sendRefusal(reply, refusal);
  });
  app.setNotFoundHandler((request, reply) => {
    const methods = methodsOf(request.url.split("?")[0] ?? "");
    if (methods.length === 0) return sendRefusal(reply, refuse("not_found", "There is nothing here"));
    reply.header("allow", methods.join(", "));
    return sendRefusal(reply, refuse("method_not_allowed", `${request.method} is not possible here`));
  });
}

/** For addresses that can't be read: they are refused before any route, hook or error handler is asked. */
export function answerFrameworkError(error: FastifyError, request: FastifyRequest, reply: FastifyReply): void {
  void sendRefusal(reply, refusalOf(error, request));
}

/** Longest that the rest of a body is listened to: a client that is still sending would never read the answer. */
const SWALLOW_MS = 2_000;

/** Lets a body that is refused run out, or waits a while. */
async function swallow(body: IncomingMessage): Promise<void> {
  if (body.readableEnded || body.destroyed) return;
  body.resume();
  const over = new AbortController();
  const { signal } = over;
  await Promise.race([
    once(body, "close", { signal }).catch(() => undefined),
    once(body, "end", { signal }).catch(() => undefined),
    pause(SWALLOW_MS, undefined, { signal }).catch(() => undefined),
  ]);
  over.abort();
}

/** Finds the methods that a path knows, so that a wrong one is told as such; none where there is nothing. */
function rememberMethods(app: FastifyInstance): (path: string) => string[] {
  const routes: { pattern: RegExp; methods: string[] }[] = [];
  app.addHook("onRoute", ({ url, method }) => {
    if (url.includes("*")) return;
    const pattern = new RegExp(`^${url.replace(/:[a-zA-Z]+/g, "[^/]+")}/?$`);
    routes.push({ pattern, methods: [method].flat() });
  });
  return (path) => [...new Set(routes.filter(({ pattern }) => pattern.test(path)).flatMap(({ methods }) => methods))];
}

function refusalOf(error: Error & { statusCode?: number }, request: FastifyRequest): Refusal {
  if (error instanceof RefusedRequest) return error.refusal;
  if (error instanceof MapUnavailable || error instanceof StoreUnavailable || error instanceof ProviderUnavailable) {
    request.log.warn({ err: error }, "a part is unavailable");
    return refuse("unavailable", "A part of the system is down. Nothing was sold or charged; try again shortly.", {
      retryAfterMs: 1000,
    });
  }
  switch (error.statusCode) {
    case 413:
      return refuse("too_large", "The body is too large");
    case 415:
      return refuse("unsupported_media_type", "This takes application/json");
    case 429:
      return refuse("rate_limited", "Too many requests, slow down", { retryAfterMs: 1000 });
    default:
      if (error.statusCode !== undefined && error.statusCode >= 400 && error.statusCode < 500)
        return refuse("invalid_request", error.message, { errors: [{ path: "", message: error.message }] });
      request.log.error({ err: error }, "a request failed");
      return refuse("internal", "Something broke on our side");
  }
}
