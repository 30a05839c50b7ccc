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
