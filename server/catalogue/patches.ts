import type { Patch } from "../store/port.ts";

/** A partial change as clients send it, as a patch: null takes a field away, what is left out stays. */
export function patchOf<D>(input: { readonly [F in keyof D]?: D[F] | null }): Patch<D> {
  const fields = Object.entries(input) as [keyof D & string, unknown][];
  const set = Object.fromEntries(fields.filter(([, value]) => value !== null && value !== undefined));
  return { set: set as Patch<D>["set"], unset: fields.filter(([, value]) => value === null).map(([field]) => field) };
}
