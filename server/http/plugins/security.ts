import cors from "@fastify/cors";
import helmet from "@fastify/helmet";
import type { Config } from "../../config.ts";
import { createOriginJudge } from "../../live/origins.ts";
import { refuse } from "../../protocol/errors.ts";
import type { HttpServer } from "../build.ts";
import { sendRefusal } from "./problems.ts";

/**
 * Scripts and styles of our own files alone, nothing inline. Posters may come from anywhere over TLS. `self`
 * covers our own websocket. Receipts are printed through a frame of the same origin.
 */
const POLICY = {
  "default-src": ["'self'"],
  "img-src": ["'self'", "data:", "https:"],
  "connect-src": ["'self'"],
  "object-src": ["'none'"],
  "base-uri": ["'none'"],
  "form-action": ["'self'"],
  "frame-ancestors": ["'self'"],
};

/** What a page of an allowed origin may send and read. */
const REQUEST_HEADERS = ["authorization", "content-type", "idempotency-key", "if-match"];
const ANSWER_HEADERS = ["etag", "location", "retry-after"];
const METHODS = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"];
const HARMLESS: ReadonlySet<string> = new Set(["GET", "HEAD", "OPTIONS"]);

const FOREIGN = refuse("forbidden", "Pages of this origin may not call this server");

/** Browser policies of every answer; calls by pages of origins that are not ours or allowed change nothing. */
export async function addSecurity(
  app: HttpServer,
  config: Pick<Config, "ALLOWED_ORIGINS" | "PUBLIC_URL" | "TLS_CERT">,
): Promise<void> {
  const isSecure = config.TLS_CERT !== undefined || config.PUBLIC_URL?.startsWith("https:") === true;
  await app.register(helmet, {
    // The neighbours under the same domain are not ours to decide about.
    strictTransportSecurity: isSecure && { includeSubDomains: false },
    contentSecurityPolicy: { useDefaults: false, directives: POLICY },
    xFrameOptions: { action: "sameorigin" },
  });
  await app.register(cors, {
    origin: config.ALLOWED_ORIGINS,
    credentials: true,
    methods: METHODS,
    allowedHeaders: REQUEST_HEADERS,
    exposedHeaders: ANSWER_HEADERS,
    strictPreflight: false,
  });
  const isAllowedOrigin = createOriginJudge(config);
  app.addHook("onRequest", async (request, reply) => {
    if (!request.url.startsWith("/api/") || HARMLESS.has(request.method) || isAllowedOrigin(request.raw)) return;
    return sendRefusal(reply, FOREIGN);
  });
}
