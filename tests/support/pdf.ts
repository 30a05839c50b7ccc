/** The text of an uncompressed PDF written with the standard fonts: hexadecimal strings in code page 1252 (read as Latin-1 and the euro sign). */
export function textOfPdf(pdf: Uint8Array): string {
  const raw = Buffer.from(pdf).toString("latin1");
  return [...raw.matchAll(/\[(.*)\] TJ/g)]
    .map(([, parts = ""]) =>
      [...parts.matchAll(/<([0-9a-f]+)>/g)].map(([, hex = ""]) => Buffer.from(hex, "hex").toString("latin1")).join(""),
    )
    .join("\n")
    .replaceAll("\u0080", "€")
    .replaceAll("\u00a0", " ");
}
