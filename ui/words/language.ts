/**
 * Words and numbers for people: languages, dictionaries, money, dates.
 *
 * Promises: every text in every language (types see to it), the cinema's time zone and currency, never the browser's.
 * Must never import a component or the connection.
 */

export const LANGUAGES = ["es", "en"] as const;
export type Language = (typeof LANGUAGES)[number];

/** Each language's own name for itself: a reader looks for theirs, not for ours. */
export const LANGUAGE_NAMES: Record<Language, string> = { es: "Español", en: "English" };

/** The language of a tag, whatever its country; undefined for one that we do not speak. */
export function spokenLanguage(tag: string): Language | undefined {
  return LANGUAGES.find((language) => tag.toLowerCase().split("-")[0] === language);
}

/** The first of the browser's languages that we speak; Spanish when there is none. */
export function preferredLanguage(tags: readonly string[]): Language {
  for (const tag of tags) {
    const known = spokenLanguage(tag);
    if (known) return known;
  }
  return "es";
}

/** "F8", "F8 and F9", "F8, F9 and F10", as the language joins them. */
export function listed(language: Language, parts: readonly string[]): string {
  return new Intl.ListFormat(language, { type: "conjunction" }).format(parts);
}
