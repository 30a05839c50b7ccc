import type { Page } from "playwright-core";
import { holdLink } from "../support/browser-link.ts";
import { signIn } from "../support/pages.ts";
import type { AtPicture } from "./screens.ts";

export interface ConsoleWalk {
  page: Page;
  url: string;
  /** A showtime of today with seats free, held and sold. */
  showtimeId: string;
  /** Two seats of it that are free. */
  freeSeats: readonly string[];
  at: AtPicture;
}

/** Through every screen of the console, as the administrator. */
export async function walkAsStaff(walk: ConsoleWalk): Promise<void> {
  const { page, url, showtimeId, at } = walk;
  const link = await holdLink(page);
  await page.goto(`${url}/admin`);
  await page.getByTestId("sign-in").waitFor();
  await at("sign-in");
  await page.locator('input[name="email"]').fill("nobody@butaca.test");
  await page.locator('input[name="password"]').fill("not the password");
  await page.locator('[data-testid="sign-in"] button[type="submit"]').click();
  await page.locator('[role="alert"]:not(:empty)').waitFor();
  await at("sign-in-refused");
  await signIn(page, url);
  await page.getByTestId("tile").first().waitFor();
  await at("wall");
  await page.locator(`a[href$="${showtimeId}"]`).click();
  await page.getByTestId("holders").waitFor();
  await at("showtime");
  await sell(walk);
  await page.goto(`${url}/admin/showtimes/sht_00000000000000000000`);
  await page.locator(".console-message:not([aria-busy])").waitFor();
  await at("showtime-gone");
  await otherWalls(walk);
  await page.goto(`${url}/admin`);
  await page.getByTestId("tile").first().waitFor();
  await link.cut();
  await page.getByTestId("link-banner").waitFor();
  await at("console-offline");
}

async function sell({ page, freeSeats, at }: ConsoleWalk): Promise<void> {
  await page.getByTestId("sell").click();
  const entry = page.getByTestId("seat-entry");
  await entry.waitFor();
  await page.locator('[role="gridcell"]').first().waitFor();
  await at("sale");
  await entry.fill("7F");
  await entry.press("Enter");
  await page.locator('#seat-entry[aria-invalid="true"]').waitFor();
  await at("sale-unreadable");
  await entry.fill(freeSeats.join(" "));
  await entry.press("Enter");
  await page.getByTestId("sale-lines").waitFor();
  await page.getByTestId("cash-given").fill("50");
  await page.getByTestId("sale-change").waitFor();
  await at("sale-lines");
  await page.getByTestId("take-cash").click();
  await page.getByTestId("sold").waitFor();
  await at("sold");
  await page.getByTestId("next-sale").click();
}

async function otherWalls({ page, url, at }: ConsoleWalk): Promise<void> {
  await page.route("**/api/v1/showtimes?*", (route) => route.fulfill({ json: { items: [], nextCursor: null } }));
  await page.goto(`${url}/admin`);
  await page.locator(".console-message").waitFor();
  await at("wall-empty");
  await page.unroute("**/api/v1/showtimes?*");
  await page.route("**/api/v1/showtimes?*", (route) => route.fulfill({ status: 503, json: { code: "unavailable" } }));
  await page.goto(`${url}/admin`);
  await page.locator('.console-message[role="alert"]').waitFor();
  await at("wall-failed");
  await page.unroute("**/api/v1/showtimes?*");
}
