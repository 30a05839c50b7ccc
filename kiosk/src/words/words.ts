import type { Language } from "../../../ui/words/language.ts";
import { en } from "./en.ts";
import { es, type ShopWords } from "./es.ts";

/** Every dictionary of the shop: a language that lacks a text does not compile. */
export const SHOP_WORDS: Record<Language, ShopWords> = { es, en };
