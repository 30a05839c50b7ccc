import { existsSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type BrowserContext, type BrowserContextOptions, chromium, type Page } from "playwright-core";

const CHROMIUM = process.env.CHROMIUM_PATH ?? "/usr/bin/chromium";

/** Without a browser the browser suites are a counted skip on a laptop; in CI they run and fail. */
export const browserMissing = !existsSync(CHROMIUM) && !process.env.CI;

/** For one walk through a page on a busy machine: what is slow there is the drawing, not the server. */
export const PATIENCE_MS = 90_000;

export interface TestBrowser {
  /** A visitor of their own: no cookies, storage or cache shared with others. */
  visitor(options?: BrowserContextOptions): Promise<BrowserContext>;
  close(): Promise<void>;
}

/** A real Chromium with a profile of its own that is removed on close. */
export async function openBrowser(): Promise<TestBrowser> {
  const profile = await mkdtemp(join(tmpdir(), "butaca-chromium-"));
  const context = await chromium.launchPersistentContext(profile, {
    executablePath: CHROMIUM,
    headless: true,
    args: [
      "--no-sandbox",
      "--disable-gpu",
      "--no-first-run",
      "--disable-background-networking",
      "--disable-component-update",
      "--disable-sync",
    ],
  });
  const browser = context.browser();
  if (browser === null) throw new Error("Chromium came without a browser");
  return {
    visitor: (options) => browser.newContext(options),
    async close() {
      await context.close();
      await browser.close();
      await rm(profile, { recursive: true, force: true });
    },
  };
}

/** Collects what a page complains about: uncaught errors, console errors, refused policies. */
export function complaintsOf(page: Page): string[] {
  const complaints: string[] = [];
  page.on("pageerror", (error) => complaints.push(error.message));
  page.on("console", (message) => {
    if (message.type() === "error") complaints.push(message.text());
  });
  return complaints;
}
