import { setTimeout as sleep } from "node:timers/promises";
import type { Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { browserMissing, openBrowser, PATIENCE_MS, type TestBrowser } from "../support/browser.ts";
import { hasTime } from "../support/counts.ts";
import { onScreen, openSeats, seenFrom } from "../support/pages.ts";
import { type House, openHouse } from "../support/pages-house.ts";
import { keyTo, keyToSeat } from "../support/pages-keys.ts";

/** What a kiosk's processor is slower than a desk's. */
const SLOWER = 4;
/** Whoever walks up to a kiosk sees something by then. */
const FIRST_PAINT_MS = 1_000;
/** How often it is tried: one good picture shows that the page can. */
const TRIES = 6;
/** A touch that is taken up within this time feels immediate. */
const INPUT_DELAY_MS = 100;
const SEATS_PER_SECOND = 50;
const KEYS = 40;
/** 25 rows of 20. */
const BIG = Array.from({ length: 25 }, (_, row) => `${String.fromCharCode(65 + row)} ${"s".repeat(20)}`).join("\n");

/** Notes how long each key waited until the page took it up. */
const NOTE_KEYS = `
  window.keyDelays = [];
  addEventListener("keydown", (event) => keyDelays.push(performance.now() - event.timeStamp), { capture: true });
`;

describe.skipIf(browserMissing || !hasTime)("how quickly the pages answer", { timeout: PATIENCE_MS }, () => {
  let house: House;
  let browser: TestBrowser;

  beforeAll(async () => {
    const env = { MAX_SEATS_PER_HOLD: "1000", GUEST_SEATS_PER_NETWORK: "1000" };
    [house, browser] = await Promise.all([openHouse(env, { chart: BIG }), openBrowser()]);
  });
  afterAll(async () => {
    await browser?.close();
    await house?.close();
  });

  async function openPage(slower: number): Promise<Page> {
    const page = await (await browser.visitor(seenFrom("kiosk"))).newPage();
    const session = await page.context().newCDPSession(page);
    await session.send("Emulation.setCPUThrottlingRate", { rate: slower });
    return page;
  }

  async function firstPaint(): Promise<number> {
    const page = await openPage(SLOWER);
    await page.goto(`${house.server.url}/kiosk`);
    await onScreen(page, "enrol");
    const paint = await page.evaluate<number>('performance.getEntriesByName("first-contentful-paint")[0].startTime');
    await page.context().close();
    return paint;
  }

  it("[K52] the kiosk's first picture stands within a second on a machine four times slower", async () => {
    const paints: number[] = [];
    while (paints.length < TRIES && Math.min(...paints) >= FIRST_PAINT_MS) paints.push(await firstPaint());
    console.log(
      `first paint of the kiosk, processor ${SLOWER}x slower: ${paints.map((ms) => ms.toFixed(0)).join(", ")} ms`,
    );
    // The best of some: what else runs on this machine is not the page's doing.
    expect(Math.min(...paints)).toBeLessThan(FIRST_PAINT_MS);
  });

  it("[K53] keys are taken up at once while 50 seats a second change", async () => {
    const page = await openPage(1);
    await page.addInitScript({ content: NOTE_KEYS });
    await openSeats(page, house.server.url, house.showtimeId);
    await keyTo(page, '[role="gridcell"]');
    await keyToSeat(page, "M5");
    const rival = await house.rival();
    let isOver = false;
    const busy = (async () => {
      for (const seatId of house.seats) {
        if (isOver) return;
        await Promise.all([rival.hold([seatId]), sleep(1_000 / SEATS_PER_SECOND)]);
      }
    })();
    await page.evaluate("keyDelays.length = 0");
    for (let step = 0; step < KEYS; step++) await page.keyboard.press(step % 2 === 0 ? "ArrowRight" : "ArrowLeft");
    isOver = true;
    await busy;
    const delays = (await page.evaluate<number[]>("keyDelays")).sort((a, b) => a - b);
    const [median, most] = [delays[Math.floor(delays.length / 2)] ?? Number.NaN, delays.at(-1) ?? Number.NaN];
    console.log(
      `${delays.length} keys while seats change: taken up after ${median.toFixed(1)} ms, at most ${most.toFixed(1)} ms`,
    );
    expect(delays.length).toBe(KEYS);
    expect(median).toBeLessThan(INPUT_DELAY_MS);
    await page.context().close();
  });
});
