/**
 * Reads CSV (RFC 4180) into rows of fields: quotes, doubled quotes, line breaks inside quotes, CRLF or LF, a byte
 * order mark. Each row says on which line it begins, counted from 1; empty lines are left out. An open quote at
 * the end takes the rest.
 */
export function readCsv(text: string): { line: number; fields: string[] }[] {
  const rows: { line: number; fields: string[] }[] = [];
  let line = 1;
  let row = { line, fields: [] as string[] };
  for (const [, quoted, plain, end] of text.replace(/^\uFEFF/, "").matchAll(FIELD)) {
    row.fields.push(quoted === undefined ? (plain ?? "") : quoted.replaceAll('""', '"'));
    line += (quoted ?? "").split("\n").length - 1;
    if (end === ",") continue;
    if (row.fields.some((field) => field !== "")) rows.push(row);
    if (end === "") break;
    line += 1;
    row = { line, fields: [] };
  }
  return rows;
}

/** One field and what ends it: a comma, a line break, or the end of the text. */
const FIELD = /(?:"((?:[^"]|"")*)"?|([^,\r\n]*))(,|\r\n|\n|\r|$)/g;
