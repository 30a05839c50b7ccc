import { z } from "zod";
import { ERROR_STATUS, type ErrorCode } from "../protocol/errors.ts";
import { problemAnswer } from "../schemas/answers.ts";

/** What any route may answer, whatever it does. */
const ALWAYS: readonly ErrorCode[] = ["unauthorized", "forbidden", "rate_limited", "internal", "unavailable"];

/** Routes that look at a path, a query or a body. */
const JUDGED: readonly ErrorCode[] = ["invalid_request", "not_found", "too_large", "unsupported_media_type"];

/** `If-Match`, for the description; the header itself is read by `ifMatch`. */
export const changeHeaders = z.looseObject({
  "if-match": z.string().optional().describe('The version that was read, as in `"3"`'),
});

/**
 * What a route answers, for the OpenAPI document alone: nothing is judged or cut by it. `good`: a schema per
 * status, null for no body, or media types of their own; `codes`: what it refuses besides what every route may.
 */
export function answers(good: Record<number, z.ZodType | MediaTypes | null>, codes: readonly ErrorCode[] = []): object {
  const response: Record<string, unknown> = {};
  for (const [status, schema] of Object.entries(good)) response[status] = schema === null ? z.null() : schema;
  const byStatus = new Map<number, ErrorCode[]>();
  for (const code of new Set([...ALWAYS, ...JUDGED, ...codes])) {
    const status = ERROR_STATUS[code];
    byStatus.set(status, [...(byStatus.get(status) ?? []), code]);
  }
  for (const [status, refused] of byStatus) response[status] = problemOf(refused);
  response[HEADERS_TOO_LARGE] = problemOf(["invalid_request"]);
  return { response };
}

/** A request whose first line and headers are longer than 16 KB reaches no route. */
const HEADERS_TOO_LARGE = 431;

const problemOf = (refused: readonly ErrorCode[]) => ({
  description: refused.join(", "),
  content: { "application/problem+json": { schema: problemAnswer(refused) } },
});

/** Answers that are not JSON, or not JSON alone. */
export interface MediaTypes {
  description: string;
  content: Record<string, { schema: z.ZodType }>;
}
