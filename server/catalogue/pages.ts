import { type Outcome, refuse } from "../protocol/errors.ts";
import type { Collection, FindOptions } from "../store/port.ts";
import type { Dated, DocumentPage, ListRequest } from "./documents.ts";

/** Read at once when a list has to look further for what it keeps. */
const SCAN_BATCH = 200;
/** Items that a cursor names: some 120 characters, and a list goes on as long as one of them is still in it. */
const NAMED_MAX = 5;
const BETWEEN = ".";

type Find<D> = (options: FindOptions) => Promise<D[]>;

const LOST = refuse("invalid_request", "The list cannot go on from there", {
  errors: [{ path: "cursor", message: "points at nothing (any more); begin again" }],
});

/**
 * One page of a query. A list that goes on names the last items that were shown, the latest first: where the latest
 * was deleted or left the list meanwhile, it goes on after the one before. Where all are gone it is
 * `invalid_request` on `cursor`, never a list that ends too early.
 */
export async function listPage<D extends Dated>(
  documents: Collection<D>,
  { query, also = {}, keep = () => true, limit, after }: ListRequest<D>,
): Promise<Outcome<DocumentPage<D>>> {
  const shown = after?.split(BETWEEN) ?? [];
  const items: D[] = [];
  const find: Find<D> = (options) => documents.find(query, { ...options, also });
  let size = limit + 1;
  let batch = await firstAfter(find, shown, size);
  for (; batch !== null; size = SCAN_BATCH) {
    for (const document of batch) {
      if (shown.includes(document.id) || !keep(document)) continue;
      if (items.length === limit) return { ok: true, items, nextCursor: cursorAfter(items, shown) };
      items.push(document);
    }
    const last = batch.at(-1);
    if (last === undefined || batch.length < size) return { ok: true, items, nextCursor: null };
    batch = await find({ limit: SCAN_BATCH, after: last.id });
  }
  return LOST;
}

function cursorAfter<D extends Dated>(items: readonly D[], shown: readonly string[]): string {
  const latest = items.map(({ id }) => id).reverse();
  return [...latest, ...shown].slice(0, NAMED_MAX).join(BETWEEN);
}

/** What follows the first of these items that is still in the list; null when none of them is. */
async function firstAfter<D extends Dated>(
  find: Find<D>,
  shown: readonly string[],
  limit: number,
): Promise<D[] | null> {
  if (shown.length === 0) return find({ limit });
  for (const after of shown) {
    const batch = await find({ limit, after });
    if (batch.length > 0) return batch;
  }
  // Nothing follows where nothing is left, and where one of them is the very last.
  const [last] = await find({ limit: 1, descending: true });
  return last === undefined || shown.includes(last.id) ? [] : null;
}
