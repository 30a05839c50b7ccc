import { type Refusal, refuse } from "../protocol/errors.ts";
import type { Preferences } from "../protocol/resources.ts";
import { genres } from "../store/collections.ts";
import type { Store } from "../store/port.ts";

/** Null when all genres that somebody prefers exist; else `invalid_request` naming each that does not. */
export async function judgePreferences(store: Store, preferences: Preferences | undefined): Promise<Refusal | null> {
  const wanted = preferences?.genreIds ?? [];
  if (wanted.length === 0) return null;
  const known = new Set((await store.collection(genres).getMany(wanted)).map(({ id }) => id));
  const errors = wanted.flatMap((id, place) =>
    known.has(id) ? [] : [{ path: `preferences.genreIds.${place}`, message: "is not a genre" }],
  );
  return errors.length === 0 ? null : refuse("invalid_request", "There is no such genre", { errors });
}
