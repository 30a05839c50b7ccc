/**
 * The stylesheet of HTML receipts. Black on white whatever the theme, widths in millimetres: 80 mm rolls print
 * 72 mm. The page is long so that a printer cuts after the last line, not inside a ticket.
 */
export const RECEIPT_CSS = `
@page { size: 80mm 297mm; margin: 0; }
* { box-sizing: border-box; margin: 0; padding: 0; }
html { background: #e9e9e9; color: #000; font: 3.4mm/1.4 "Atkinson Hyperlegible", "Helvetica Neue", Arial, sans-serif; }
main { background: #fff; width: 80mm; margin: 4mm auto; padding: 5mm 4mm; font-variant-numeric: tabular-nums; }
header, .order, .visit, .tickets, .thanks { text-align: center; }
h1 { font-size: 6mm; line-height: 1.15; margin-bottom: 1mm; overflow-wrap: anywhere; }
h2 { font-size: 4.8mm; line-height: 1.2; overflow-wrap: anywhere; }
header p { overflow-wrap: anywhere; }
.order { border: .5mm solid #000; border-radius: 1.5mm; margin: 3.5mm 0; padding: 1mm 2mm 1.5mm; }
.order span { display: block; }
.order strong { display: block; font-size: 10mm; line-height: 1.1; letter-spacing: .4mm; }
.visit { margin-bottom: 3mm; }
.visit p:first-letter, .tickets p:first-letter { text-transform: uppercase; }
.visit b { white-space: nowrap; font-size: 4.2mm; }
table { width: 100%; border-collapse: collapse; border-top: .3mm dashed #000; margin-bottom: 2mm; }
th, td { text-align: left; font-weight: normal; padding: .6mm 0; vertical-align: baseline; overflow-wrap: anywhere; }
tbody tr:first-child > * { padding-top: 2mm; }
.lines tbody th:not([colspan]) { font-weight: bold; width: 11mm; }
.money { text-align: right; white-space: nowrap; padding-left: 2mm; }
.total > * { font-size: 5.4mm; font-weight: bold; border-top: .3mm solid #000; }
caption { caption-side: bottom; text-align: left; font-size: 3mm; padding-top: .5mm; }
dl { border-top: .3mm dashed #000; padding: 2mm 0; }
dl div { display: flex; justify-content: space-between; gap: 3mm; }
dd { text-align: right; }
ol { list-style: none; }
.tickets > h2 { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }
.tickets li { border-top: .3mm dashed #000; padding: 3mm 0 2mm; break-inside: avoid; overflow-wrap: anywhere; }
.tickets .seat { font-size: 4.4mm; }
.tickets .seat b { font-size: 9mm; line-height: 1.1; margin-right: 1mm; vertical-align: -.6mm; }
svg { display: block; width: 56mm; height: 56mm; margin: 0 auto; }
.hint { font-size: 3mm; }
.thanks { border-top: .3mm dashed #000; padding-top: 3mm; }
@media print { html { background: none; } main { margin: 0; padding: 2mm 4mm 6mm; } }
`.trimStart();
