import type { DocumentPage, PageRequest } from "../catalogue/documents.ts";
import { type Outcome, refuse } from "../protocol/errors.ts";
import type { AuditDoc } from "../store/collections.ts";
import type { Collection } from "../store/port.ts";
import { ANCHOR } from "./anchors.ts";
import type { AuditRow } from "./audit.ts";

/** What rows are looked for by; all of it must hold. `from` (inclusive) and `to` (exclusive) in RFC 3339. */
export interface RowQuery {
  /** The id of who did it. */
  actor?: string;
  action?: string;
  subject?: string;
  outcome?: AuditDoc["outcome"];
  from?: string;
  to?: string;
}

type Search = (page: PageRequest, query: RowQuery) => Promise<Outcome<DocumentPage<AuditRow>>>;

/**
 * Most rows that one search looks through for rare matches of several conditions: some tens of milliseconds. It
 * answers what it has found, and the cursor goes on from there.
 */
const LOOK_THROUGH_MAX = 2_000;
const PAGE = 500;

const NO_SUCH_ROW = refuse("invalid_request", "The list cannot go on from there", {
  errors: [{ path: "cursor", message: "points at nothing" }],
});

/** Newest first, by the index of the most telling condition; the others are judged row by row. */
export function createSearch(rows: Collection<AuditDoc>): Search {
  return async ({ limit, after }, query) => {
    if (after !== undefined && (await rows.get(after)) === null) return NO_SUCH_ROW;
    const indexed = indexedQuery(query);
    const items: AuditRow[] = [];
    let last = after;
    for (let looked = 0; looked < LOOK_THROUGH_MAX; ) {
      const size = looked === 0 ? limit + 1 : PAGE;
      const page = await rows.find(indexed, { limit: size, descending: true, after: last });
      looked += page.length;
      for (const row of page) {
        // A change under way may be gone a moment later: nothing can go on from it.
        if (isUnderWay(row)) continue;
        const fits = matches(row, query);
        if (fits && items.length === limit) return { ok: true, items, nextCursor: last ?? null };
        if (fits) items.push(toRow(row));
        last = row.id;
      }
      if (page.length < size) return { ok: true, items, nextCursor: null };
    }
    return { ok: true, items, nextCursor: last ?? null };
  };
}

/** The condition that leaves the fewest rows, with the times. */
function indexedQuery({ actor, action, subject, outcome, from = "", to }: RowQuery) {
  const at = to === undefined ? { gte: from } : { gte: from, lt: to };
  if (subject !== undefined) return { subject, at };
  if (actor !== undefined && action !== undefined) return { actorId: actor, action, at };
  if (actor !== undefined) return { actorId: actor, at };
  if (action !== undefined) return { action, at };
  if (outcome !== undefined) return { outcome, at };
  return { at };
}

function matches(row: AuditDoc, { actor, action, subject, outcome }: RowQuery): boolean {
  return (
    (actor === undefined || row.actorId === actor) &&
    (action === undefined ? row.action !== ANCHOR : row.action === action) &&
    (subject === undefined || row.subject === subject) &&
    (outcome === undefined || row.outcome === outcome)
  );
}

const isUnderWay = ({ outcome, seq }: AuditDoc) => outcome === "open" && seq === undefined;

/** A row as clients see it. */
export function toRow({ version: _version, openUntil: _openUntil, actorId: _actorId, ...row }: AuditDoc): AuditRow {
  return row;
}
