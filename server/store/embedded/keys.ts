/**
 * Keys of the embedded store: rows of values as bytes that sort like the values do.
 *
 * Promises: booleans before numbers before text; numbers by size, text by its UTF-8 bytes; a longer row
 * after the row it begins with. Any text is allowed, zero bytes included.
 * Must never import LMDB.
 */

import type { Last, Plan } from "../plan.ts";
import type { IndexValue, Range } from "../port.ts";

/** First byte of each value: its type. The gaps leave room for more. */
const TAG = { boolean: 0x10, number: 0x20, string: 0x30 } as const;
/** LMDB takes 1,978 bytes; the rest is for bounds, which are cut one byte above the longest key. */
export const MAX_KEY_BYTES = 1900;
const END_OF_TEXT = Buffer.of(0x00);
const ESCAPE = 0x01;

/** Keys from `start` up to, not including, `end`. */
export interface KeyRange {
  start: Buffer;
  end: Buffer;
}

/** The bytes of a row of values. Throws `RangeError` when they are too many for a key. */
export function keyOf(values: readonly IndexValue[]): Buffer {
  return assertFits(Buffer.concat(values.map(encode)));
}

/** A key, or a key as text, that is not too long. Throws `RangeError`. */
export function assertFits<K extends Buffer | string>(key: K): K {
  if (key.length > MAX_KEY_BYTES) throw new RangeError(`indexed values of ${key.length} bytes, ${MAX_KEY_BYTES} fit`);
  return key;
}

/** Texts that are their own bytes: printable ASCII. */
const PLAIN = /^[ -~]*$/;

/**
 * As `keyOf`, one character for each byte, so that keys sort as these texts do: for sorting many, where texts are
 * faster than buffers.
 */
export function keyTextOf(values: readonly IndexValue[]): string {
  let key = "";
  for (const value of values) {
    const isPlain = typeof value === "string" && PLAIN.test(value);
    key += isPlain ? `${STRING}${value}\0` : encode(value).toString("latin1");
  }
  return assertFits(key);
}

const STRING = String.fromCharCode(TAG.string);

function encode(value: IndexValue): Buffer {
  switch (typeof value) {
    case "string":
      return Buffer.concat([Buffer.of(TAG.string), escaped(value), END_OF_TEXT]);
    case "number":
      return Buffer.concat([Buffer.of(TAG.number), sortableDouble(value)]);
    case "boolean":
      return Buffer.of(TAG.boolean, value ? 1 : 0);
    default:
      throw new TypeError(`no key for a ${typeof value}`);
  }
}

/** Zero ends a text, so the bytes 0 and 1 inside become 1 1 and 1 2: still in order, never an end. */
function escaped(text: string): Buffer {
  const bytes = Buffer.from(text, "utf8");
  if (!bytes.some((byte) => byte <= ESCAPE)) return bytes;
  return Buffer.from([...bytes].flatMap((byte) => (byte <= ESCAPE ? [ESCAPE, byte + 1] : [byte])));
}

/** The texts of a key that holds nothing else, such as collection and id of a document. */
export function textsOf(key: Buffer): string[] {
  const texts: string[] = [];
  let bytes: number[] = [];
  for (let i = 1; i < key.length; i++) {
    const byte = key[i] ?? 0;
    if (byte === 0) {
      texts.push(Buffer.from(bytes).toString("utf8"));
      bytes = [];
      // Over the type of the next text.
      i += 1;
    } else {
      bytes.push(byte === ESCAPE ? (key[++i] ?? ESCAPE) - 1 : byte);
    }
  }
  return texts;
}

/** IEEE doubles sort as unsigned bytes once the sign bit is flipped, and all bits of negative ones. */
function sortableDouble(value: number): Buffer {
  if (Number.isNaN(value)) throw new TypeError("no key for NaN");
  const bytes = Buffer.alloc(8);
  bytes.writeDoubleBE(value === 0 ? 0 : value);
  const negative = bytes.readUInt8(0) >= 0x80;
  for (let i = 0; i < 8; i++) bytes[i] = (bytes[i] ?? 0) ^ (negative ? 0xff : i === 0 ? 0x80 : 0);
  return bytes;
}

/** The smallest key after every key that begins with these bytes. */
export function after(prefix: Buffer): Buffer {
  const end = Buffer.from(prefix);
  for (let i = end.length - 1; i >= 0; i--) {
    const byte = end[i] ?? 0;
    if (byte < 0xff) {
      end[i] = byte + 1;
      return end.subarray(0, i + 1);
    }
  }
  return Buffer.of(0xff);
}

/** The ranges of keys, in order and apart, that hold a plan's results under `head`. */
export function rangesOf(head: Buffer, plan: Plan): KeyRange[] {
  const base = Buffer.concat([head, ...plan.equal.map(encode)]);
  return spans(base, plan.last)
    .map(cut)
    .filter(({ start, end }) => Buffer.compare(start, end) < 0);
}

function spans(base: Buffer, last: Last): KeyRange[] {
  const under = (tail: Buffer): KeyRange => {
    const start = Buffer.concat([base, tail]);
    return { start, end: after(start) };
  };
  switch (last.kind) {
    case "none":
      return [{ start: base, end: after(base) }];
    case "prefix":
      return [under(Buffer.concat([Buffer.of(TAG.string), escaped(last.prefix)]))];
    case "in": {
      const keys = new Map(last.values.map(encode).map((key) => [key.toString("latin1"), key]));
      return [...keys.values()].sort(Buffer.compare).map(under);
    }
    case "range":
      return [between(base, last.range)];
  }
}

function between(base: Buffer, range: Range): KeyRange {
  const at = (value: IndexValue): Buffer => Buffer.concat([base, encode(value)]);
  // Compared within one type: the other bound of a one-sided range is the end of the type.
  const typed = (value: IndexValue): Buffer => Buffer.concat([base, Buffer.of(TAG[typeof value as keyof typeof TAG])]);
  let start = base;
  let end = after(base);
  const raise = (key: Buffer): void => {
    if (Buffer.compare(key, start) > 0) start = key;
  };
  const lower = (key: Buffer): void => {
    if (Buffer.compare(key, end) < 0) end = key;
  };
  for (const value of [range.gt, range.gte, range.lt, range.lte]) {
    if (value === undefined) continue;
    raise(typed(value));
    lower(after(typed(value)));
  }
  if (range.gt !== undefined) raise(after(at(range.gt)));
  if (range.gte !== undefined) raise(at(range.gte));
  if (range.lt !== undefined) lower(at(range.lt));
  if (range.lte !== undefined) lower(after(at(range.lte)));
  return { start, end };
}

/** No key is longer than the limit, so a bound cut one byte above it parts the same keys. */
function cut({ start, end }: KeyRange): KeyRange {
  return { start: start.subarray(0, MAX_KEY_BYTES + 1), end: end.subarray(0, MAX_KEY_BYTES + 1) };
}
