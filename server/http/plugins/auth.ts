import type { FastifyInstance, FastifyRequest, RouteOptions } from "fastify";
import { mayBuy, type Principal } from "../../identity/principal.ts";
import { type Outcome, type Refusal, refuse } from "../../protocol/errors.ts";
import type { Access, Auditing } from "../access.ts";
import { sendRefusal } from "./problems.ts";

/** Proves a token, whatever its class. A token that is wrong, expired or revoked is `unauthorized`. */
export type Authenticate = (token: string) => Promise<Outcome<{ principal: Principal }>>;

/** Told of every refusal by lack of rights, to be written down. Never awaited by the answer. */
export type OnDenied = (request: FastifyRequest, principal: Principal | null) => void;

/** Tells of each request once: room, route and edge may all notice the same refusal. */
export function onceEach(onDenied: OnDenied): OnDenied {
  const told = new WeakSet<FastifyRequest>();
  return (request, principal) => {
    if (told.has(request)) return;
    told.add(request);
    onDenied(request, principal);
  };
}

/** One route and who may call it; `access` is absent outside the API. */
export interface RouteAccess {
  method: string;
  url: string;
  access: Access | undefined;
  audit: Auditing | undefined;
}

declare module "fastify" {
  interface FastifyInstance {
    /** Every route of the server, in the order in which they were added. */
    accessTable: readonly RouteAccess[];
  }
}

const NOBODY = refuse("unauthorized", "Sign in first");
const NOT_ALLOWED = refuse("forbidden", "You may not do this");

/**
 * Judges every request by the `access` of its route, then whether what its path names exists, before
 * anything else is read. An API route without `access` throws at start.
 */
export function addAuth(app: FastifyInstance, authenticate: Authenticate, onDenied: OnDenied): void {
  app.decorateRequest("principal", null);
  const table: RouteAccess[] = [];
  app.decorate("accessTable", table);
  app.addHook("onRoute", (route) => {
    requireAccess(route);
    for (const method of [route.method].flat()) {
      const { access, audit } = route.config ?? {};
      table.push({ method, url: route.url, access, audit });
    }
  });
  app.addHook("onRequest", async (request, reply) => {
    const access = request.routeOptions.config.access;
    if (access === undefined) return;
    const refusal = await judge(request, access, authenticate);
    if (refusal !== null) {
      onDenied(request, request.principal);
      return sendRefusal(reply, refusal);
    }
    const missing = await request.routeOptions.config.exists?.(request);
    if (missing) return sendRefusal(reply, missing);
  });
}

function requireAccess(route: RouteOptions): void {
  if (route.url.startsWith("/api/") && route.config?.access === undefined)
    throw new Error(`${route.method} ${route.url} does not say who may call it`);
}

async function judge(request: FastifyRequest, access: Access, authenticate: Authenticate): Promise<Refusal | null> {
  const header = request.headers.authorization;
  if (header === undefined) return access === "public" ? null : NOBODY;
  const token = /^Bearer ([^\s]+)$/i.exec(header)?.[1];
  if (token === undefined) return NOBODY;
  const proved = await authenticate(token);
  if (!proved.ok) return proved;
  request.principal = proved.principal;
  return allows(access, proved.principal) ? null : NOT_ALLOWED;
}

function allows(access: Access, principal: Principal): boolean {
  if (access === "public" || access === "any") return true;
  if (access === "buyer") return mayBuy(principal);
  if ("classes" in access) return access.classes.includes(principal.class);
  if ("permission" in access) return principal.permissions.has(access.permission);
  return access.permissions.every((permission) => principal.permissions.has(permission));
}
