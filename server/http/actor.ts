import type { FastifyRequest } from "fastify";
import type { Actor, Visitor } from "../identity/actors.ts";
import { caller } from "./access.ts";

/** The caller as rooms write them down. Throws where the route is public: a bug. */
export function actor(request: FastifyRequest): Actor {
  return { principal: caller(request), address: request.ip, intent: request.intent ?? undefined };
}

/** Whoever is at the door, with or without a token. */
export function visitor(request: FastifyRequest): Visitor {
  return { principal: request.principal, address: request.ip, intent: request.intent ?? undefined };
}
