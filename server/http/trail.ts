import type { FastifyRequest } from "fastify";
import type { Audit } from "../audit/audit.ts";
import { actorOf } from "../identity/actors.ts";
import { actor } from "./actor.ts";

/** Writes down that the caller did something: `action` as in `film.update`, `subject` the id of what it was done to. */
export type Trail = (request: FastifyRequest, action: string, subject: string, details?: object) => Promise<void>;

/** Longest value of one field in a row, as JSON: a chart or a synopsis is told by its length. */
const VALUE_MAX = 300;

export function createTrail(audit: Pick<Audit, "record">): Trail {
  return async (request, action, subject, details) => {
    const said = details === undefined ? {} : { details: briefly(details) };
    await audit.record({ ...actorOf(actor(request)), action, subject, outcome: "done", ...said });
  };
}

function briefly(details: object): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(details)
      .filter(([, value]) => value !== undefined)
      .map(([field, value]) => {
        const length = JSON.stringify(value).length;
        return [field, length > VALUE_MAX ? `(${length} characters)` : value];
      }),
  );
}
