import { type Clock, timestamp } from "../basics/clock.ts";
import { type FieldError, type Outcome, type Refusal, refuse } from "../protocol/errors.ts";
import type { Collection, CollectionSpec, Expected, Patch, Query, Store, Stored } from "../store/port.ts";

/** What every managed document carries. */
export interface Dated extends Stored {
  createdAt: string;
  updatedAt: string;
}

/** A document's own fields. */
export type Fields<D extends Dated> = Omit<D, "id" | "version" | "createdAt" | "updatedAt">;

export interface PageRequest {
  limit: number;
  /** The `nextCursor` of the page before. */
  after?: string | undefined;
}

export interface ListRequest<D extends Dated> extends PageRequest {
  /** Served by one index of the collection; its order is the list's. */
  query: Query<D>;
  /** What an index cannot say. */
  keep?: (document: D) => boolean;
}

export interface DocumentPage<D> {
  items: D[];
  nextCursor: string | null;
}

/** The common part of everything that an administrator manages. Each resource adds only its rules. */
export interface Documents<D extends Dated> {
  get(id: string): Promise<D | null>;
  getMany(ids: readonly string[]): Promise<Map<string, D>>;
  /** One page. A cursor whose document is gone is `invalid_request` on `cursor`. */
  list(request: ListRequest<D>): Promise<Outcome<DocumentPage<D>>>;
  /** Adds a document. `duplicate` when the id or a unique field is there already, so a repeat with the same id adds nothing. */
  create(id: string, fields: Fields<D>): Promise<Outcome<{ document: D }>>;
  /**
   * Changes a document by compare-and-set. `ifVersion` null: whatever its version is. `change` judges the
   * document as it is and says what to write; it may run again when somebody else wrote in between.
   */
  update(
    id: string,
    ifVersion: number | null,
    change: (document: D) => Promise<Outcome<{ patch: Patch<D> }>>,
  ): Promise<Outcome<{ document: D }>>;
  /** A fault for each id that points at nothing, named `<path>.<index>`. */
  faultsOf(path: string, ids: readonly string[]): Promise<FieldError[]>;
}

export interface CommonDeps {
  store: Store;
  clock: Clock;
}

export interface DocumentsDeps<D extends Dated> extends CommonDeps {
  collection: CollectionSpec<D>;
  /** What people call one, as in "a genre". */
  noun: string;
}

/** Read at once when a list has to look for what it keeps. */
const SCAN_BATCH = 200;
/** Writers that may come between before an update without `If-Match` gives up. */
const UPDATE_TRIES = 5;

export function createDocuments<D extends Dated>(deps: DocumentsDeps<D>): Documents<D> {
  const documents = deps.store.collection(deps.collection);
  const now = () => timestamp(deps.clock.now());
  const clash = refuse("duplicate", `There is such a ${deps.noun} already`);
  return {
    get: (id) => documents.get(id),
    getMany: (ids) => byId(documents, ids),
    list: (request) => listPage(documents, request),

    async create(id, fields) {
      const at = now();
      const document = { id, ...fields, createdAt: at, updatedAt: at } as unknown as Omit<D, "version">;
      const inserted = await documents.insert(document);
      return inserted.ok ? inserted : clash;
    },

    async update(id, ifVersion, change) {
      for (let tries = 0; tries < UPDATE_TRIES; tries++) {
        const document = await documents.get(id);
        if (document === null) return refuse("not_found", `There is no such ${deps.noun}`);
        if (ifVersion !== null && document.version !== ifVersion) return changed(deps.noun);
        const judged = await change(document);
        if (!judged.ok) return judged;
        const set = { ...judged.patch.set, updatedAt: now() } as Patch<D>["set"];
        const expected = { version: document.version } as Expected<D>;
        const updated = await documents.update(id, expected, { ...judged.patch, set });
        if (updated.ok) return updated;
        if (updated.code === "duplicate") return clash;
      }
      return changed(deps.noun);
    },

    async faultsOf(path, ids) {
      const found = await byId(documents, ids);
      return ids.flatMap((id, at) =>
        found.has(id) ? [] : [{ path: `${path}.${at}`, message: `there is no such ${deps.noun}` }],
      );
    },
  };
}

function changed(noun: string): Refusal {
  return refuse("version_conflict", `Somebody else changed this ${noun}; read it again`);
}

async function byId<D extends Dated>(documents: Collection<D>, ids: readonly string[]): Promise<Map<string, D>> {
  const found = await documents.getMany([...new Set(ids)]);
  return new Map(found.map((document) => [document.id, document]));
}

async function listPage<D extends Dated>(
  documents: Collection<D>,
  { query, keep = () => true, limit, after }: ListRequest<D>,
): Promise<Outcome<DocumentPage<D>>> {
  if (after !== undefined && (await documents.get(after)) === null)
    return refuse("invalid_request", "The list cannot go on from there", {
      errors: [{ path: "cursor", message: "points at nothing (any more); begin again" }],
    });
  const items: D[] = [];
  let position = after;
  for (;;) {
    const batch = await documents.find(query, {
      limit: SCAN_BATCH,
      ...(position !== undefined && { after: position }),
    });
    for (const document of batch) {
      if (!keep(document)) continue;
      if (items.length === limit) return { ok: true, items, nextCursor: items.at(-1)?.id ?? null };
      items.push(document);
    }
    const last = batch.at(-1);
    if (last === undefined || batch.length < SCAN_BATCH) return { ok: true, items, nextCursor: null };
    position = last.id;
  }
}
