import type { FastifyRequest } from "fastify";
import { type Outcome, refuse } from "../protocol/errors.ts";

/** Shortest and longest `Idempotency-Key`, in characters. */
const [KEY_MIN, KEY_MAX] = [8, 100];

/** The key of a request that may be sent twice; missing, too short or too long is `invalid_request` naming the header. */
export function idempotencyKeyOf(request: FastifyRequest): Outcome<{ key: string }> {
  const key = request.headers["idempotency-key"];
  if (typeof key === "string" && key.length >= KEY_MIN && key.length <= KEY_MAX) return { ok: true, key };
  return refuse("invalid_request", "The header Idempotency-Key is needed", {
    errors: [{ path: "Idempotency-Key", message: `must have ${KEY_MIN} to ${KEY_MAX} characters` }],
  });
}
