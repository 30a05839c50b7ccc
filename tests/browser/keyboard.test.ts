import type { Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from "vitest";
import { browserMissing, complaintsOf, openBrowser, PATIENCE_MS, type TestBrowser } from "../support/browser.ts";
import { hasTime } from "../support/counts.ts";
import { installPrinter, type Language, onScreen, seatLooks, seenFrom } from "../support/pages.ts";
import { type House, openHouse } from "../support/pages-house.ts";
import { keyInto, keyTo, keyToSeat } from "../support/pages-keys.ts";
import { ADMIN } from "../support/server.ts";

/** On a laptop one of them: the way is the same. */
const LANGUAGES: Language[] = hasTime ? ["es", "en"] : ["es"];

/** Notes the seat that has the focus at the moment at which the last dialog is gone. */
const NOTE_FOCUS = `new MutationObserver((_, watch) => {
  if (document.querySelector("dialog") !== null) return;
  watch.disconnect();
  window.focusAfterDialog = document.activeElement.dataset.seat ?? document.activeElement.localName;
}).observe(document.body, { childList: true, subtree: true })`;

/** Here nobody clicks, and no test sets the focus: keys alone. */
describe.skipIf(browserMissing)("everything by keyboard alone", { timeout: PATIENCE_MS }, () => {
  let house: House;
  let browser: TestBrowser;

  beforeAll(async () => {
    [house, browser] = await Promise.all([openHouse(), openBrowser()]);
  });
  afterAll(async () => {
    await browser?.close();
    await house?.close();
  });

  async function openPage(...as: Parameters<typeof seenFrom>): Promise<{ page: Page; complaints: string[] }> {
    const visitor = await browser.visitor(seenFrom(...as));
    // A screen that nobody looks at goes on drawing.
    onTestFinished(() => visitor.close());
    const page = await visitor.newPage();
    await installPrinter(page);
    return { page, complaints: complaintsOf(page) };
  }

  /** From the films to the ticket: two seats, one of them a child's, and a card that is declined first. */
  async function buy(page: Page, showtimeId: string): Promise<void> {
    await onScreen(page, "films");
    await page.locator(`[data-showtime="${showtimeId}"]:enabled`).waitFor();
    await keyInto(page, `[data-showtime="${showtimeId}"]`);
    await onScreen(page, "seats");
    await page.locator('[role="gridcell"]').first().waitFor();
    await keyTo(page, '[role="gridcell"]');
    await keyToSeat(page, "B2");
    await page.keyboard.press("Space");
    await seatLooks(page, "B2", "mine");
    await page.keyboard.press("ArrowRight");
    await page.keyboard.press("Enter");
    await seatLooks(page, "B3", "mine");
    await page.keyboard.press("ArrowRight");
    await page.keyboard.press("Space");
    await seatLooks(page, "B4", "mine");
    await page.keyboard.press("Space");
    await seatLooks(page, "B4", "free");
    await page.locator('[data-testid="to-tickets"]:enabled').waitFor();
    await keyInto(page, '[data-testid="to-tickets"]');
    await onScreen(page, "tickets");
    await keyTo(page, 'input[name="ticket-B3"]');
    await page.keyboard.press("ArrowDown");
    await page
      .getByTestId("total")
      .filter({ hasText: /16[.,]50/ })
      .waitFor();
    await keyInto(page, '[data-testid="to-pay"]');
    await onScreen(page, "pay");
    await keyTo(page, 'input[name="demo-card"]');
    await page.keyboard.press("ArrowDown");
    await keyInto(page, '[data-testid="pay"]:enabled');
    await page.getByTestId("problem-declined").waitFor();
    await page.locator('[data-testid="pay"]:enabled').waitFor();
    // The form proposes another card by itself.
    await keyInto(page, '[data-testid="pay"]:enabled');
    await onScreen(page, "order");
    expect(await page.locator(".ticket-seat").allTextContents()).toEqual(["B2", "B3"]);
  }

  it.each(LANGUAGES)("[K40] a guest at home buys by keyboard alone (%s)", async (language) => {
    const { showtimeId } = await house.another({ title: `En casa ${language}` });
    // The browser speaks the other language: the switch is found by keyboard, too.
    const { page, complaints } = await openPage("desktop", language === "es" ? "en" : "es");
    await page.goto(house.server.url);
    await onScreen(page, "films");
    await keyInto(page, '[data-testid="switch-language"]');
    expect(await page.evaluate("document.documentElement.lang")).toBe(language);
    await buy(page, showtimeId);
    await keyInto(page, '[data-testid="finish"]');
    await onScreen(page, "films");
    expect(complaints).toEqual([]);
  });

  it.each(LANGUAGES)("[K41] a guest at the kiosk buys by keyboard alone (%s)", async (language) => {
    const { showtimeId } = await house.another({ title: `En el cine ${language}` });
    const { page } = await openPage("kiosk");
    const code = await house.kioskCode();
    await page.goto(`${house.server.url}/kiosk`);
    await onScreen(page, "enrol");
    await page.keyboard.type(code);
    await page.keyboard.press("Enter");
    await onScreen(page, "attract");
    await page.locator(`[data-testid="start-${language}"]:enabled`).waitFor();
    await keyInto(page, `[data-testid="start-${language}"]`);
    await buy(page, showtimeId);
    // Whoever prints takes the keys for that moment.
    await page.getByTestId("print-printed").waitFor();
    await keyInto(page, '[data-testid="finish"]');
    await onScreen(page, "attract");
  });

  it("[K42] questions hold the focus, and give it back where it was", async () => {
    const { showtimeId } = await house.another({ title: "Preguntas" });
    const { page, complaints } = await openPage("desktop", "en");
    await page.goto(`${house.server.url}/#/seats/${showtimeId}`);
    await page.locator('[role="gridcell"]').first().waitFor();
    await keyTo(page, '[role="gridcell"]');
    await keyToSeat(page, "C1");
    await page.keyboard.press("Enter");
    await page.getByTestId("ask-access").waitFor();
    for (let stops = 0; stops < 8; stops++) {
      await page.keyboard.press("Tab");
      // The browser itself comes after the last part of a dialog: then the page's body has the focus.
      expect(
        await page.evaluate(
          "document.activeElement.closest('dialog') !== null || document.activeElement === document.body",
        ),
      ).toBe(true);
    }
    await page.evaluate(NOTE_FOCUS);
    await page.keyboard.press("Escape");
    await page.getByTestId("ask-access").waitFor({ state: "detached" });
    // In the very turn in which the question goes: whoever types on would type into the wrong field.
    expect(await page.evaluate("focusAfterDialog")).toBe("C1");
    await keyTo(page, '[data-seat="C1"]');
    await page.keyboard.press("Enter");
    await keyInto(page, '[data-testid="access-yes"]');
    await seatLooks(page, "C1", "mine");
    await keyInto(page, '[data-testid="back"]');
    await keyInto(page, '[data-testid="leave-go"]');
    await onScreen(page, "films");
    expect(complaints).toEqual([]);
  });

  it("[K43] a clerk sells for cash by keyboard alone", async () => {
    const { showtimeId } = await house.another({ title: "Taquilla" });
    const { page, complaints } = await openPage("console", "en");
    await page.goto(`${house.server.url}/admin`);
    await page.getByTestId("sign-in").waitFor();
    await keyTo(page, 'input[name="email"]');
    await page.keyboard.type(ADMIN.email);
    await page.keyboard.press("Tab");
    await page.keyboard.type(ADMIN.password);
    await page.keyboard.press("Enter");
    await page.getByTestId("tile").first().waitFor();
    await keyInto(page, `[data-testid="tile"][href$="${showtimeId}"]`);
    await page.getByTestId("sell").waitFor();
    await keyInto(page, '[data-testid="sell"]');
    await page.getByTestId("seat-entry").waitFor();
    await keyTo(page, '[data-testid="seat-entry"]');
    await page.keyboard.type("d2-d4");
    await page.keyboard.press("Enter");
    await page.getByTestId("sale-lines").locator("li").nth(2).waitFor();
    await keyTo(page, '[data-testid="cash-given"]');
    await page.keyboard.type("50");
    await page.getByTestId("sale-change").filter({ hasText: "€8.00" }).waitFor();
    await page.locator('[data-testid="take-cash"][aria-disabled="false"]').waitFor();
    await page.keyboard.press("F9");
    await page.getByTestId("sold").waitFor();
    expect(await page.getByTestId("sold").textContent()).toContain("D2 D3 D4");
    await keyInto(page, '[data-testid="next-sale"]');
    // The next buyer: children, the exact amount; the first seats stand sold on the map.
    await page.getByTestId("sold").waitFor({ state: "detached" });
    await seatLooks(page, "D2", "sold");
    await page.keyboard.press("/");
    await page.keyboard.type("A1 A2");
    await page.keyboard.press("Enter");
    await page.getByTestId("sale-lines").locator("li").nth(1).waitFor();
    await page.keyboard.press("Alt+Digit2");
    await page.getByTestId("sale-total").filter({ hasText: "€14.00" }).waitFor();
    await page.locator('[data-testid="take-cash"][aria-disabled="false"]').waitFor();
    await page.keyboard.press("F9");
    await page.getByTestId("sold").waitFor();
    await page.keyboard.press("Enter");
    await page.getByTestId("sold").waitFor({ state: "detached" });
    await seatLooks(page, "A1", "sold");
    expect(complaints).toEqual([]);
  });
});
