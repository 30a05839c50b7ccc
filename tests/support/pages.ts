/** What people do on the pages of the cinema: found by role, name or test id, never by how a page is built. */
import type { BrowserContextOptions, Locator, Page } from "playwright-core";
import { hasTime } from "./counts.ts";
import { ADMIN } from "./server.ts";

export type Language = "es" | "en";

/** Where each surface is looked at. */
export const VIEWPORTS = {
  kiosk: { width: 1080, height: 1920 },
  phone: { width: 390, height: 844 },
  desktop: { width: 1280, height: 800 },
  console: { width: 1440, height: 900 },
  wall: { width: 1920, height: 1080 },
  wall4k: { width: 3840, height: 2160 },
} as const;
export type ViewportName = keyof typeof VIEWPORTS;

const LOCALES: Record<Language, string> = { es: "es-ES", en: "en-GB" };

/** A visitor who speaks this language, in front of this screen; a finger where the screen is made for one. */
export function seenFrom(viewport: ViewportName, language: Language = "es"): BrowserContextOptions {
  const hasTouch = viewport === "kiosk" || viewport === "phone";
  // Half the pixels each way: nobody looks, and drawing them is most of the work.
  const deviceScaleFactor = 0.5;
  return {
    viewport: VIEWPORTS[viewport],
    locale: LOCALES[language],
    hasTouch,
    deviceScaleFactor,
    reducedMotion: "reduce",
  };
}

/** Waits until a screen of the shop or the kiosk stands. Fails with what stands there instead, and who has the focus. */
export async function onScreen(page: Page, name: string, within = 20_000): Promise<void> {
  try {
    await page.getByTestId(`screen-${name}`).waitFor({ timeout: within });
  } catch (cause) {
    const seen = await page.evaluate<string>(WHAT_STANDS).catch(String);
    throw new Error(`no screen "${name}" in ${page.url()}: ${seen}`, { cause });
  }
}

const WHAT_STANDS = `(() => {
  const parts = [...document.querySelectorAll("[data-testid]")].map((one) => one.dataset.testid + (one.disabled ? " (disabled)" : ""));
  const at = document.activeElement;
  return "focus on " + at?.localName + " " + (at?.dataset?.testid ?? at?.textContent?.slice(0, 40)) + "; " + [...new Set(parts)].join(", ");
})()`;

export function seatOf(page: Page, seatId: string): Locator {
  return page.locator(`[role="gridcell"][data-seat="${seatId}"]`);
}

export type SeatLook = "free" | "mine" | "held" | "sold" | "blocked";

/** Waits until a seat is drawn like this. */
export async function seatLooks(page: Page, seatId: string, look: SeatLook, within = 10_000): Promise<void> {
  await page.locator(`[role="gridcell"][data-seat="${seatId}"][data-look="${look}"]`).waitFor({ timeout: within });
}

/** Touches seats one by one and waits until each is kept. */
export async function choose(page: Page, seatIds: readonly string[]): Promise<void> {
  for (const seatId of seatIds) {
    await seatOf(page, seatId).click();
    await seatLooks(page, seatId, "mine");
  }
  // A seat is drawn as ours at once; the way on opens when the server has said so.
  await page.locator('[data-testid="to-tickets"]:enabled').waitFor();
}

/** From chosen seats to the payment form, with the tickets that the house proposes. */
export async function goToPay(page: Page): Promise<void> {
  await page.getByTestId("to-tickets").click();
  await onScreen(page, "tickets");
  await page.getByTestId("to-pay").click();
  await onScreen(page, "pay");
}

export type DemoCard = "sim_approve" | "sim_decline" | "sim_slow" | "sim_challenge";

export async function payWith(page: Page, card: DemoCard = "sim_approve"): Promise<void> {
  await page.locator(`input[value="${card}"]`).check();
  await page.getByTestId("pay").click();
}

/** Ends a visit at a kiosk. While the browser hands a page to its printer it takes no touch and no key. */
export async function finishVisit(page: Page): Promise<void> {
  await page.getByTestId("print-printed").waitFor();
  await page.getByTestId("finish").click();
}

const QUICK_PRINTER = `
  window.print = () => {
    for (const name of ["beforeprint", "afterprint"]) window.dispatchEvent(new Event(name));
  };
`;

/** In a short run a printer that takes all at once: Chromium, which finds none, draws a preview until it is given up. */
export async function installPrinter(page: Page): Promise<void> {
  if (!hasTime) await page.addInitScript({ content: QUICK_PRINTER });
}

/** Opens a showtime's map in the web shop, and waits until it is drawn with everything on it. */
export async function openSeats(page: Page, url: string, showtimeId: string): Promise<void> {
  await page.goto(`${url}/#/seats/${showtimeId}`);
  await onScreen(page, "seats");
  await page.locator(".seatmap-drawing[data-numbers]").waitFor();
}

/** Ties a new kiosk to the cinema, by the code an administrator made. */
export async function enrolKiosk(page: Page, url: string, code: string): Promise<void> {
  await page.goto(`${url}/kiosk`);
  await onScreen(page, "enrol");
  await page.getByTestId("enrol-code").fill(code);
  await page.getByTestId("enrol-go").click();
  await onScreen(page, "attract");
}

/** From the attract screen to a showtime's map. */
export async function beginVisit(page: Page, showtimeId: string, language: Language = "es"): Promise<void> {
  await page.locator(`[data-testid="start-${language}"]:enabled`).click();
  await onScreen(page, "films");
  await page.locator(`[data-testid="showtime"][data-showtime="${showtimeId}"]:enabled`).first().click();
  await onScreen(page, "seats");
  await page.locator('[role="gridcell"]').first().waitFor();
}

/** Signs the administrator in at the console, or somebody else. */
export async function signIn(page: Page, url: string, path = "/admin", who = ADMIN): Promise<void> {
  await page.goto(url + path);
  await page.getByTestId("sign-in").waitFor();
  await page.locator('input[name="email"]').fill(who.email);
  await page.locator('input[name="password"]').fill(who.password);
  await page.locator('[data-testid="sign-in"] button[type="submit"]').click();
  await page.getByTestId("sign-out").waitFor();
}

/** Waits until colours and places have stopped changing. */
export async function calm(page: Page): Promise<void> {
  await page.evaluate("Promise.allSettled(document.getAnimations().map((one) => one.finished)).then(() => {})");
}

export const THEMES = ["dark", "light", "contrast"] as const;
export type Theme = (typeof THEMES)[number];

/** Puts the page into another theme, whatever stands in front of its button, and waits until it is drawn. */
export async function showTheme(page: Page, theme: Theme): Promise<void> {
  await page.evaluate(`new Promise((drawn) => {
    document.documentElement.dataset.theme = "${theme}";
    requestAnimationFrame(() => requestAnimationFrame(drawn));
  })`);
  await calm(page);
}

/** As text: a function would arrive with helpers of whatever compiled it. */
const CLOCK = `
  const real = Date.now.bind(Date);
  let ahead = 0;
  Date.now = () => real() + ahead;
  window.passTime = (ms) => { ahead += ms; };
`;

/** Lets the page's clock jump ahead while its timers go on as they were: nobody waits for a minute. */
export async function installClock(page: Page): Promise<void> {
  await page.addInitScript({ content: CLOCK });
}

export async function passTime(page: Page, ms: number): Promise<void> {
  await page.evaluate(`passTime(${ms})`);
}
