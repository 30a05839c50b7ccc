import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import type { Audit, Intent } from "../../audit/audit.ts";
import { actorOf } from "../../identity/actors.ts";
import type { TokenClass } from "../../identity/principal.ts";
import { visitor } from "../actor.ts";
import type { OnDenied } from "./auth.ts";

declare module "fastify" {
  interface FastifyRequest {
    /** The change that this request is about to make, as it was announced; null where there is none. */
    intent: Intent | null;
  }
}

export interface AuditingDeps {
  audit: Pick<Audit, "begin" | "drop" | "record">;
  /** Told of refusals by lack of rights; of one request as often as anybody notices. */
  onDenied: OnDenied;
}

const CHANGING: ReadonlySet<string> = new Set(["POST", "PUT", "PATCH", "DELETE"]);

/**
 * Announces every change of the API in the audit before it is made, once the caller, the path and the body are
 * known to be good, and ends that before it is answered: as the row that tells of it, or not at all when nothing
 * was changed. After a failure of ours it stays open: nobody knows. Refusals by lack of rights that come from
 * behind the door are told like those at the door.
 */
export function addAuditing(app: FastifyInstance, { audit, onDenied }: AuditingDeps): void {
  app.decorateRequest("intent", null);
  app.addHook("preHandler", async (request) => {
    if (!isAnnounced(request)) return;
    const { action = routeOf(request) } = declared(request);
    const subject = (request.params as { id?: string } | undefined)?.id;
    request.intent = await audit.begin({ ...actorOf(visitor(request)), action, subject });
  });
  app.addHook("onSend", async (request, reply) => {
    const { intent } = request;
    const status = reply.statusCode;
    if (isDenial(request, status)) onDenied(request, request.principal);
    if (intent === null || status >= 500) return;
    request.intent = null;
    const { action } = declared(request);
    if (status >= 300 || action === undefined) return audit.drop(intent);
    const details = { fields: Object.keys((request.body as object | null) ?? {}) };
    const row = { ...actorOf({ ...visitor(request), intent }), action, subject: subjectOf(intent, reply), details };
    if (!intent.ended) await audit.record({ ...row, outcome: "done" });
  });
}

function isAnnounced(request: FastifyRequest): boolean {
  const { access, audit } = request.routeOptions.config;
  if (access === undefined || audit === "none" || !CHANGING.has(request.method)) return false;
  const { by } = declared(request);
  return by === undefined || request.principal?.class === by;
}

/** Where nothing is announced (sign-ins and the like), rooms write down whom they don't know, with more than the edge knows. */
function isDenial(request: FastifyRequest, status: number): boolean {
  const { access, audit } = request.routeOptions.config;
  return access !== undefined && (status === 403 || (status === 401 && audit !== "none"));
}

function declared(request: FastifyRequest): { action?: string; by?: TokenClass } {
  const { audit } = request.routeOptions.config;
  return audit === undefined || audit === "none" ? {} : audit;
}

/** What was made is named by `Location`, what was changed by the path. */
function subjectOf(intent: Intent, reply: FastifyReply): string | undefined {
  const location = reply.getHeader("location");
  return typeof location === "string" ? location.split("/").at(-1) : intent.row.subject;
}

const routeOf = ({ method, routeOptions }: FastifyRequest) => `${method} ${routeOptions.url}`;
