import { createHash } from "node:crypto";
import type { HostedAttempt } from "./port.ts";

const STYLE = `
body { font: 1.125rem/1.5 system-ui, sans-serif; max-width: 24rem; margin: 10vh auto; padding: 0 1rem;
  color-scheme: light dark; text-align: center }
output { display: block; font-size: 2.5rem; font-weight: 600; margin: 1rem 0 }
button { font: inherit; min-height: 3.5rem; width: 100%; margin: .5rem 0; border-radius: .5rem; cursor: pointer }
`;

/** The page needs its own style and its own form, nothing else; nobody may frame it. */
export const HOSTED_PAGE_POLICY = `default-src 'none'; style-src 'sha256-${createHash("sha256")
  .update(STYLE)
  .digest("base64")}'; base-uri 'none'; frame-ancestors 'none'`;

/** The page on which a buyer confirms or declines an attempt: plain HTML, a form that posts to its own address. */
export function hostedPage(attempt: HostedAttempt): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Simulated bank</title>
<style>${STYLE}</style>
</head>
<body>
<main>
<h1>Simulated bank</h1>
${attempt.open ? decision(attempt) : ended(attempt)}
</main>
</body>
</html>
`;
}

function decision({ amount, currency }: HostedAttempt): string {
  return `<p>A cinema asks you to pay</p>
<output>${escapeHtml(money(amount, currency))}</output>
<form method="post">
<button name="decision" value="approve">Confirm / Confirmar</button>
<button name="decision" value="decline">Decline / Rechazar</button>
</form>`;
}

function ended({ returnUrl }: HostedAttempt): string {
  const back = returnUrl === undefined ? "" : `<p><a href="${escapeHtml(returnUrl)}">Back to the cinema</a></p>`;
  return `<p>There is nothing left to decide here. You may close this page.</p>${back}`;
}

function money(amount: number, currency: string): string {
  const format = new Intl.NumberFormat("en", { style: "currency", currency });
  return format.format(amount / 10 ** (format.resolvedOptions().maximumFractionDigits ?? 2));
}

function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (sign) => `&#${sign.charCodeAt(0)};`);
}
