import type { FieldError } from "../../../server/protocol/errors.ts";
import type { FaultCode, LineFault } from "../../../server/protocol/faults.ts";
import type { Answer, Api } from "../../../ui/connection/api.ts";
import type { FilmWords } from "./words.ts";

/** What an import did, or would do. */
export interface ImportReport {
  created: number;
  updated: number;
  unchanged: number;
  ignoredColumns: string[];
  rejected: { line: number; errors: LineFault[] }[];
}

/** A file as it is sent: CSV goes as its text, JSON as what it says. */
export type FilmFile =
  | { kind: "csv"; name: string; text: string }
  | { kind: "json"; name: string; items: readonly unknown[] };

/** Thousands of films are checked one by one. */
const TIMEOUT_MS = 120_000;

/** What kind of file it is, by what it begins with; null for JSON that is no list. */
export function filmFileOf(name: string, text: string): FilmFile | null {
  if (!/^\uFEFF?\s*[[{]/.test(text)) return { kind: "csv", name, text };
  try {
    const items: unknown = JSON.parse(text.replace(/^\uFEFF/, ""));
    return Array.isArray(items) ? { kind: "json", name, items } : null;
  } catch {
    return null;
  }
}

/** The text of a file: UTF-8, or else as Windows wrote it. */
export function fileText(bytes: Uint8Array): string {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    return new TextDecoder("windows-1252").decode(bytes);
  }
}

/** `isDry`: says what would happen. Lines with faults are listed and left out, the others count. */
export function sendFilms(api: Pick<Api, "call">, file: FilmFile, isDry: boolean): Promise<Answer<ImportReport>> {
  const content = file.kind === "csv" ? { body: file.text, contentType: "text/csv" } : { body: file.items };
  const query = { skipInvalid: true, dryRun: isDry || undefined };
  return api.call<ImportReport>("POST", "/films/import", { ...content, query, timeoutMs: TIMEOUT_MS });
}

/** Where a fault is, as the form of a film names it; `genres.0` is the field of genres. */
export function faultPlace({ path }: FieldError, words: FilmWords): string {
  const [field = ""] = path.split(".");
  if (field === "") return words.wholeLine;
  return words.fields[(field === "genres" ? "genreIds" : field) as keyof FilmWords["fields"]] ?? path;
}

/** What is wrong, in the words of the console; of a code that it does not know, in the server's. */
export function faultText(fault: FieldError & Partial<LineFault>, words: FilmWords): string {
  const told = fault.code && words.lineFaults[fault.code];
  return told === undefined ? fault.message : told(fault.numbers ?? {}, fault.path);
}

/** What should stand there, where the fault itself does not say so. */
export function faultRule({ path, code }: LineFault, words: FilmWords): string | undefined {
  return RULED.has(code) ? words.rules[path] : undefined;
}

const RULED: ReadonlySet<FaultCode> = new Set(["required", "wrong_type", "wrong_format", "unknown_value"]);
