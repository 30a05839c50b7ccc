import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Page as Listed, Showtime } from "../../server/protocol/resources.ts";
import { api } from "../support/api.ts";
import { browserMissing, openBrowser, PATIENCE_MS, type TestBrowser } from "../support/browser.ts";
import { hasTime } from "../support/counts.ts";
import { choose, goToPay, onScreen, payWith, seatLooks } from "../support/pages.ts";
import { spawnNoonServer } from "../support/pages-house.ts";
import type { ServerProcess } from "../support/process.ts";
import { freeSeats } from "./walk-guest.ts";
import { visitor, walkStory } from "./walk-story.ts";

describe.skipIf(browserMissing)("one seat on three screens", { timeout: PATIENCE_MS }, () => {
  let server: ServerProcess;
  let browser: TestBrowser;

  beforeAll(async () => {
    [server, browser] = await Promise.all([spawnNoonServer({ DEMO: "1" }), openBrowser()]);
  });
  afterAll(async () => {
    await browser?.close();
    await server?.close();
  });

  /** The first of today in one of the rooms. */
  async function firstShowtime(room: string): Promise<Showtime> {
    const from = new Date().toISOString();
    const { body } = await api(server.url)("GET", `/showtimes?from=${from}&status=on-sale&limit=200`);
    const { items } = body as Listed<Showtime>;
    const first = items.find(({ auditorium }) => auditorium.name === room);
    if (first === undefined) throw new Error(`the demo cinema shows nothing in ${room} today`);
    return first;
  }

  it("[K45] [K86] a guest buys two seats; another guest and the wall see them held, then sold, without asking", async () => {
    const { id, counts } = await firstShowtime("Sala Íntima");
    const { url } = server;
    await walkStory({ browser, urls: { guest: url, other: url, wall: url }, showtime: { id, ...counts } });
  });

  it.runIf(hasTime)("[K46] a guest who reloads finds their seats, and their ticket", async () => {
    const showtime = await firstShowtime("Sala 2");
    const { page, complaints } = await visitor(browser, ["phone"]);
    await page.goto(`${server.url}/#/seats/${showtime.id}`);
    await page.locator('[role="gridcell"]').first().waitFor();
    const [seat = ""] = await freeSeats(page, 1);
    await choose(page, [seat]);
    await page.reload();
    await seatLooks(page, seat, "mine");
    await goToPay(page);
    await page.reload();
    await onScreen(page, "seats");
    await seatLooks(page, seat, "mine");
    await goToPay(page);
    await payWith(page, "sim_slow");
    await page.getByTestId("cancel-payment").waitFor();
    await onScreen(page, "order");
    const number = await page.getByTestId("order-number").textContent();
    await page.reload();
    await onScreen(page, "order");
    expect(await page.getByTestId("order-number").textContent()).toBe(number);
    // The way back does not lead into the payment again.
    await page.goBack();
    await onScreen(page, "seats");
    await seatLooks(page, seat, "sold");
    expect(complaints).toEqual([]);
  });
});
