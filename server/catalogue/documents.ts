import { isDeepStrictEqual } from "node:util";
import { type Clock, timestamp } from "../basics/clock.ts";
import { type FieldError, type Outcome, type Refusal, refuse } from "../protocol/errors.ts";
import type { Collection, CollectionSpec, Expected, Held, Patch, Query, Store, Stored } from "../store/port.ts";
import { listPage } from "./pages.ts";

/** What every managed document carries. */
export interface Dated extends Stored {
  createdAt: string;
  updatedAt: string;
  /** Somebody is about to delete it; whoever points at it now takes this off again, and the deletion gives way. */
  leaving?: true;
}

/** A document's own fields. */
export type Fields<D extends Dated> = Omit<D, "id" | "version" | "createdAt" | "updatedAt" | "leaving">;

/** Asked once more when a write can be seen by everyone: a refusal takes the write back. */
export type Confirm<D> = (document: D) => Promise<Refusal | null>;

/** What a change wants to write, judged by the document as it is. */
export interface Change<D> {
  patch: Patch<D>;
  confirm?: Confirm<D>;
}

/** How a document goes. */
export interface Removal<D> {
  /** Why it has to stay, or null. Asked before and after others can see that it is leaving. */
  inUse(document: D): Promise<Refusal | null>;
  /** What it is meanwhile; put back when it stays. */
  meanwhile?(document: D): Patch<D>;
}

export interface PageRequest {
  limit: number;
  /** The `nextCursor` of the page before. */
  after?: string | undefined;
}

export interface ListRequest<D extends Dated> extends PageRequest {
  /** Served by one index of the collection; its order is the list's. */
  query: Query<D>;
  /** What the store sorts out, see `FindOptions`. */
  also?: Held;
  /** What neither can say. */
  keep?: (document: D) => boolean;
}

export interface DocumentPage<D> {
  items: D[];
  nextCursor: string | null;
}

/** A change as it came out; `changed` false: it was so already, and nothing was written. */
export type Updated<D> = Outcome<{ document: D; changed: boolean }>;

/** The common part of everything that an administrator manages. Each resource adds only its rules. */
export interface Documents<D extends Dated> {
  get(id: string): Promise<D | null>;
  getMany(ids: readonly string[]): Promise<Map<string, D>>;
  /** One page, see `listPage`. */
  list(request: ListRequest<D>): Promise<Outcome<DocumentPage<D>>>;
  /** Adds a document. `duplicate` when the id or a unique field is there already, so a repeat with the same id adds nothing. */
  create(id: string, fields: Fields<D>, confirm?: Confirm<D>): Promise<Outcome<{ document: D }>>;
  /**
   * Changes a document by compare-and-set. `ifVersion` null: whatever its version is. `change` judges the
   * document as it is and says what to write; it may run again when somebody else wrote in between. A patch that
   * changes nothing writes nothing: then `changed` is false and the version stays.
   */
  update(
    id: string,
    ifVersion: number | null,
    change: (document: D) => Promise<Outcome<Change<D>>>,
  ): Promise<Updated<D>>;
  /**
   * Deletes a document that nothing points at, against any number of writers who are about to: those judge what
   * they point at by `faultsOf` before and after their own write.
   */
  remove(id: string, ifVersion: number | null, removal: Removal<D>): Promise<Outcome<object>>;
  /** A fault for each id that points at nothing, named `<path>.<index>`. What it finds nothing wrong with stays for now. */
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

    async create(id, fields, confirm) {
      const at = now();
      const document = { id, ...fields, createdAt: at, updatedAt: at } as unknown as Omit<D, "version">;
      const inserted = await documents.insert(document);
      if (!inserted.ok) return clash;
      const refusal = await confirm?.(inserted.document);
      if (!refusal) return inserted;
      await documents.remove(id);
      return refusal;
    },

