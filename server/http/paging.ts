import { type Outcome, refuse } from "../protocol/errors.ts";
import type { Page } from "../protocol/resources.ts";

/** Where a list goes on: opaque to clients, the id of the last item they got or those of the last few. */
export function cursorOf(id: string): string {
  return Buffer.from(id, "utf8").toString("base64url");
}

/** What cursors are made of; anything else was not made here. */
const IDS = /^[a-z]{3}_[a-z0-9_]{1,60}(?:\.[a-z]{3}_[a-z0-9_]{1,60}){0,4}$/;

/** Reads `limit` and `cursor` of a query as a room takes them. A foreign cursor is `invalid_request` on `cursor`. */
export function pageRequest(query: {
  limit: number;
  cursor?: string | undefined;
}): Outcome<{ page: { limit: number; after?: string } }> {
  if (query.cursor === undefined) return { ok: true, page: { limit: query.limit } };
  const after = Buffer.from(query.cursor, "base64url").toString("utf8");
  if (IDS.test(after)) return { ok: true, page: { limit: query.limit, after } };
  return refuse("invalid_request", "The cursor is not one of ours", {
    errors: [{ path: "cursor", message: "take it from nextCursor of the page before" }],
  });
}

/** A page as clients get it. `nextId`: the id to go on after, null at the end. */
export function pageOf<T>(items: T[], nextId: string | null): Page<T> {
  return { items, nextCursor: nextId === null ? null : cursorOf(nextId) };
}
