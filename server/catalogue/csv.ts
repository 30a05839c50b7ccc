export type CsvFault = "open_quote" | "after_quote";

/** One row of a CSV file. */
export interface CsvRow {
  /** Where it begins, counted from 1. */
  line: number;
  fields: string[];
  /** What is wrong with it as CSV; its fields are a guess then. */
  fault?: CsvFault;
}

/**
 * Reads CSV (RFC 4180) into rows of fields: quotes, doubled quotes, line breaks inside quotes, CRLF or LF, a byte
 * order mark. Empty lines are left out. An open quote takes the rest of the text.
 */
export function readCsv(text: string, separator = ","): CsvRow[] {
  const reader = { text: text.replace(/^\uFEFF/, ""), at: 0, line: 1, separator };
  const rows: CsvRow[] = [];
  while (reader.at < reader.text.length) {
    const row = readRow(reader);
    if (row.fields.some((field) => field !== "") || row.fault !== undefined) rows.push(row);
  }
  return rows;
}

interface Reader {
  text: string;
  at: number;
  line: number;
  separator: string;
}

function readRow(reader: Reader): CsvRow {
  const row: CsvRow = { line: reader.line, fields: [] };
  for (;;) {
    const { text } = reader;
    row.fields.push(text[reader.at] === '"' ? readQuoted(reader, row) : readPlain(reader));
    const end = text[reader.at];
    reader.at += text.startsWith("\r\n", reader.at) ? 2 : 1;
    if (end === reader.separator) continue;
    reader.line += 1;
    return row;
  }
}

/** Reads on to the separator or the end of the line. */
function readPlain(reader: Reader): string {
  const from = reader.at;
  while (reader.at < reader.text.length && !isEnd(reader)) reader.at += 1;
  return reader.text.slice(from, reader.at);
}

function isEnd({ text, at, separator }: Reader): boolean {
  return text[at] === separator || text[at] === "\n" || text[at] === "\r";
}

function readQuoted(reader: Reader, row: CsvRow): string {
  const from = reader.at + 1;
  let quote = reader.text.indexOf('"', from);
  while (quote !== -1 && reader.text[quote + 1] === '"') quote = reader.text.indexOf('"', quote + 2);
  if (quote === -1) row.fault = "open_quote";
  reader.at = quote === -1 ? reader.text.length : quote + 1;
  const quoted = reader.text.slice(from, quote === -1 ? undefined : quote);
  reader.line += quoted.split("\n").length - 1;
  if (readPlain(reader).trim() !== "") row.fault = "after_quote";
  return quoted.replaceAll('""', '"');
}

/** What separates the fields of a file, as its first line says: Excel writes semicolons where commas stand in numbers. */
export function separatorOf(text: string): string {
  const head = text.slice(0, text.search(/[\r\n]|$/));
  const counted = [",", ";", "\t"].map((separator) => ({ separator, count: head.split(separator).length }));
  return counted.reduce((most, other) => (other.count > most.count ? other : most)).separator;
}

/** What a spreadsheet would take for a formula, with or without the mark that stops it. */
const FORMULA = /^'*[=+\-@\t\r]/;

/** A cell as it is written: quoted where it needs to be, and marked where a spreadsheet would run it. */
export function csvCell(value: string, separator = ","): string {
  const safe = FORMULA.test(value) ? `'${value}` : value;
  return /["\r\n]/.test(safe) || safe.includes(separator) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

/** A cell as it was meant: without the mark of `csvCell`. */
export function cellValue(cell: string): string {
  return cell.startsWith("'") && FORMULA.test(cell) ? cell.slice(1) : cell;
}
