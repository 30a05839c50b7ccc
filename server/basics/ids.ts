import { createHash, randomBytes } from "node:crypto";

export type IdPrefix =
  | "gen"
  | "flm"
  | "aud"
  | "lay"
  | "sht"
  | "tty"
  | "prl"
  | "usr"
  | "rol"
  | "dev"
  | "ord"
  | "tik"
  | "ref"
  | "ses"
  | "aut"
  | "blk"
  | "rev";

/** Crockford's alphabet, lower case: no i, l, o, u, so an id survives being read aloud. */
const ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz";
/** 20 characters of 5 bits: 100 bits, no collisions worth a check. */
const ID_LENGTH = 20;

/** A new opaque id: prefix, underscore, 100 random bits. */
export function newId(prefix: IdPrefix): string {
  return `${prefix}_${randomText(ID_LENGTH)}`;
}

/** Random characters of 5 bits each, from the system's secure source. */
export function randomText(length: number, alphabet: string = ALPHABET): string {
  let text = "";
  for (const byte of randomBytes(length)) text += alphabet[byte % alphabet.length];
  return text;
}

/** The id that a text always gets: two writers who make the same thing at once make one. As opaque as any. */
export function derivedId(prefix: IdPrefix, text: string): string {
  const bytes = createHash("sha256").update(text).digest().subarray(0, ID_LENGTH);
  return `${prefix}_${Array.from(bytes, (byte) => ALPHABET[byte % ALPHABET.length]).join("")}`;
}