    async update(id, ifVersion, change) {
      for (let tries = 0; tries < UPDATE_TRIES; tries++) {
        const document = await documents.get(id);
        if (document === null) return refuse("not_found", `There is no such ${deps.noun}`);
        if (ifVersion !== null && document.version !== ifVersion) return changed(deps.noun);
        const judged = await change(document);
        if (!judged.ok) return judged;
        const { patch, confirm } = judged;
        if (isDone(document, patch)) return { ok: true, document, changed: false };
        const set = { ...patch.set, updatedAt: now() } as Patch<D>["set"];
        const updated = await documents.update(id, at(document), { ...patch, set });
        if (updated.ok) {
          const refusal = await confirm?.(updated.document);
          if (!refusal) return { ...updated, changed: true };
          await takeBack(documents, document, updated.document, { ...patch, set });
          return refusal;
        }
        if (updated.code === "duplicate") return clash;
      }
      return changed(deps.noun);
    },

    async remove(id, ifVersion, { inUse, meanwhile }) {
      for (let tries = 0; tries < UPDATE_TRIES; tries++) {
        const document = await documents.get(id);
        if (document === null) return refuse("not_found", `There is no such ${deps.noun}`);
        if (ifVersion !== null && document.version !== ifVersion) return changed(deps.noun);
        const inTheWay = await inUse(document);
        if (inTheWay !== null) return inTheWay;
        const patch = meanwhile?.(document);
        const leave = { ...patch, set: { ...patch?.set, leaving: true } } as Patch<D>;
        const marked = await documents.update(id, at(document), leave);
        if (!marked.ok) continue;
        const stay = () => takeBack(documents, document, marked.document, leave);
        try {
          const since = await inUse(marked.document);
          if (since !== null) {
            await stay();
            return since;
          }
        } catch (error) {
          await stay();
          throw error;
        }
        if (await documents.remove(id, at(marked.document))) return { ok: true };
      }
      return changed(deps.noun);
    },

    async faultsOf(path, ids) {
      const found = await byId(documents, ids);
      const stay = new Map<string, boolean>();
      for (const id of new Set(ids)) stay.set(id, await stays(documents, found.get(id)));
      return ids.flatMap((id, at) =>
        stay.get(id) === true ? [] : [{ path: `${path}.${at}`, message: `there is no such ${deps.noun}` }],
      );
    },
  };
}

const at = <D extends Dated>({ version }: D) => ({ version }) as Expected<D>;

/** Makes a document that is there stay: a deletion under way gives way to whoever points at it. */
async function stays<D extends Dated>(documents: Collection<D>, document: D | null | undefined): Promise<boolean> {
  if (document === null || document === undefined) return false;
  if (document.leaving !== true) return true;
  const kept = await documents.update(document.id, at(document), { unset: ["leaving"] });
  return kept.ok || stays(documents, await documents.get(document.id));
}

function isDone<D extends Dated>(document: D, { set = {}, unset = [] }: Patch<D>): boolean {
  const fields = document as unknown as Record<string, unknown>;
  const isSet = Object.entries(set).every(
    ([field, value]) => value === undefined || isDeepStrictEqual(fields[field], value),
  );
  return isSet && unset.every((field) => fields[field] === undefined);
}

/** Undoes a patch, unless somebody has changed the same fields meanwhile. */
async function takeBack<D extends Dated>(documents: Collection<D>, before: D, after: D, patch: Patch<D>) {
  const touched = [...Object.keys(patch.set ?? {}), ...(patch.unset ?? [])] as (keyof D & string)[];
  const set: Record<string, unknown> = {};
  const expected: Record<string, unknown> = {};
  for (const field of touched) {
    set[field] = before[field];
    expected[field] = after[field] ?? null;
  }
  const unset = touched.filter((field) => before[field] === undefined);
  await documents.update(before.id, expected as Expected<D>, { set: set as Patch<D>["set"], unset });
}

function changed(noun: string): Refusal {
  return refuse("version_conflict", `Somebody else changed this ${noun}; read it again`);
}

async function byId<D extends Dated>(documents: Collection<D>, ids: readonly string[]): Promise<Map<string, D>> {
  const found = await documents.getMany([...new Set(ids)]);
  return new Map(found.map((document) => [document.id, document]));
}
