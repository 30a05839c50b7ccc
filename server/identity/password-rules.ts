import { readFileSync } from "node:fs";
import { join } from "node:path";
import { foldText } from "../basics/fold.ts";
import { type Refusal, refuse } from "../protocol/errors.ts";

/** Words that people take for a secret, folded, one a line: what guessers try first. */
const COMMON: ReadonlySet<string> = new Set(
  readFileSync(join(import.meta.dirname, "common-passwords.txt"), "utf8")
    .split("\n")
    .map((word) => word.trim())
    .filter((word) => word !== ""),
);
/** Fewer different characters are a pattern, however long. */
const DIFFERENT_MIN = 5;
/** A name or address of this length in a password gives most of it away. */
const TELLING_LENGTH = 4;

/** Whose password it will be: what the world knows of them is no secret. */
export interface Owner {
  name: string;
  email: string;
}

/**
 * Judges a new password beyond its length: null, or `invalid_request` on the field `path`. Case, accents,
 * digits and signs around a common word, and digits for letters make it no better.
 */
export function judgePassword(password: string, owner: Owner, path = "password"): Refusal | null {
  const fault = faultOf(password, owner);
  return fault === null
    ? null
    : refuse("invalid_request", "Choose another password", { errors: [{ path, message: fault }] });
}

function faultOf(password: string, { name, email }: Owner): string | null {
  const folded = foldText(password);
  if (new Set(folded).size < DIFFERENT_MIN) return "repeats a few characters";
  if (isCommon(folded)) return "is one of the first that anybody would try";
  const known = [foldText(name), foldText(email), foldText(email.split("@")[0] ?? "")];
  const bare = lettersOf(folded);
  if (known.some((text) => text.length >= TELLING_LENGTH && (folded === text || bare === lettersOf(text))))
    return "is made of your name or address";
  return null;
}

function isCommon(folded: string): boolean {
  const bare = folded.replace(/\s/g, "");
  const words = [bare, lettersOf(bare), lettersOf(undisguised(bare)), undisguised(lettersAround(bare))];
  return words.some((word) => word === "" || COMMON.has(word) || COMMON.has(halfOf(word)));
}

/** What is left without digits and signs. */
const lettersOf = (text: string) => text.replace(/[^\p{L}]/gu, "");
/** Without the digits and signs before and after. */
const lettersAround = (text: string) => text.replace(/^[^\p{L}]+|[^\p{L}]+$/gu, "");

/** A word written twice counts as the word. */
function halfOf(word: string): string {
  const half = word.slice(0, word.length / 2);
  return half + half === word ? half : word;
}

const DISGUISES: Readonly<Record<string, string>> = {
  ...{ "0": "o", "1": "i", "3": "e", "4": "a", "5": "s", "7": "t", "8": "b" },
  ...{ "@": "a", $: "s", "!": "i", "€": "e" },
};
const undisguised = (text: string) => [...text].map((character) => DISGUISES[character] ?? character).join("");
