import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";

declare module "fastify" {
  interface FastifyContextConfig {
    /**
     * The answer says nothing but what its version tells: the same version is the same answer for every caller,
     * and `If-None-Match` may spare it. Not where counts, rights or payments are in it.
     */
    sameByVersion?: boolean;
  }
}

/** Answers of the API are never taken from a cache unseen, so that an acknowledged change is always shown. */
export function addCaching(app: FastifyInstance): void {
  app.addHook("onSend", async (request, reply, payload) => {
    if (!request.url.startsWith("/api/") || reply.hasHeader("cache-control")) return payload;
    const mayAsk = request.routeOptions.config.sameByVersion === true && reply.statusCode === 200;
    reply.header("cache-control", mayAsk ? "private, no-cache" : "no-store");
    return mayAsk && isKnown(request, reply) ? sendNotModified(request, reply) : payload;
  });
}

/** Whether the caller has this very version. Weak comparison, as for every `GET` (RFC 9110, 13.1.2). */
function isKnown(request: FastifyRequest, reply: FastifyReply): boolean {
  const asked = request.headers["if-none-match"];
  const tag = reply.getHeader("etag");
  if (asked === undefined || typeof tag !== "string") return false;
  const tags = asked.split(",").map((each) => each.trim().replace(/^W\//, ""));
  return tags.includes(tag) || tags.includes("*");
}

function sendNotModified({ method }: FastifyRequest, reply: FastifyReply): string | null {
  reply.code(304).removeHeader("content-type").removeHeader("content-length");
  // The framework's own HEAD looks into the body that it leaves out.
  return method === "HEAD" ? "" : null;
}
