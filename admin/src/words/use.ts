import type { Refusal } from "../../../ui/connection/outcome.ts";
import { useLook } from "../../../ui/look.ts";
import type { Language } from "../../../ui/words/language.ts";
import { type ManagingWords, managing } from "./managing.ts";

/** The words of a section, in the language of the moment: sections bring their own, so that they load with them. */
export function useWordsOf<W>(dictionary: Readonly<Record<Language, W>>): W {
  return dictionary[useLook().language.value];
}

export function useManagingWords(): ManagingWords {
  return useWordsOf(managing);
}

/** What a refusal of a change means, where it is no fault of a field. */
export function managingRefusal(refusal: Refusal, words: ManagingWords): string {
  switch (refusal.code) {
    case "duplicate":
      return words.duplicate;
    case "in_use":
      return words.inUse;
    case "forbidden":
    case "unauthorized":
      return words.forbidden;
    case "not_found":
      return words.documentGone;
    case "rate_limited":
      return words.tooFast;
    case "unavailable":
    case "internal":
      return words.serverAway;
    case "invalid_request":
      return words.serverFault(refusal.errors?.[0]?.message ?? refusal.message);
    default:
      return words.refused;
  }
}
