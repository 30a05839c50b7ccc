import { type Refusal, refuse } from "../protocol/errors.ts";
import type { Preferences } from "../protocol/resources.ts";
import { genres } from "../store/collections.ts";
import type { Store } from "../store/port.ts";

/** What somebody changes of their preferences: what is left out stays, null takes the seating away. */
export interface PreferencesChange {
  genreIds?: string[] | undefined;
  language?: string | undefined;
  seating?: string | null | undefined;
}

/** Null when all genres that somebody now wants exist; else `invalid_request` naming each that does not. */
export async function judgePreferences(store: Store, wanted: PreferencesChange | undefined): Promise<Refusal | null> {
  const genreIds = wanted?.genreIds ?? [];
  if (genreIds.length === 0) return null;
  const known = new Set((await store.collection(genres).getMany(genreIds)).map(({ id }) => id));
  const errors = genreIds.flatMap((id, place) =>
    known.has(id) ? [] : [{ path: `preferences.genreIds.${place}`, message: "is not a genre" }],
  );
  return errors.length === 0 ? null : refuse("invalid_request", "There is no such genre", { errors });
}

export function changedPreferences(before: Preferences, wanted: PreferencesChange): Preferences {
  const { genreIds = before.genreIds, language = before.language } = wanted;
  const seating = wanted.seating === undefined ? before.seating : (wanted.seating ?? undefined);
  return { genreIds: [...new Set(genreIds)], language, ...(seating !== undefined && { seating }) };
}
