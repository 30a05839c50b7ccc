import { indexKey } from "../basics/fold.ts";

/** A name and the key under which it is unique, whatever its case, accents and spaces. */
export function named(name: string): { name: string; nameKey: string } {
  return { name, nameKey: indexKey(name) };
}
