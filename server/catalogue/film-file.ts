import { isDeepStrictEqual } from "node:util";
import { foldText } from "../basics/fold.ts";
import { type Outcome, refuse } from "../protocol/errors.ts";
import type { CodedFault, LineFault } from "../protocol/faults.ts";
import { judgeCoded } from "../schemas/coded.ts";
import { type FilmLine, filmLine } from "../schemas/films.ts";
import { type CsvFault, type CsvRow, cellValue, readCsv, separatorOf } from "./csv.ts";

/** A file of films as it came: the text of a CSV file, or the items of a JSON array. */
export type FilmFile = { kind: "csv"; text: string } | { kind: "json"; items: readonly unknown[] };

/** One film of a file, or what is wrong with it. `line` counts from 1; of an array, the item. */
export type FilmRow = { line: number; film: FilmLine } | { line: number; errors: LineFault[] };

export interface FilmRows {
  rows: FilmRow[];
  /** What the file says besides, by its own names. */
  ignoredColumns: string[];
}

const COLUMNS = Object.keys(filmLine.shape);
/** Excel says so in a first line of its own. */
const SEPARATOR_LINE = /^(?:\uFEFF)?sep=(.)(?:\r\n|\n|\r)/;
/** Lines judged in one turn: a big file must not keep everyone else waiting. */
const TURN = 200;

/** Reads and judges every line of a file, each for itself. A file without a usable head is `invalid_request`. */
export async function readFilms(file: FilmFile): Promise<Outcome<FilmRows>> {
  const read = file.kind === "csv" ? readTable(file.text) : readItems(file.items);
  if (!read.ok) return read;
  const rows: FilmRow[] = [];
  for (const [at, { line, values, errors }] of read.lines.entries()) {
    if (at % TURN === TURN - 1) await new Promise(setImmediate);
    rows.push(errors === undefined ? judgeLine(line, values) : { line, errors });
  }
  return { ok: true, rows: refuseRepeats(rows), ignoredColumns: read.ignoredColumns };
}

interface RawLine {
  line: number;
  values: Record<string, unknown>;
  errors?: LineFault[];
}
type RawLines = Outcome<{ lines: RawLine[]; ignoredColumns: string[] }>;

/** By title and release date; titles whatever their case and accents. */
export function filmKey({ title, releaseDate }: { title: string; releaseDate?: string | null | undefined }): string {
  return `${foldText(title)}|${releaseDate ?? ""}`;
}

function judgeLine(line: number, values: Record<string, unknown>): FilmRow {
  const judged = judgeCoded(filmLine, values);
  if (judged.ok) return { line, film: judged.value };
  return { line, errors: judged.faults.map((fault) => faultOn(line, fault)) };
}

/** A fault of one line, told so that people find it. */
export function faultOn(line: number, fault: CodedFault): LineFault {
  return { ...fault, message: `line ${line}: ${fault.message}`, line };
}

/** A second line for one film that says something else would undo the first. */
function refuseRepeats(rows: FilmRow[]): FilmRow[] {
  const seen = new Map<string, { line: number; film: FilmLine }>();
  return rows.map((row) => {
    if (!("film" in row)) return row;
    const key = filmKey(row.film);
    const first = seen.get(key);
    if (first === undefined) seen.set(key, row);
    if (first === undefined || isDeepStrictEqual(first.film, row.film)) return row;
    const message = `is the film of line ${first.line}, and differs`;
    const fault = { path: "title", message, code: "differs", numbers: { first: first.line } } as const;
    return { line: row.line, errors: [faultOn(row.line, fault)] };
  });
}

function readTable(text: string): RawLines {
  const [mark, named] = SEPARATOR_LINE.exec(text) ?? [];
  const [head, ...body] = readCsv(mark === undefined ? text : text.slice(mark.length), named ?? separatorOf(text));
  const skipped = mark === undefined ? 0 : 1;
  if (head === undefined) return unusable({ path: "", message: "there is no header row", code: "no_header" });
  const columns = head.fields.map(columnOf);
  const known = columns.filter((column) => column !== undefined);
  const twice = known.find((column, at) => known.indexOf(column) !== at);
  if (twice !== undefined)
    return unusable({ path: twice, message: `the column ${twice} is there twice`, code: "column_twice" });
  if (!known.includes("title"))
    return unusable({ path: "title", message: "there is no column title", code: "column_missing" });
  const ignoredColumns = head.fields.filter((name, at) => columns[at] === undefined && name.trim() !== "");
  const lines = body.map((row) => rawLine({ ...row, line: row.line + skipped }, columns));
  return { ok: true, lines, ignoredColumns };
}

function unusable(fault: CodedFault): RawLines {
  return refuse("invalid_request", "The file cannot be read", { errors: [faultOn(1, fault)] });
}

/** A column by its field's name, whatever its case. */
function columnOf(name: string): string | undefined {
  return COLUMNS.find((column) => column.toLowerCase() === name.trim().toLowerCase());
}

function rawLine({ line, fields, fault }: CsvRow, columns: readonly (string | undefined)[]): RawLine {
  const wrong = fault === undefined ? countFault(fields, columns.length) : CSV_FAULTS[fault];
  if (wrong !== undefined) return { line, values: {}, errors: [faultOn(line, wrong)] };
  const cells = columns.flatMap((column, at) => (column === undefined ? [] : [[column, cellOf(column, fields[at])]]));
  return { line, values: Object.fromEntries(cells) };
}

const CSV_FAULTS: Readonly<Record<CsvFault, CodedFault>> = {
  open_quote: { path: "", message: "a quote is opened and never closed", code: "open_quote" },
  after_quote: { path: "", message: "there is text after a closing quote", code: "after_quote" },
};

/** Fewer fields than columns, or more that say something. */
function countFault(fields: readonly string[], limit: number): CodedFault | undefined {
  const found = fields.length;
  if (found >= limit && fields.slice(limit).every((field) => field === "")) return undefined;
  return { path: "", message: `has ${found} of ${limit} fields`, code: "field_count", numbers: { found, limit } };
}

/** An empty cell takes an optional field away, and leaves a required one as it is. */
function cellOf(column: string, field = ""): unknown {
  const value = cellValue(field).trim();
  if (column === "genres") return namesIn(value);
  if (value !== "") return column === "durationMinutes" ? numberIn(value) : value;
  return column === "title" ? "" : column === "durationMinutes" || column === "status" ? undefined : null;
}

const namesIn = (cell: string) =>
  cell
    .split("|")
    .map((name) => name.trim())
    .filter((name) => name !== "");

const numberIn = (value: string) => (/^\d+$/.test(value) ? Number(value) : value);

const NOT_A_FILM: CodedFault = { path: "", message: "is not a film", code: "not_an_object" };

function readItems(items: readonly unknown[]): RawLines {
  const ignored = new Set<string>();
  const lines = items.map((item, at): RawLine => {
    const line = at + 1;
    if (item === null || typeof item !== "object" || Array.isArray(item))
      return { line, values: {}, errors: [faultOn(line, NOT_A_FILM)] };
    const fields = Object.entries(item).filter(([name]) => COLUMNS.includes(name) || !ignored.add(name));
    return { line, values: Object.fromEntries(fields.map(([name, value]) => [name, fieldOf(name, value)])) };
  });
  return { ok: true, lines, ignoredColumns: [...ignored] };
}

/** What a spreadsheet made of it may come as text. */
function fieldOf(name: string, value: unknown): unknown {
  if (name === "genres") return typeof value === "string" ? namesIn(value) : (value ?? []);
  return name === "durationMinutes" && typeof value === "string" ? numberIn(value) : value;
}
