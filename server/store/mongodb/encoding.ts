/**
 * How a document of the ledger stands in MongoDB: `id` as `_id`, and beside its own fields the marks of who wrote it.
 *
 * Promises: what was encoded is decoded to the same document. Must never do I/O.
 */
import { randomText } from "../../basics/ids.ts";
import type { Stored } from "../port.ts";

/**
 * Marks tell one's own write from another's when its answer got lost and the driver asked again: the insert's stays
 * for ever, the update's until the next update.
 */
export const INSERTED_BY = "_insertedBy";
export const UPDATED_BY = "_updatedBy";

/** A document as MongoDB has it. */
export interface Kept {
  _id: string;
  version: number;
  [INSERTED_BY]?: string;
  [UPDATED_BY]?: string;
  [field: string]: unknown;
}

export function encode<D extends Stored>(document: D, mark: string): Kept {
  const { id, version, ...fields } = document;
  return { _id: id, version, ...fields, [INSERTED_BY]: mark };
}

export function decode<D extends Stored>(kept: Kept): D {
  const { _id, [INSERTED_BY]: _i, [UPDATED_BY]: _u, ...fields } = kept;
  return { id: _id, ...fields } as unknown as D;
}

export function decoded<D extends Stored>(kept: Kept | null): D | null {
  return kept && decode<D>(kept);
}

/** The field of MongoDB that holds a field of a document. */
export function fieldOf(field: string): string {
  return field === "id" ? "_id" : field;
}

/** Marks that no other writer ever makes: random per process, counted within. */
export function createMarks(): () => string {
  const process = randomText(16);
  let count = 0;
  return () => {
    count += 1;
    return `${process}-${count.toString(36)}`;
  };
}
