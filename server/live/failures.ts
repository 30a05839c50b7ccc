import { type Refusal, refuse } from "../protocol/errors.ts";
import { MapUnavailable } from "../seatmap/port.ts";
import { StoreUnavailable } from "../store/port.ts";

/** The part of a structured logger that the socket edge uses. */
export interface LiveLogger {
  warn(details: object, message: string): void;
  error(details: object, message: string): void;
}

/** How long a client should wait for lost infrastructure before it tries again. */
const RETRY_AFTER_MS = 1_000;

/** What a client is told of an exception. Lost infrastructure is `unavailable`, a bug is `internal`; both are logged. */
export function failureOf(error: unknown, what: string, logger: LiveLogger): Refusal {
  if (error instanceof MapUnavailable || error instanceof StoreUnavailable) {
    logger.warn({ err: error }, `${what} failed: a part is unavailable`);
    return refuse("unavailable", "A part of the system is down, try again shortly", { retryAfterMs: RETRY_AFTER_MS });
  }
  logger.error({ err: error }, `${what} failed`);
  return refuse("internal", "Something broke on our side");
}
