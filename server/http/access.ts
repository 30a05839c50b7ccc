import type { FastifyRequest } from "fastify";
import type { Principal, TokenClass } from "../identity/principal.ts";
import type { Refusal } from "../protocol/errors.ts";
import type { Permission } from "../protocol/resources.ts";

/**
 * Who may call a route. Every API route must say so; one that does not stops the server from starting.
 * - `public`: anyone; a token is not needed, but a wrong one is refused.
 * - `any`: any valid token.
 * - `buyer`: who may hold seats and buy.
 * - `classes`: any valid token of one of these classes.
 * - `permission`: a valid token that carries it.
 * - `permissions`: a valid token that carries all of them.
 */
export type Access =
  | "public"
  | "any"
  | "buyer"
  | { classes: readonly TokenClass[] }
  | { permission: Permission }
  | { permissions: readonly Permission[] };

/**
 * How a route that changes something is written down. Left out: it is announced before it runs, and the route or its
 * room tells what was changed, if anything was.
 * - `action`: as above, and a good answer is a row with this action. `by`: only for callers of this class.
 * - `none`: nothing of the house changes, or its room alone writes it down.
 */
export type Auditing = "none" | { action: string; by?: TokenClass };

declare module "fastify" {
  interface FastifyContextConfig {
    access?: Access;
    audit?: Auditing;
    /**
     * Judges the path before the body is looked at (refusals come in the order 401, 403, 404, 400, 409):
     * null when what the path names exists for this caller.
     */
    exists?: (request: FastifyRequest) => Promise<Refusal | null>;
  }
  interface FastifyRequest {
    /** Who is asking; null on public routes without a token. */
    principal: Principal | null;
  }
}

/** The caller of a route that lets nobody in without a token. Throws where the route is public: a bug. */
export function caller(request: FastifyRequest): Principal {
  if (request.principal === null) throw new Error(`${request.method} ${request.url} has no caller`);
  return request.principal;
}

/** Whether the caller, if any, has a permission: for routes that show more to some. */
export function can(request: FastifyRequest, permission: Permission): boolean {
  return request.principal?.permissions.has(permission) ?? false;
}
