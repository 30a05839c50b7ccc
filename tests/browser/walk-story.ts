import type { Page } from "playwright-core";
import { expect } from "vitest";
import { complaintsOf, type TestBrowser } from "../support/browser.ts";
import { choose, goToPay, onScreen, payWith, seatLooks, seenFrom, signIn } from "../support/pages.ts";
import { eventually } from "../support/poll.ts";
import { freeSeats } from "./walk-guest.ts";

/** One seat on three screens; each may look at another server of one cinema. */
export interface StoryWalk {
  browser: TestBrowser;
  /** Where the guest buys, where another guest looks, and where the wall hangs. */
  urls: { guest: string; other: string; wall: string };
  /** Of today, and untouched. */
  showtime: { id: string; capacity: number };
}

export async function visitor(
  browser: TestBrowser,
  as: Parameters<typeof seenFrom>,
): Promise<{ page: Page; complaints: string[] }> {
  const page = await (await browser.visitor(seenFrom(...as))).newPage();
  return { page, complaints: complaintsOf(page) };
}

/** A guest buys two seats; another guest and the wall see them held, then sold, without asking. */
export async function walkStory({ browser, urls, showtime }: StoryWalk): Promise<void> {
  const [guest, other, wall] = await Promise.all([
    visitor(browser, ["desktop"]),
    visitor(browser, ["phone", "en"]),
    visitor(browser, ["wall"]),
  ]);
  await signIn(wall.page, urls.wall);
  const tile = wall.page.locator(`[data-testid="tile"][href$="${showtime.id}"]`);
  const counted = async (what: "sold" | "held") => Number(await tile.getByTestId(`tile-${what}`).textContent());
  await tile.waitFor();
  expect([await counted("sold"), await counted("held")]).toEqual([0, 0]);

  for (const [{ page }, url] of [[guest, urls.guest] as const, [other, urls.other] as const]) {
    await page.goto(url);
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
  await eventually(async () => (await counted("held")) === 2, 15_000, "two seats held on the wall");

  await goToPay(guest.page);
  const bought = await whatIsBought(guest.page);
  await payWith(guest.page);
  await onScreen(guest.page, "order");
  await seatLooks(other.page, left, "sold");
  await seatLooks(other.page, right, "sold");
  await eventually(async () => (await counted("sold")) === 2, 15_000, "two seats sold on the wall");
  expect(await counted("held")).toBe(0);
  expect(await tile.getByTestId("tile-free").textContent()).toBe(String(showtime.capacity - 2));
  // Nobody asked again: what they saw was pushed to them.
  expect(loads.filter((url) => url.includes("/api/"))).toEqual([]);

  await ticketInHand(guest.page, seats, bought);
  expect([...guest.complaints, ...other.complaints, ...wall.complaints]).toEqual([]);
}

/** Film, time, room and kind of ticket, as the pay screen says them. */
async function whatIsBought(page: Page): Promise<string[]> {
  const textOf = async (what: string) => (await page.locator(what).first().textContent()) ?? "";
  const [time = "", room = ""] = (await textOf(".showtime-line .soft")).split(" · ");
  return [await textOf(".showtime-line strong"), time, room, await textOf(".summary td")];
}

/** A code and a stub for each seat, a number to read aloud, a receipt to take home. */
async function ticketInHand(page: Page, seats: string[], says: string[]): Promise<void> {
  const tickets = page.getByTestId("ticket");
  expect(await tickets.locator(".ticket-seat").allTextContents()).toEqual(seats);
  expect(await tickets.getByRole("img").count()).toBe(seats.length);
  for (const stub of await tickets.locator(".ticket-stub").allTextContents())
    for (const word of says) expect(stub).toContain(word);
  expect(await page.getByTestId("order-number").textContent()).toMatch(/^[A-Z0-9-]{4,12}$/);
  const [download] = await Promise.all([page.waitForEvent("download"), page.getByTestId("receipt").click()]);
  expect(download.suggestedFilename()).toMatch(/\.pdf$/);
  const file = await download.createReadStream();
  const [start] = await file.take(1).toArray();
  expect(String(start).slice(0, 5)).toBe("%PDF-");
}
