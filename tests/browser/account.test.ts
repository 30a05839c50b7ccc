import { randomUUID } from "node:crypto";
import type { Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { api } from "../support/api.ts";
import { browserMissing, complaintsOf, openBrowser, PATIENCE_MS, type TestBrowser } from "../support/browser.ts";
import { hasTime } from "../support/counts.ts";
import { choose, goToPay, onScreen, openSeats, payWith, seatLooks, seenFrom } from "../support/pages.ts";
import { furnish, type House, openHouse } from "../support/pages-house.ts";
import { keyInto, keyTo } from "../support/pages-keys.ts";
import { eventually } from "../support/poll.ts";
import type { Stage } from "../support/purchase.ts";
import { fillIn, openPage, PASSWORD, send } from "./walk-account.ts";

describe.skipIf(browserMissing)("an account of one's own", { timeout: PATIENCE_MS }, () => {
  let house: House;
  let browser: TestBrowser;
  let other: Stage;

  beforeAll(async () => {
    [house, browser] = await Promise.all([openHouse(), openBrowser()]);
    other = await furnish(house.server.url, house.adminToken, { title: "Tristana" });
  });
  afterAll(async () => {
    await browser?.close();
    await house?.close();
  });

  async function visitor(): Promise<{ page: Page; complaints: string[] }> {
    const page = await (await browser.visitor(seenFrom("desktop", "en"))).newPage();
    return { page, complaints: complaintsOf(page) };
  }

  const newEmail = () => `ana-${randomUUID()}@example.test`;
  const call = () => api(house.server.url);

  async function register(email: string): Promise<void> {
    const account = { name: "Ana Torres", email, password: PASSWORD, preferences: { language: "en" } };
    expect((await call()("POST", "/auth/register", account)).status).toBe(201);
  }

  async function genreOf({ filmId }: Stage): Promise<string> {
    return (await call()("GET", `/films/${filmId}`)).body.genreIds[0];
  }

  const titles = (page: Page) => page.locator(".film-title").allTextContents();

  it("[K90] [K93] [K94] a guest registers, prefers genres, buys, and finds the tickets again", async () => {
    const { page, complaints } = await visitor();
    await page.goto(house.server.url);
    await onScreen(page, "films");
    await page.getByTestId("film").nth(1).waitFor();
    const before = await titles(page);
    await page.getByTestId("account").click();
    await page.getByTestId("to-register").click();
    await fillIn(page, { name: "Ana Torres", email: newEmail(), password: PASSWORD });
    await send(page, "register");
    await page.getByTestId("ask-enter").waitFor({ state: "detached" });

    // Two genres: of the film that stands last, and one that nothing on screen has.
    const liked = before.at(-1) === "Tristana" ? other : house;
    const unseen = await call()("POST", "/genres", { name: `Noir ${randomUUID()}` }, { token: house.adminToken });
    await page.getByTestId("account").click();
    await openPage(page, "tastes");
    const names = [(await call()("GET", `/genres/${await genreOf(liked)}`)).body.name, unseen.body.name];
    for (const name of names) await page.getByLabel(name).check({ force: true });
    await send(page, "tastes");
    await page.getByText("Saved.").waitFor();
    await page.getByTestId("back").click();
    await page.getByTestId("films-part").nth(1).waitFor();
    expect(await page.locator(".films-part h2").first().textContent()).toBe("For you");
    expect(await titles(page)).toEqual([before.at(-1), ...before.slice(0, -1)]);

    await openSeats(page, house.server.url, liked.showtimeId);
    await choose(page, ["A1", "A2"]);
    await goToPay(page);
    await payWith(page);
    await onScreen(page, "order");
    const number = await page.getByTestId("order-number").textContent();
    // A reload goes on by the cookie; the tickets are there.
    await page.reload();
    await onScreen(page, "order");
    await page.locator(".ticket .qr").nth(1).waitFor();
    await page.getByTestId("account").click();
    await page.getByTestId("purchase").waitFor();
    expect(await page.getByTestId("purchase-number").textContent()).toBe(number);
    const [download] = await Promise.all([
      page.waitForEvent("download"),
      page.getByRole("button", { name: `Receipt of ${number}` }).click(),
    ]);
    expect(download.suggestedFilename()).toBe(`${number}.pdf`);
    await page.getByRole("link", { name: "Show tickets" }).click();
    await onScreen(page, "order");
    expect(await page.locator(".ticket-seat").allTextContents()).toEqual(["A1", "A2"]);
    // Nothing kept in the browser is a secret.
    expect(await page.evaluate("JSON.stringify([localStorage, sessionStorage])")).not.toMatch(/eyJ|example\.test/);
    expect(complaints).toEqual([]);
    await page.context().close();
  });

  it.runIf(hasTime)(
    "[K90] [K98] by keys alone: signing in in the middle of a purchase keeps the seats and their time",
    async () => {
      const { page, complaints } = await visitor();
      const email = newEmail();
      await register(email);
      await openSeats(page, house.server.url, house.showtimeId);
      await choose(page, ["B1", "B2"]);
      const secondsLeft = async () => {
        const [minutes = 0, seconds = 0] = ((await page.getByTestId("countdown").last().textContent()) ?? "").split(
          ":",
        );
        return Number(minutes) * 60 + Number(seconds);
      };
      const atFirst = await secondsLeft();
      expect(atFirst).toBeGreaterThan(0);

      await keyInto(page, '[data-testid="account"]');
      await page.getByTestId("login").waitFor();
      await keyTo(page, 'input[name="email"]');
      await page.keyboard.type(email);
      await page.keyboard.press("Tab");
      await page.keyboard.type("not the password");
      await page.keyboard.press("Enter");
      await page.getByTestId("trouble").waitFor();
      expect(await secondsLeft()).toBeLessThanOrEqual(atFirst);
      await keyTo(page, 'input[name="password"]', "Shift+Tab");
      await page.keyboard.press("Control+A");
      await page.keyboard.type(PASSWORD);
      await page.keyboard.press("Enter");
      await page.getByTestId("ask-enter").waitFor({ state: "detached" });

      await page.locator('[data-testid="to-tickets"]:enabled').waitFor();
      await seatLooks(page, "B1", "mine");
      await seatLooks(page, "B2", "mine");
      expect(await page.getByTestId("chosen").textContent()).toBe("B1, B2");
      // The clock goes on; it does not begin anew.
      const inTheEnd = await secondsLeft();
      expect(inTheEnd).toBeGreaterThan(0);
      expect(inTheEnd).toBeLessThanOrEqual(atFirst);
      await keyInto(page, '[data-testid="to-tickets"]');
      await onScreen(page, "tickets");
      await keyInto(page, '[data-testid="to-pay"]');
      await onScreen(page, "pay");
      await keyInto(page, '[data-testid="pay"]:enabled');
      await onScreen(page, "order");
      await keyInto(page, '[data-testid="account"]');
      await page.getByTestId("purchase").waitFor();
      await keyInto(page, 'a[href="#/account/profile"]');
      await keyTo(page, 'input[name="name"]');
      await page.keyboard.press("Control+A");
      await page.keyboard.type("Ana María Torres");
      await page.keyboard.press("Enter");
      await page.getByText("Saved.").waitFor();
      expect(complaints.filter((one) => !one.includes("401"))).toEqual([]);
      await page.context().close();
    },
  );

  it.runIf(hasTime)(
    "[K92] [K99] a new password ends other sessions; signing out leaves nothing; the account goes for good",
    async () => {
      const { page } = await visitor();
      const email = newEmail();
      await register(email);
      const elsewhere = (await call()("POST", "/auth/login", { email, password: PASSWORD })).body.token;
      await page.goto(`${house.server.url}/#/account/security`);
      await fillIn(page, { email, password: PASSWORD });
      await send(page, "login");
      await page.getByTestId("account-security").waitFor();
      const next = "una butaca con buena vista";
      await fillIn(page, { currentPassword: "not the password", newPassword: next });
      await send(page, "password");
      await page.locator('input[name="currentPassword"][aria-invalid="true"]').waitFor();
      await page.locator('input[name="currentPassword"]').fill(PASSWORD);
      await send(page, "password");
      await page.getByText("Password changed.").waitFor();
      await eventually(async () => (await call()("GET", "/me", undefined, { token: elsewhere })).status === 401);

      const [download] = await Promise.all([page.waitForEvent("download"), page.getByTestId("export").click()]);
      const [start] = await (await download.createReadStream()).toArray();
      expect(JSON.parse(String(start)).account.email).toBe(email);
      await page.getByTestId("sign-out").click();
      await onScreen(page, "films");
      expect(await page.evaluate("localStorage.getItem('butaca.customer')")).toBeNull();
      await page.reload();
      await page.getByRole("button", { name: "Sign in" }).waitFor();

      await page.evaluate("location.hash = '#/account/security'");
      await fillIn(page, { email, password: next });
      await send(page, "login");
      await page.getByTestId("delete").click();
      await page.getByTestId("delete-now").click();
      await onScreen(page, "films");
      expect((await call()("POST", "/auth/login", { email, password: next })).status).toBe(401);
      await page.context().close();
    },
  );

  it.runIf(hasTime)(
    "[K96 K105] a forgotten password is chosen anew by the link; a guest's purchase is found by number and e-mail",
    async () => {
      const { page } = await visitor();
      const email = newEmail();
      await register(email);
      const admin = { token: house.adminToken };
      const [user] = (await call()("GET", `/users?q=${email}`, undefined, admin)).body.items;
      const link = (await call()("POST", `/users/${user.id}/password-link`, undefined, admin)).body;
      await page.goto(`${house.server.url}/#/account/purchases`);
      await page.getByTestId("to-forgot").click();
      await page.getByTestId("forgot-none").waitFor();
      await page.goto(link.url);
      await page.getByTestId("reset").waitFor();
      expect(page.url()).not.toContain(link.code);
      await fillIn(page, { password: "una butaca con buena vista" });
      await send(page, "reset");
      await onScreen(page, "account-out");
      await fillIn(page, { email, password: "una butaca con buena vista" });
      await send(page, "login");
      await page.getByTestId("account-purchases").waitFor();
      await page.getByTestId("sign-out").click();
      await onScreen(page, "films");

      const guest = await house.rival();
      const order = await guest.buy(["C4"]);
      const contact = { contact: { email: "eva@example.test" } };
      await call()("PATCH", `/orders/${order.id}`, contact, admin);
      await page.evaluate("location.hash = '#/account/find'");
      await fillIn(page, { number: order.number, email: "eve@example.test" });
      await send(page, "find");
      await page.getByTestId("trouble").waitFor();
      await fillIn(page, { number: order.number.toLowerCase(), email: "EVA@example.test" });
      await send(page, "find");
      await onScreen(page, "order");
      expect(await page.locator(".ticket-seat").allTextContents()).toEqual(["C4"]);
      await page.context().close();
    },
  );
});
