/**
 * The ledger's store: documents in collections, with indexes declared beside their types.
 *
 * Promises: a write that resolved is on disk and seen by every later read of every server; unique
 * indexes hold against any number of writers; one document is written atomically, there are no
 * transactions over several. Small on purpose, so that every adapter can keep every promise.
 * Lost infrastructure throws `StoreUnavailable`; a query that no declared index serves throws
 * `UnindexedQuery`, which is a bug.
 *
 * Must never import another room.
 */

/** What the store keeps. `version` starts at 1 and goes up by one with every write. */
export interface Stored {
  id: string;
  version: number;
}

/** A value that can stand in an index. Compared within one type only. */
export type IndexValue = string | number | boolean;

export interface Range {
  gt?: IndexValue;
  gte?: IndexValue;
  lt?: IndexValue;
  lte?: IndexValue;
}

/** A condition on one field: equality, `in`, a string prefix, or a range. On an array field: any element. */
export type Condition = IndexValue | { in: readonly IndexValue[] } | { prefix: string } | Range;

/**
 * Conditions that must all hold. Every field must stand in the one index that serves the query; of several
 * such indexes the one declared first does. A field that is named but undefined is refused (`TypeError`): it
 * would widen the query.
 */
export type Query<D> = { readonly [F in keyof D & string]?: Condition };

/**
 * An index over top-level fields, in order. Equality conditions must cover its first fields; then at
 * most one field may have a range, prefix or `in`. Results come in the order of the index (then id), each
 * document once; where the range, prefix or `in` is on an array, in an order that is only sure to last.
 * `unique`: no two documents with the same values. A document in which any of the fields is absent
 * does not stand in the index at all (all indexes are sparse). A field that holds an array stands
 * in it once per element (at most one such field); an empty array is refused (`TypeError`), leave the
 * field out. Texts of more than 1,400 bytes together can't be indexed (`RangeError`).
 */
export interface IndexSpec<D> {
  readonly fields: readonly (keyof D & string)[];
  readonly unique?: boolean;
}

/** A collection as declared in `collections.ts`. */
export interface CollectionSpec<D extends Stored> {
  readonly name: string;
  readonly indexes: Readonly<Record<string, IndexSpec<D>>>;
  /** Never there at run time: carries the type of the documents. */
  readonly document?: D;
}

/** Values that a field must hold, by field: its value, or one of its list. */
export type Held = Readonly<Record<string, readonly IndexValue[]>>;

export interface FindOptions {
  /** At most this many; default 1000. */
  limit?: number;
  /** Largest first instead of smallest. */
  descending?: boolean;
  /**
   * Go on after this document of the same query (its id), in the same order. When it is gone, or no longer
   * among the results, nothing follows.
   */
  after?: string;
  /** Of the results only those that hold all these, too. Each result is looked at: no index is needed, and none helps. */
  also?: Held;
}

export type Inserted<D> = { ok: true; document: D } | Duplicate;

/** Another document has the same values in a unique index (`id` for the id itself). Nothing was written. */
export interface Duplicate {
  ok: false;
  code: "duplicate";
  index: string;
}

/**
 * Changes to top-level fields; undefined values change nothing. `version` goes up by itself and must not be
 * named, nor `id` (`TypeError`).
 */
export interface Patch<D> {
  readonly set?: Partial<Omit<D, "id" | "version">>;
  readonly unset?: readonly (keyof D & string)[];
}

/** Fields that must have exactly these values, or (null) be absent, for an update to happen. */
export type Expected<D> = { readonly [F in keyof D & string]?: D[F] | null };

/**
 * Numbers given out one by one: the next is one above the highest `field` of the documents that fit the query,
 * the first is 1. The field is the last of a unique index, the query names the values of those before it.
 */
export interface Series<D> {
  readonly query: Query<D>;
  readonly field: keyof D & string;
}

/** `missed`: no such document, or it is not as expected. */
export type Updated<D> = { ok: true; document: D } | { ok: false; code: "missed" } | Duplicate;

export interface Collection<D extends Stored> {
  /** Adds a document at version 1. */
  insert(document: Omit<D, "version">): Promise<Inserted<D>>;
  get(id: string): Promise<D | null>;
  /** The documents of these ids that exist, in no particular order. */
  getMany(ids: readonly string[]): Promise<D[]>;
  /** The first of the query's results. */
  findOne(query: Query<D>, options?: Pick<FindOptions, "descending">): Promise<D | null>;
  /** An empty query lists by id. */
  find(query: Query<D>, options?: FindOptions): Promise<D[]>;
  count(query: Query<D>): Promise<number>;
  /** Changes one document if it is as expected: compare-and-set. Expected fields need no index. */
  update(id: string, expected: Expected<D>, patch: Patch<D>): Promise<Updated<D>>;
  /**
   * As `update`, with a patch made from the next number of a series, which the patch must give to the document.
   * A number is taken together with the write or not at all, whatever dies: against any number of writers no
   * two documents get the same one, and none is left out. `patch` may run more than once.
   */
  updateNumbered(
    id: string,
    expected: Expected<D>,
    series: Series<D>,
    patch: (next: number) => Patch<D>,
  ): Promise<Updated<D>>;
  /**
   * Changes the first of the query's results and answers it; no two callers get the same one unchanged. Throws
   * when the patch would break a unique index.
   */
  findAndUpdate(query: Query<D>, patch: Patch<D>): Promise<D | null>;
  /** Deletes one document if it is as expected. False: there was none such. */
  remove(id: string, expected?: Expected<D>): Promise<boolean>;
}

export interface Store {
  collection<D extends Stored>(spec: CollectionSpec<D>): Collection<D>;
  /** Whether calls can be expected to work, for readiness. */
  healthy(): boolean;
  close(): Promise<void>;
}

/** The store could not be asked, or its answer got lost: the outcome of a write is unknown. */
export class StoreUnavailable extends Error {
  override name = "StoreUnavailable";
}

/** No declared index serves this query. */
export class UnindexedQuery extends Error {
  override name = "UnindexedQuery";
}
