import { readFileSync } from "node:fs";
import type { Page } from "playwright-core";
import { calm } from "./pages.ts";

const AXE = readFileSync(new URL("../../node_modules/axe-core/axe.min.js", import.meta.url), "utf8");

/** WCAG 2.2, levels A and AA, and what axe-core calls good practice. */
const TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];

interface Violation {
  id: string;
  help: string;
  nodes: { html: string; failureSummary?: string }[];
}

/** What axe-core finds wrong with the page as it stands; `rules` instead of everything for WCAG 2.2 AA. */
export async function violationsOf(page: Page, rules?: readonly string[]): Promise<string[]> {
  await calm(page);
  // Through the debugger, not as a script of the page: the content policy of the page stays as it is.
  if (!(await page.evaluate("'axe' in window"))) await page.evaluate(AXE);
  const only = rules ? { type: "rule", values: rules } : { type: "tag", values: TAGS };
  const options = JSON.stringify({ runOnly: only, resultTypes: ["violations"] });
  const { violations } = await page.evaluate<{ violations: Violation[] }>(`axe.run(document, ${options})`);
  return violations.flatMap(({ id, help, nodes }) =>
    nodes.map(({ html, failureSummary = "" }) => `${id}: ${help}\n    ${html.slice(0, 160)}\n    ${failureSummary}`),
  );
}
