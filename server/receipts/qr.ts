/** Ticket codes as QR symbols, drawn by each renderer in its own way. */
import { encode } from "uqr";

/** Modules of white around a symbol: the standard asks for 4, scanners fail on less. */
export const QR_QUIET_MODULES = 4;

/** A run of dark modules in one line of the symbol. */
export interface QrRun {
  x: number;
  y: number;
  length: number;
}

export interface QrSymbol {
  /** Modules per side, without the quiet zone. */
  size: number;
  runs: QrRun[];
}

/** The symbol of a text. Correction level M: thermal paper fades and folds. */
export function qrSymbol(text: string): QrSymbol {
  const { data, size } = encode(text, { ecc: "M", border: 0 });
  return { size, runs: data.flatMap((line, y) => runsOf(line, y)) };
}

function runsOf(line: readonly boolean[], y: number): QrRun[] {
  const runs: QrRun[] = [];
  let open: QrRun | null = null;
  for (const [x, dark] of line.entries()) {
    if (!dark) open = null;
    else if (open !== null) open.length++;
    else {
      open = { x, y, length: 1 };
      runs.push(open);
    }
  }
  return runs;
}

/** The symbol as one SVG path in modules, quiet zone included: the picture is `size + 8` modules wide. */
export function qrPath(symbol: QrSymbol): string {
  return symbol.runs
    .map(({ x, y, length }) => `M${x + QR_QUIET_MODULES} ${y + QR_QUIET_MODULES}h${length}v1h-${length}z`)
    .join("");
}
