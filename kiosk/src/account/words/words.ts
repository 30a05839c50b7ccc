import { useLook } from "../../../../ui/look.ts";
import type { Language } from "../../../../ui/words/language.ts";
import { en } from "./en.ts";
import { type AccountWords, es } from "./es.ts";

/** Every dictionary of the account: a language that lacks a text does not compile. */
export const ACCOUNT_WORDS: Record<Language, AccountWords> = { es, en };

export function useAccountWords(): AccountWords {
  return ACCOUNT_WORDS[useLook().language.value];
}
