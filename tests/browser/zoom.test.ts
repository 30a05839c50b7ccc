import type { CDPSession, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { browserMissing, openBrowser, PATIENCE_MS, type TestBrowser } from "../support/browser.ts";
import { hasTime } from "../support/counts.ts";
import { openSeats, seatLooks, seenFrom } from "../support/pages.ts";
import { type House, openHouse } from "../support/pages-house.ts";

/** 20 rows of 30: seats too small for a finger on any phone. */
const BIG = Array.from({ length: 20 }, (_, row) => `${String.fromCharCode(65 + row)} ${"s".repeat(30)}`).join("\n");
/** A seat may be off by so much after a zoom: sizes are whole pixels. */
const NEAR_PX = 3;

interface Point {
  x: number;
  y: number;
}

describe.skipIf(browserMissing)("zooming into a big room", { timeout: PATIENCE_MS }, () => {
  let house: House;
  let browser: TestBrowser;

  beforeAll(async () => {
    [house, browser] = await Promise.all([openHouse({}, { chart: BIG }), openBrowser()]);
  });
  afterAll(async () => {
    await browser?.close();
    await house?.close();
  });

  async function openMap(viewport: "phone" | "desktop"): Promise<Page> {
    const page = await (await browser.visitor(seenFrom(viewport))).newPage();
    await openSeats(page, house.server.url, house.showtimeId);
    return page;
  }

  async function middleOf(page: Page, seatId: string): Promise<Point & { width: number }> {
    const area = await page.locator(`[data-seat="${seatId}"] .seat-body`).boundingBox();
    if (area === null) throw new Error(`${seatId} is not drawn`);
    return { x: area.x + area.width / 2, y: area.y + area.height / 2, width: area.width };
  }

  /** Two fingers around a point, from `from` to `to` pixels apart. */
  async function pinch(touch: CDPSession, { x, y }: Point, from: number, to: number): Promise<void> {
    const fingers = (apart: number) => [
      { x: x - apart / 2, y, id: 0 },
      { x: x + apart / 2, y, id: 1 },
    ];
    await touch.send("Input.dispatchTouchEvent", { type: "touchStart", touchPoints: fingers(from) });
    for (let step = 1; step <= 8; step++) {
      const touchPoints = fingers(from + ((to - from) * step) / 8);
      await touch.send("Input.dispatchTouchEvent", { type: "touchMove", touchPoints });
    }
    await touch.send("Input.dispatchTouchEvent", { type: "touchEnd", touchPoints: [] });
  }

  it("[K49] two fingers come closer around the seat between them, and go back", async () => {
    const page = await openMap("phone");
    const touch = await page.context().newCDPSession(page);
    const before = await middleOf(page, "K15");
    await pinch(touch, before, 60, 240);
    const closer = await middleOf(page, "K15");
    expect(closer.width / before.width).toBeCloseTo(4, 0);
    expect(Math.abs(closer.x - before.x) + Math.abs(closer.y - before.y)).toBeLessThan(NEAR_PX);
    expect(await page.locator(".seatmap-overview").count()).toBe(1);
    await page.touchscreen.tap(closer.x, closer.y);
    await seatLooks(page, "K15", "mine");
    await pinch(touch, closer, 240, 20);
    expect((await middleOf(page, "K15")).width).toBeCloseTo(before.width, 0);
    expect(await page.locator(".seatmap-overview").count()).toBe(0);
    await page.context().close();
  });

  it.runIf(hasTime)("[K49] a first touch on seats too small for a finger comes closer and takes none", async () => {
    const page = await openMap("phone");
    const before = await middleOf(page, "C5");
    await page.touchscreen.tap(before.x, before.y);
    const closer = await middleOf(page, "C5");
    expect(closer.width).toBeGreaterThan(before.width * 1.5);
    await seatLooks(page, "C5", "free");
    await page.context().close();
  });

  it.runIf(hasTime)("[K49] wheel and buttons do the same", async () => {
    const page = await openMap("desktop");
    const before = await middleOf(page, "T2");
    await page.mouse.move(before.x, before.y);
    await page.mouse.wheel(0, -100);
    await page.mouse.wheel(0, -100);
    await page.waitForFunction(
      `document.querySelector('[data-seat="T2"] .seat-body').getBoundingClientRect().width > ${before.width * 1.2}`,
    );
    for (const name of ["Acercar", "Alejar", "Ver toda la sala"]) {
      const button = page.getByRole("button", { name });
      if (await button.isEnabled()) await button.click();
    }
    expect((await middleOf(page, "T2")).width).toBeCloseTo(before.width, 0);
    await page.context().close();
  });
});
