import { once } from "node:events";
import { type IncomingMessage, STATUS_CODES } from "node:http";
import type { Socket } from "node:net";
import { setTimeout as pause } from "node:timers/promises";
import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { newId } from "../../basics/ids.ts";
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

/** Answers a refusal as `application/problem+json`. Whoever should come back later is told when. */
export function sendRefusal(reply: FastifyReply, refusal: Refusal): FastifyReply {
  const status = ERROR_STATUS[refusal.code];
  const isLater = status === 429 || status === 503;
  const waitMs = refusal.retryAfterMs ?? (isLater ? RETRY_AFTER_MS : undefined);
  if (waitMs !== undefined) reply.header("retry-after", Math.ceil(waitMs / 1000));
  if (status === 401) reply.header("www-authenticate", "Bearer");
  const problem = problemOf(refusal, status, reply.request.id);
  reply.refusalCode = refusal.code;
  return reply.code(status).type(PROBLEM_TYPE).send(JSON.stringify(problem));
}

const PROBLEM_TYPE = "application/problem+json; charset=utf-8";
/** When nobody knows better: databases and providers are mostly back within seconds. */
const RETRY_AFTER_MS = 1_000;

function problemOf({ ok: _, code, message, ...details }: Refusal, status: number, requestId: string): Problem {
  const title = STATUS_CODES[status] ?? code;
  return { type: "about:blank", title, status, code, detail: message, requestId, ...details };
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
    if (methods.length === 0) return sendRefusal(reply, NOTHING);
    reply.header("allow", methods.join(", "));
    return sendRefusal(reply, refuse("method_not_allowed", `${request.method} is not possible here`));
  });
}

/** For addresses that can't be read: they are refused before any route, hook or error handler is asked. */
export function answerFrameworkError(error: FastifyError, request: FastifyRequest, reply: FastifyReply): void {
  void sendRefusal(reply.headers(BARE_POLICY), refusalOf(error, request));
}

/** Of answers that no hook has seen. */
const BARE_POLICY = { "x-content-type-options": "nosniff", "content-security-policy": "default-src 'none'" };

/** What can't be read as a request at all. */
const UNREADABLE: Readonly<Record<string, readonly [status: number, message: string]>> = {
  HPE_HEADER_OVERFLOW: [431, "The headers are too large"],
  ERR_HTTP_REQUEST_TIMEOUT: [408, "The request did not come in time"],
};

/** Answers what is no HTTP, or too much or too slow of it, and hangs up. */
export function answerGarbage(error: Error & { code?: string }, socket: Socket): void {
  if (error.code === "ECONNRESET" || socket.destroyed) return;
  const [status, message] = UNREADABLE[error.code ?? ""] ?? [400, "This is no HTTP request"];
  const problem = problemOf(refuse("invalid_request", message), status, newRequestId());
  const body = JSON.stringify({ ...problem, errors: [{ path: "", message }] });
  const headers = { ...BARE_POLICY, "content-type": PROBLEM_TYPE, "content-length": Buffer.byteLength(body) };
  const lines = Object.entries({ ...headers, connection: "close" }).map(([name, value]) => `${name}: ${value}\r\n`);
  if (socket.writable) socket.write(`HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\n${lines.join("")}\r\n${body}`);
  socket.destroySoon();
}

/** A new mark by which people find a request in the log. */
export const newRequestId = () => newId("ses").replace("ses_", "req_");

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

function refusalOf(error: Error & { statusCode?: number; code?: string }, request: FastifyRequest): Refusal {
  if (error instanceof RefusedRequest) return error.refusal;
  // Longer than any id: it names nothing.
  if (error.code === "FST_ERR_MAX_PARAM_LENGTH") return NOTHING;
  if (error.code === "FST_ERR_BAD_URL") return invalid("The address can't be read");
  if (error instanceof MapUnavailable || error instanceof StoreUnavailable || error instanceof ProviderUnavailable) {
    request.log.warn({ err: error }, "a part is unavailable");
    return refuse("unavailable", "A part of the system is down. Nothing was sold or charged; try again shortly.", {
      retryAfterMs: 1000,
    });
  }
  switch (error.statusCode) {
    // Of files: what lies outside of what is served is not there.
    case 403:
    case 404:
      return NOTHING;
    case 413:
      return refuse("too_large", "The body is too large");
    case 415:
      return refuse("unsupported_media_type", "This takes application/json");
    case 429:
      return refuse("rate_limited", "Too many requests, slow down", { retryAfterMs: 1000 });
    default:
      if (error.statusCode !== undefined && error.statusCode >= 400 && error.statusCode < 500)
        return invalid(error.message);
      request.log.error({ err: error }, "a request failed");
      return refuse("internal", "Something broke on our side");
  }
}

const NOTHING = refuse("not_found", "There is nothing here");

const invalid = (message: string) => refuse("invalid_request", message, { errors: [{ path: "", message }] });
