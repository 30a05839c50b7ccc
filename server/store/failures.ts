/** Whose fault a failure is: what every adapter throws is sorted here. Must never import an adapter. */
import { StoreUnavailable, UnindexedQuery } from "./port.ts";

/** A mistake of the caller, found before anything was written; everything else is the store's trouble. */
export function isMistake(error: unknown): boolean {
  return error instanceof TypeError || error instanceof RangeError || error instanceof UnindexedQuery;
}

export function unavailable(error: unknown): StoreUnavailable {
  if (error instanceof StoreUnavailable) return error;
  return new StoreUnavailable(error instanceof Error ? error.message : String(error), { cause: error });
}
