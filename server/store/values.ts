/**
 * What every adapter does to single documents: patching and comparing. Pure.
 * Must never import an adapter.
 */
import { isDeepStrictEqual } from "node:util";
import type { Expected, Patch, Stored } from "./port.ts";

type Fields = Record<string, unknown>;

/** A copy as it would come back from the disk: undefined fields are gone. */
export function plain<T>(value: T): T {
  return JSON.parse(JSON.stringify(value)) as T;
}

/** The document after a patch, one version later. Undefined values change nothing. Throws `TypeError` for `id` and `version`. */
export function patched<D extends Stored>(before: D, patch: Patch<D>): D {
  const set = plain(patch.set ?? {}) as Fields;
  const unset = patch.unset ?? [];
  for (const field of [...Object.keys(set), ...unset]) {
    if (field === "id" || field === "version") throw new TypeError(`${field} is not for a patch to change`);
  }
  const after: Fields = { ...(before as unknown as Fields), ...set, version: before.version + 1 };
  for (const field of unset) {
    if (field in set) throw new TypeError(`${field} is both set and unset`);
    delete after[field];
  }
  return after as unknown as D;
}

/** Expected fields for comparing with `isAs`. Throws `TypeError` for an undefined one: null means absent. */
export function expectation<D extends Stored>(expected: Expected<D>): Fields {
  for (const [field, value] of Object.entries(expected)) {
    if (value === undefined) throw new TypeError(`no expected value for ${field}: null means absent`);
  }
  return plain(expected) as Fields;
}

/** Whether every expected field has its value, or is absent where null is expected. */
export function isAs<D extends Stored>(document: D, expected: Fields): boolean {
  const fields = document as unknown as Fields;
  return Object.entries(expected).every(([field, value]) =>
    value === null ? fields[field] === undefined || fields[field] === null : isDeepStrictEqual(fields[field], value),
  );
}
