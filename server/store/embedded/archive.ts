/**
 * Backups: all documents of a store as one file, whatever the store's own format.
 *
 * The file is gzipped text. Its first line is the header (`ArchiveHeader` as JSON), every other line
 * `["collection",{document}]`, by collection and id. Indexes and leases are not in it: the first are built
 * anew, the second belong to processes. It holds password hashes and private keys, so only its owner can read it.
 * Must never open a store that another version would refuse.
 */
import { createHash, type Hash } from "node:crypto";
import { createReadStream } from "node:fs";
import { open, rename, rm } from "node:fs/promises";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { StringDecoder } from "node:string_decoder";
import { createGunzip, createGzip } from "node:zlib";
import { isLease } from "../lease.ts";
import type { Stored } from "../port.ts";
import type { Snapshot } from "./environment.ts";
import { textsOf } from "./keys.ts";

const FORMAT = "butaca-backup";
/** Of the file, not of the store: goes up when this page would read old files wrongly. */
const FORMAT_VERSION = 1;

/** How many documents a collection has, and the SHA-256 of their lines as JSON in order. */
export interface Tally {
  count: number;
  sha256: string;
}

export interface ArchiveHeader {
  format: typeof FORMAT;
  formatVersion: number;
  /** The number of the store, see `migrations`. */
  number: number;
  /** When the backup was made. */
  at: string;
  collections: Record<string, Tally>;
}

export interface ArchivedDocument {
  collection: string;
  document: Stored;
}

/** A file that can't be restored. The message is one line for the operator. */
export class ArchiveRefused extends Error {
  override name = "ArchiveRefused";
}

/** Writes a snapshot to a new file, complete or not at all. Answers how many documents it holds. */
export async function writeArchive(snapshot: Snapshot, number: number, file: string): Promise<number> {
  const part = `${file}.part`;
  // Fails when it exists: two backups at once must not write into each other.
  const handle = await open(part, "wx", 0o600);
  try {
    const collections = tallySnapshot(snapshot);
    const at = new Date().toISOString();
    const header: ArchiveHeader = { format: FORMAT, formatVersion: FORMAT_VERSION, number, at, collections };
    await pipeline(Readable.from(linesOf(header, snapshot)), createGzip(), handle.createWriteStream({ flush: true }));
    await rename(part, file);
    return Object.values(collections).reduce((sum, { count }) => sum + count, 0);
  } catch (error) {
    await handle.close().catch(() => undefined);
    await rm(part, { force: true });
    throw error;
  }
}

function* linesOf(header: ArchiveHeader, snapshot: Snapshot): Generator<string> {
  yield `${JSON.stringify(header)}\n`;
  for (const { collection, text } of archived(snapshot)) yield `[${JSON.stringify(collection)},${text}]\n`;
}

function* archived(snapshot: Snapshot): Generator<{ collection: string; text: string }> {
  for (const { key, value } of snapshot.documents()) {
    const [collection = "", id = ""] = textsOf(key);
    if (!isLease(collection, id)) yield { collection, text: value };
  }
}

function tallySnapshot(snapshot: Snapshot): Record<string, Tally> {
  const tallies = createTallies();
  for (const { collection, text } of archived(snapshot)) tallies.add(collection, text);
  return tallies.sums();
}

/** Counts and hashes documents, given as text, by collection. */
export function createTallies() {
  const running = new Map<string, { count: number; hash: Hash }>();
  return {
    add(collection: string, text: string): void {
      const tally = running.get(collection) ?? { count: 0, hash: createHash("sha256") };
      tally.count += 1;
      tally.hash.update(text).update("\n");
      running.set(collection, tally);
    },
    sums: (): Record<string, Tally> =>
      Object.fromEntries([...running].map(([name, { count, hash }]) => [name, { count, sha256: hash.digest("hex") }])),
  };
}

/**
 * Reads a file: first the header goes to `begin`, then every document to `each`. Throws `ArchiveRefused` when it
 * is no backup or not exactly what was written; only when this returns may what was read be used.
 */
export async function readArchive(
  file: string,
  begin: (header: ArchiveHeader) => void,
  each: (archived: ArchivedDocument) => void,
): Promise<ArchiveHeader> {
  const tallies = createTallies();
  let header: ArchiveHeader | undefined;
  const take = (line: string): void => {
    if (!header) {
      header = parseHeader(line);
      begin(header);
      return;
    }
    const [collection, document] = JSON.parse(line) as [string, Stored];
    tallies.add(collection, line.slice(JSON.stringify(collection).length + 2, -1));
    if (typeof document?.id !== "string") throw new SyntaxError("a document has no id");
    each({ collection, document });
  };
  // The pipeline reports that it was cut short, not what its last part threw.
  let thrown: unknown;
  const takeAll = async (bytes: AsyncIterable<Buffer>): Promise<void> => {
    try {
      for await (const line of linesIn(bytes)) take(line);
    } catch (error) {
      thrown = error;
      throw error;
    }
  };
  try {
    await pipeline(createReadStream(file), createGunzip(), takeAll);
  } catch (error) {
    throw refusal(file, thrown ?? error);
  }
  if (!header) throw new ArchiveRefused(`${file} is empty`);
  compare(file, header.collections, tallies.sums());
  return header;
}

async function* linesIn(bytes: AsyncIterable<Buffer>): AsyncGenerator<string> {
  const decoder = new StringDecoder("utf8");
  let rest = "";
  for await (const chunk of bytes) {
    const lines = (rest + decoder.write(chunk)).split("\n");
    rest = lines.pop() ?? "";
    yield* lines;
  }
  if (rest !== "") yield rest;
}

function parseHeader(line: string): ArchiveHeader {
  const header = JSON.parse(line) as Partial<ArchiveHeader> | null;
  if (header?.format !== FORMAT || !header.collections) throw new SyntaxError("no header");
  if (header.formatVersion !== FORMAT_VERSION) {
    throw new ArchiveRefused(`the backup has format ${header.formatVersion}, this version reads ${FORMAT_VERSION}`);
  }
  return header as ArchiveHeader;
}

/** Which troubles are the file's: broken compression or text. Others keep their own words. */
function refusal(file: string, error: unknown): unknown {
  const { code, message } = error as NodeJS.ErrnoException;
  if (code === "ENOENT" || code === "EISDIR" || code === "EACCES")
    return new ArchiveRefused(`${file} can't be read: ${code}`);
  if (error instanceof SyntaxError || code?.startsWith("Z_"))
    return new ArchiveRefused(`${file} is no backup, or damaged: ${message}`);
  return error;
}

function compare(file: string, wanted: Record<string, Tally>, found: Record<string, Tally>): void {
  for (const name of new Set([...Object.keys(wanted), ...Object.keys(found)])) {
    const [was, is] = [wanted[name], found[name]];
    if (was?.count !== is?.count) {
      throw new ArchiveRefused(
        `${file} is damaged: ${name} has ${is?.count ?? 0} documents instead of ${was?.count ?? 0}`,
      );
    }
    if (was?.sha256 !== is?.sha256)
      throw new ArchiveRefused(`${file} is damaged: the documents of ${name} were changed`);
  }
}
