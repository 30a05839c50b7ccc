import type { Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { browserMissing, openBrowser, PATIENCE_MS, type TestBrowser } from "../support/browser.ts";
import { violationsOf } from "../support/browser-axe.ts";
import { hasTime, times } from "../support/counts.ts";
import { type Language, seenFrom, showTheme, signIn, THEMES, type Theme, type ViewportName } from "../support/pages.ts";
import { type House, openHouse } from "../support/pages-house.ts";
import { type AtPicture, checklist, type Surface } from "./screens.ts";
import { walkAsStaff } from "./walk-console.ts";
import { walkAsGuest } from "./walk-guest.ts";
import { walkPeople } from "./walk-people.ts";
import { walkProgramme } from "./walk-programme.ts";

/** Every surface in one language first, then in the other. */
const WALKS: readonly [Surface, ViewportName, Language][] = [
  ["kiosk", "kiosk", "es"],
  ["shop", "phone", "en"],
  ["console", "console", "en"],
  ["programme", "console", "en"],
  ["people", "console", "en"],
  ["kiosk", "kiosk", "en"],
  ["shop", "desktop", "es"],
  ["console", "console", "es"],
  ["programme", "console", "es"],
  ["people", "console", "es"],
];

describe.skipIf(browserMissing || !hasTime)("every screen for everybody", { timeout: PATIENCE_MS }, () => {
  let house: House;
  let browser: TestBrowser;

  beforeAll(async () => {
    [house, browser] = await Promise.all([openHouse(), openBrowser()]);
  });
  afterAll(async () => {
    await browser?.close();
    await house?.close();
  });

  async function walk(surface: Surface, page: Page, language: Language, at: AtPicture): Promise<void> {
    const stage = await house.another({ title: `El sur ${surface} ${language}` });
    const { showtimeId } = stage;
    const { url } = house.server;
    const rival = await house.rival(stage);
    if (surface !== "kiosk" && surface !== "shop") {
      await rival.buy(["A1", "A2"]);
      await rival.hold(["B1"]);
      const staffWalk = { page, url, showtimeId, freeSeats: ["D3", "D4"], at };
      if (surface === "console") return walkAsStaff(staffWalk);
      await signIn(page, url);
      return surface === "programme" ? walkProgramme(staffWalk) : walkPeople(staffWalk);
    }
    const enrolmentCode = await house.kioskCode();
    const takeSeat = async (seatId: string) => void (await rival.hold([seatId]));
    return walkAsGuest({ page, url, surface, language, showtimeId, enrolmentCode, takeSeat, at });
  }

  it.each(WALKS.slice(0, times(1, WALKS.length, WALKS.length)))(
    "[K50] axe finds nothing on any screen of the %s (%s, %s)",
    async (surface, seen, language) => {
      const page = await (await browser.visitor(seenFrom(seen, language))).newPage();
      const found: string[] = [];
      const list = checklist(surface, async (picture) => {
        expect(await page.evaluate("document.documentElement.lang")).toBe(language);
        const faults = await violationsOf(page);
        // Words don't change colours: one language is enough for the other themes.
        if (language === "en") faults.push(...(await contrastFaults(page)));
        found.push(...faults.map((fault) => `${picture}: ${fault}`));
      });
      await walk(surface, page, language, list.at);
      await page.context().close();
      expect(found.join("\n")).toBe("");
      expect(list.faults()).toEqual([]);
    },
  );
});

/** Contrast in the themes that the page does not stand in; 7:1 in the one that is made for it. */
async function contrastFaults(page: Page): Promise<string[]> {
  const own = await page.evaluate<Theme>("document.documentElement.dataset.theme");
  const faults: string[] = [];
  for (const theme of THEMES.filter((one) => one !== own)) {
    await showTheme(page, theme);
    const rule = theme === "contrast" ? "color-contrast-enhanced" : "color-contrast";
    faults.push(...(await violationsOf(page, [rule])).map((fault) => `${theme}: ${fault}`));
  }
  await showTheme(page, own);
  return faults;
}
