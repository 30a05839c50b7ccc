import type { FieldError } from "./errors.ts";

/** What can be wrong with a place of a file, for whoever says it in their own words. Codes are never renamed. */
export const FAULT_CODES = [
  /** Nothing is there, and something has to be. */
  "required",
  /** Something of another kind: a word for a number. */
  "wrong_type",
  /** No day, no address: `2001-02-30`. */
  "wrong_format",
  /** None of the words that can stand there. */
  "unknown_value",
  "wrong_characters",
  /** Text of fewer or more letters than `limit`. */
  "too_short",
  "too_long",
  /** A number below or above `limit`. */
  "too_small",
  "too_big",
  /** A list of fewer or more than `limit`. */
  "too_few",
  "too_many",
  /** The film of line `first`, and not the same as there. */
  "differs",
  /** A line of `found` fields under a header of `limit`. */
  "field_count",
  /** CSV: a quote that is not closed, text after one that is. */
  "open_quote",
  "after_quote",
  /** JSON: an item that is no object. */
  "not_an_object",
  "no_header",
  /** A header without the column `path`, or with it twice. */
  "column_missing",
  "column_twice",
  /** Good by itself, and refused when it was to be saved. */
  "not_saved",
  "not_valid",
] as const;

export type FaultCode = (typeof FAULT_CODES)[number];

/** The numbers that a fault's text names. */
export interface FaultNumbers {
  limit?: number;
  found?: number;
  first?: number;
}

/** A fault of one field, in words and by its code. */
export interface CodedFault extends FieldError {
  code: FaultCode;
  numbers?: FaultNumbers;
}

/** One on a line of a file, from 1; `path` is empty where it is the whole line. */
export interface LineFault extends CodedFault {
  line: number;
}
