import type { ErrorCode, Outcome, Problem, Refusal } from "../../server/protocol/errors.ts";

export type { ErrorCode, Outcome, Refusal };

/** A refusal made on this side: the server could not be asked, or what it said made no sense. */
export function unreachable(message: string): Refusal {
  return { ok: false, code: "unavailable", message };
}

/** Turns the body of an HTTP refusal into a value; a body that is no problem document counts as `unavailable`. */
export function fromProblem(status: number, body: unknown): Refusal {
  if (typeof body !== "object" || body === null || !("code" in body)) {
    return { ok: false, code: status >= 500 ? "unavailable" : "invalid_request", message: `HTTP ${status}` };
  }
  const { code, detail, seats, max, retryAfterMs, at, errors } = body as Problem;
  return { ok: false, code, message: detail, seats, max, retryAfterMs, at, errors };
}
