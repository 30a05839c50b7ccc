import { createHash } from "node:crypto";
import type { IdPrefix } from "../basics/ids.ts";

/** Hexadecimal digits of a demo id: 80 bits, as opaque as any. */
const DIGITS = 20;

/**
 * The id of a part of the demo cinema, the same at every start: a seeding that was killed half way goes on
 * where it stopped, because what is there already is a duplicate by id.
 */
export function demoId(prefix: IdPrefix, what: string): string {
  return `${prefix}_${createHash("sha256").update(`demo ${prefix} ${what}`).digest("hex").slice(0, DIGITS)}`;
}
