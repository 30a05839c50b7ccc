import { setTimeout as sleep } from "node:timers/promises";
import { gzipSync } from "node:zlib";
import type { Page, Response } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { browserMissing, openBrowser, PATIENCE_MS, type TestBrowser } from "../support/browser.ts";
import { times } from "../support/counts.ts";
import { onScreen, openSeats, seatLooks, seenFrom } from "../support/pages.ts";
import { type House, openHouse } from "../support/pages-house.ts";

/** What a lobby's Wi-Fi on a busy evening delivers in a blink. */
const FIRST_LOAD_MAX_BYTES = 45 * 1024;

/** 25 rows of 40: a thousand seats. */
const THOUSAND = Array.from({ length: 25 }, (_, row) => `${String.fromCharCode(65 + row)} ${"s".repeat(40)}`).join(
  "\n",
);
const SEATS_PER_SECOND = 50;
const BUSY_SECONDS = 2;

/** Notes how long the map takes from its data to the screen, when the last message came, which seats' elements change, and every shift of what is drawn. */
const PROBE = `
  window.probe = { messageAt: 0, touched: [], others: [], shifts: 0, patchedMs: [], paintedMs: [], drawnMs: null };
  const drawing = new MutationObserver(() => {
    if (document.querySelector("[role=gridcell]") === null) return;
    drawing.disconnect();
    const known = performance.getEntriesByType("resource").find((one) => one.name.endsWith("/seats"));
    requestAnimationFrame(() => setTimeout(() => { probe.drawnMs = performance.now() - known.responseEnd; }));
  });
  drawing.observe(document, { subtree: true, childList: true });
  window.WebSocket = class extends WebSocket {
    constructor(...args) {
      super(...args);
      this.addEventListener("message", () => { probe.messageAt = performance.now(); });
    }
  };
  window.watchSeats = () => {
    new MutationObserver((records) => {
      const at = probe.messageAt;
      probe.patchedMs.push(performance.now() - at);
      requestAnimationFrame(() => setTimeout(() => probe.paintedMs.push(performance.now() - at)));
      for (const { target } of records) {
        const seat = target.closest?.("[data-seat]")?.dataset.seat;
        if (seat === undefined) probe.others.push(target.nodeName);
        else if (!probe.touched.includes(seat)) probe.touched.push(seat);
      }
    }).observe(document.querySelector(".seatmap"), { subtree: true, childList: true, attributes: true, characterData: true });
    new PerformanceObserver((list) => {
      for (const entry of list.getEntries()) probe.shifts += entry.value;
    }).observe({ type: "layout-shift" });
  };
`;

interface Probe {
  touched: string[];
  others: string[];
  shifts: number;
  patchedMs: number[];
  paintedMs: number[];
  drawnMs: number;
}

describe.skipIf(browserMissing)("what the pages weigh", { timeout: PATIENCE_MS }, () => {
  let house: House;
  let browser: TestBrowser;

  beforeAll(async () => {
    const env = { MAX_SEATS_PER_HOLD: "1000", GUEST_SEATS_PER_NETWORK: "1000" };
    [house, browser] = await Promise.all([openHouse(env, { chart: THOUSAND }), openBrowser()]);
  });
  afterAll(async () => {
    await browser?.close();
    await house?.close();
  });

  async function openPage(...as: Parameters<typeof seenFrom>): Promise<Page> {
    const page = await (await browser.visitor(seenFrom(...as))).newPage();
    await page.addInitScript({ content: PROBE });
    return page;
  }

  const probed = (page: Page) => page.evaluate<Probe>("probe");

  it.each([
    ["/kiosk", "enrol", ["Enrol"]],
    ["/", "films", []],
  ])(
    "[K26] what the browser fetches of %s before its first screen stands is at most 45 KB of JavaScript",
    async (path, screen, own) => {
      const page = await openPage("kiosk");
      const scripts: Response[] = [];
      page.on("response", (response) => {
        if (response.request().resourceType() === "script") scripts.push(response);
      });
      await page.goto(house.server.url + path);
      await onScreen(page, screen);
      // A kiosk that is enrolled never sees the screen for its code.
      const first = scripts.filter((script) => !own.some((name) => script.url().includes(`/${name}-`)));
      const bodies = await Promise.all(first.map((script) => script.body()));
      const total = bodies.reduce((sum, body) => sum + gzipSync(body, { level: 9 }).length, 0);
      console.log(`${path}: ${(total / 1024).toFixed(1)} KB of JavaScript, gzipped, in ${first.length} files`);
      expect(first.length).toBeGreaterThan(0);
      expect(total).toBeLessThanOrEqual(FIRST_LOAD_MAX_BYTES);
      await page.context().close();
    },
  );

  it("[K47] a change of one seat among a thousand touches that seat's element alone", async () => {
    const page = await openPage("kiosk");
    await openSeats(page, house.server.url, house.showtimeId);
    expect(await page.locator('[role="gridcell"]').count()).toBe(1_000);
    await page.evaluate("watchSeats()");
    const rival = await house.rival();
    await rival.hold(["M20", "M21"]);
    await seatLooks(page, "M21", "held");
    await page.evaluate("new Promise((drawn) => requestAnimationFrame(() => setTimeout(drawn, 50)))");
    const { touched, others, patchedMs, paintedMs, drawnMs } = await probed(page);
    expect([touched.sort(), others]).toEqual([["M20", "M21"], []]);
    const [drawn, patched, painted] = [[drawnMs], patchedMs, paintedMs].map(
      (all) => `${Math.max(...all).toFixed(1)} ms`,
    );
    console.log(`1,000 seats: from data to picture ${drawn}; a change patched in ${patched}, painted in ${painted}`);
    await page.context().close();
  });

  it.each((["desktop", "kiosk", "phone"] as const).slice(0, times(1, 3, 3)))(
    "[K48] nothing moves on the map while 50 seats a second change (%s)",
    async (viewport) => {
      const page = await openPage(viewport);
      await openSeats(page, house.server.url, house.showtimeId);
      const rival = await house.rival();
      await page.evaluate("document.fonts.ready.then(() => {})");
      await page.evaluate("watchSeats()");
      const wanted = house.seats.slice(0, SEATS_PER_SECOND * BUSY_SECONDS);
      for (const seatId of wanted) await Promise.all([rival.hold([seatId]), sleep(1_000 / SEATS_PER_SECOND)]);
      await seatLooks(page, wanted.at(-1) ?? "", "held");
      const { touched, others, shifts } = await probed(page);
      expect(touched.sort()).toEqual([...wanted].sort());
      expect([others, shifts]).toEqual([[], 0]);
      const { showtimeId } = house;
      await rival.socket.do("seats:release", { requestId: `over-${viewport}`, showtimeId });
      await page.context().close();
    },
  );
});
