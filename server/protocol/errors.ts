import type { CopyConflict } from "./resources.ts";

/** Every code that a refusal may carry, with the HTTP status it travels under. Sockets carry the code alone. */
export const ERROR_STATUS = {
  invalid_request: 400,
  seat_unknown: 400,
  lines_mismatch: 400,
  unauthorized: 401,
  forbidden: 403,
  not_found: 404,
  method_not_allowed: 405,
  seat_taken: 409,
  showtime_closed: 409,
  hold_limit: 409,
  in_use: 409,
  duplicate: 409,
  schedule_conflict: 409,
  order_state: 409,
  orphan_seat: 409,
  access_reserved: 409,
  already_used: 409,
  revoked: 409,
  wrong_showtime: 409,
  idempotency_in_progress: 409,
  hold_expired: 410,
  version_conflict: 412,
  too_large: 413,
  unsupported_media_type: 415,
  idempotency_mismatch: 422,
  invalid_ticket: 422,
  rate_limited: 429,
  internal: 500,
  unavailable: 503,
  /** Handshakes only: the client speaks a version of this protocol that the server does not. */
  protocol_unsupported: 400,
} as const;

export type ErrorCode = keyof typeof ERROR_STATUS;

/** One fault of a request: where it is (`lines.0.seatId`) and what is wrong with it, in words. Files: `LineFault`. */
export interface FieldError {
  path: string;
  message: string;
}

/** What some codes say besides their name. */
export interface RefusalDetails {
  /** `seat_taken`, `orphan_seat`, `access_reserved`: the seats that stand in the way. */
  seats?: string[];
  /** `hold_limit`: seats that the caller may have held and unpaid. */
  max?: number;
  /** `rate_limited`: how long to wait. */
  retryAfterMs?: number;
  /** `already_used`: when the ticket was first let in. */
  at?: string;
  /** `invalid_request`: what is wrong, field by field. */
  errors?: FieldError[];
  /** `schedule_conflict` of a copy: every showtime that finds no place. */
  conflicts?: CopyConflict[];
}

/** A refusal that was expected: a value, never thrown. `message` is for people, branch on `code`. */
export interface Refusal extends RefusalDetails {
  ok: false;
  code: ErrorCode;
  message: string;
}

/** The answer of a rule that may refuse. */
export type Outcome<T> = ({ ok: true } & T) | Refusal;

/** Makes a refusal. */
export function refuse(code: ErrorCode, message: string, details: RefusalDetails = {}): Refusal {
  return { ok: false, code, message, ...details };
}

/** The body of an HTTP refusal, `application/problem+json` (RFC 9457). */
export interface Problem extends RefusalDetails {
  type: string;
  title: string;
  status: number;
  code: ErrorCode;
  detail: string;
  requestId: string;
}
