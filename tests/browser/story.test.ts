import type { Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Page as Listed, Showtime } from "../../server/protocol/resources.ts";
import { api } from "../support/api.ts";
import { browserMissing, complaintsOf, openBrowser, PATIENCE_MS, type TestBrowser } from "../support/browser.ts";
import { choose, goToPay, onScreen, payWith, seatLooks, seenFrom, signIn } from "../support/pages.ts";
import { spawnNoonServer } from "../support/pages-house.ts";
import { eventually } from "../support/poll.ts";
import type { ServerProcess } from "../support/process.ts";
import { freeSeats } from "./walk-guest.ts";

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

  async function visitor(as: Parameters<typeof seenFrom>): Promise<{ page: Page; complaints: string[] }> {
    const page = await (await browser.visitor(seenFrom(...as))).newPage();
    return { page, complaints: complaintsOf(page) };
  }

  it("[K45] a guest buys two seats; another guest and the wall see them held, then sold, without asking", async () => {
    const showtime = await firstShowtime("Sala Íntima");
    const [guest, other, wall] = await Promise.all([visitor(["desktop"]), visitor(["phone", "en"]), visitor(["wall"])]);
    await signIn(wall.page, server.url);
    const tile = wall.page.locator(`[data-testid="tile"][href$="${showtime.id}"]`);
    const counted = async (what: "sold" | "held") => Number(await tile.getByTestId(`tile-${what}`).textContent());
    await tile.waitFor();
    expect([await counted("sold"), await counted("held")]).toEqual([0, 0]);

    for (const { page } of [guest, other]) {
      await page.goto(server.url);
      await onScreen(page, "films");
      await page.locator(`[data-testid="showtime"][data-showtime="${showtime.id}"]:enabled`).first().click();
      await onScreen(page, "seats");
      await page.locator('[role="gridcell"]').first().waitFor();
    }
    const loads: string[] = [];
    for (const { page } of [other, wall]) page.on("request", (request) => loads.push(request.url()));
    const seats = await freeSeats(guest.page, 2);
    const [left = "", right = ""] = seats;
    await choose(guest.page, seats);
    await seatLooks(other.page, left, "held");
    await seatLooks(other.page, right, "held");
    await eventually(async () => (await counted("held")) === 2, 5_000, "two seats held on the wall");

    await goToPay(guest.page);
    await payWith(guest.page);
    await onScreen(guest.page, "order");
    await seatLooks(other.page, left, "sold");
    await seatLooks(other.page, right, "sold");
    await eventually(async () => (await counted("sold")) === 2, 5_000, "two seats sold on the wall");
    expect(await counted("held")).toBe(0);
    expect(await tile.getByTestId("tile-free").textContent()).toBe(String(showtime.counts.capacity - 2));
    // Nobody asked again: what they saw was pushed to them.
    expect(loads.filter((url) => url.includes("/api/"))).toEqual([]);

    await ticketInHand(guest.page, seats);
    expect([...guest.complaints, ...other.complaints, ...wall.complaints]).toEqual([]);
  });

  /** A code and a stub for each seat, a number to read aloud, a receipt to take home. */
  async function ticketInHand(page: Page, seats: string[]): Promise<void> {
    const tickets = page.getByTestId("ticket");
    expect(await tickets.locator(".ticket-seat").allTextContents()).toEqual(seats);
    expect(await tickets.getByRole("img").count()).toBe(seats.length);
    expect(await page.getByTestId("order-number").textContent()).toMatch(/^[A-Z0-9-]{4,12}$/);
    const [download] = await Promise.all([page.waitForEvent("download"), page.getByTestId("receipt").click()]);
    expect(download.suggestedFilename()).toMatch(/\.pdf$/);
    const file = await download.createReadStream();
    const [start] = await file.take(1).toArray();
    expect(String(start).slice(0, 5)).toBe("%PDF-");
  }

  it("[K46] a guest who reloads finds their seats, and their ticket", async () => {
    const showtime = await firstShowtime("Sala 2");
    const { page, complaints } = await visitor(["phone"]);
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
