import type { CollectionSpec, IndexSpec, Stored } from "../port.ts";

/** Ties indexes to a document type without repeating the type of every field. */
export function collection<D extends Stored>(
  name: string,
  indexes: Readonly<Record<string, IndexSpec<D>>> = {},
): CollectionSpec<D> {
  return { name, indexes };
}

export interface Dated extends Stored {
  createdAt: string;
  updatedAt: string;
  /** Somebody is about to delete it; see the catalogue's documents. */
  leaving?: true;
}
