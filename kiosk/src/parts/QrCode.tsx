import { useMemo } from "preact/hooks";
import { encode } from "uqr";

/** White around a code that scanners need, in modules. */
const QUIET = 4;

/** A QR code as one path, black on white in every theme: scanners don't read themes. */
export function QrCode({ text, label }: { text: string; label: string }) {
  const { path, side } = useMemo(() => drawn(text), [text]);
  return (
    <svg class="qr" viewBox={`0 0 ${side} ${side}`} role="img" aria-label={label} shape-rendering="crispEdges">
      <rect width={side} height={side} class="qr-ground" />
      <path d={path} class="qr-dark" />
    </svg>
  );
}

function drawn(text: string): { path: string; side: number } {
  const { data, size } = encode(text, { ecc: "M", border: 0 });
  let path = "";
  data.forEach((row, y) => {
    row.forEach((dark, x) => {
      if (dark) path += `M${x + QUIET} ${y + QUIET}h1v1h-1z`;
    });
  });
  return { path, side: size + 2 * QUIET };
}
