/** Accents of Latin, Greek and Cyrillic letters once taken apart; marks of other scripts change the letter and stay. */
const ACCENTS = /[\u0300-\u036f]/g;

/**
 * Text as people compare it: case, accents and runs of spaces ignored, so that "dia" finds "Día".
 * For keys and search only, never for display. Folding twice changes nothing.
 */
export function foldText(text: string): string {
  return text
    .normalize("NFKD")
    .replace(ACCENTS, "")
    .toLowerCase()
    .normalize("NFKD")
    .replace(ACCENTS, "")
    .trim()
    .replace(/\s+/g, " ");
}

/** More of a folded text than people tell apart; at four bytes a character it stays within what an index can hold. */
const KEY_LENGTH = 300;

/** A folded text to sort by and to be unique by. Texts that differ later than anybody reads are the same. */
export function indexKey(text: string): string {
  return start(foldText(text), KEY_LENGTH);
}

/** The folded words of a text, each once; letters and digits of any script. */
export function wordsOf(text: string): string[] {
  return [...new Set(foldText(text).match(/[\p{L}\p{N}\p{M}]+/gu))];
}

/** What a person is found by, by the beginning of it: each word of the name, the whole name and the e-mail address. */
export function findKeysOf(name: string, email: string): string[] {
  return [...new Set([indexKey(name), ...wordsOf(name), indexKey(email)])].filter((key) => key !== "");
}

/** Longest beginning kept in an index: longer ones narrow a search of titles down by little. */
const BEGINNING_LENGTH = 4;

/**
 * The first one to four characters of every word, each once: found by whoever has typed that much of a word. Each
 * comes after every one of the marks.
 */
export function beginningsOf(text: string, marks: readonly string[] = [""]): string[] {
  const lengths = Array.from({ length: BEGINNING_LENGTH }, (_, n) => n + 1);
  const beginnings = new Set(wordsOf(text).flatMap((word) => lengths.map((length) => start(word, length))));
  return marks.flatMap((mark) => [...beginnings].map((beginning) => mark + beginning));
}

/** The beginning under which a word, or the start of one, can be looked up. */
export function beginningOf(word: string): string {
  return start(word, BEGINNING_LENGTH);
}

/** Counted in whole characters: half of one is no text that every store can keep. */
function start(text: string, length: number): string {
  return text.length <= length ? text : [...text].slice(0, length).join("");
}
