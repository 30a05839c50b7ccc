import { refuse } from "../../protocol/errors.ts";
import type { HttpServer } from "../build.ts";
import { sendRefusal } from "./problems.ts";

/** A part of the system that can be down, by the name that an operator knows. */
export interface HealthPart {
  name: string;
  healthy(): boolean;
}

/** `/health/live`: the process answers. `/health/ready`: every part can be expected to work, else 503 naming those that don't. */
export function addHealth(app: HttpServer, parts: readonly HealthPart[]): void {
  app.get("/health/live", { logLevel: "warn", schema: { hide: true } }, () => ({ status: "live" }));
  app.get("/health/ready", { logLevel: "warn", schema: { hide: true } }, (_request, reply) => {
    const failing = parts.filter((part) => !part.healthy()).map((part) => part.name);
    if (failing.length > 0) return sendRefusal(reply, refuse("unavailable", `Not ready: ${failing.join(", ")}`));
    return reply.send({ status: "ready", parts: parts.map((part) => part.name) });
  });
}
