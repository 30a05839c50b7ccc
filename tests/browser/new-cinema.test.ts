import type { Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { browserMissing, complaintsOf, openBrowser, PATIENCE_MS, type TestBrowser } from "../support/browser.ts";
import { hasTime } from "../support/counts.ts";
import { choose, enrolKiosk, goToPay, onScreen, openSeats, payWith, seenFrom, signIn } from "../support/pages.ts";
import { spawnNoonServer } from "../support/pages-house.ts";
import { eventually } from "../support/poll.ts";
import type { ServerProcess } from "../support/process.ts";
import { fillIn, openPage, PASSWORD, send } from "./walk-account.ts";

const FILMS = [
  { title: "El sur", minutes: "95", genre: "Drama" },
  { title: "Arrebato", minutes: "115", genre: "Misterio" },
  { title: "Amanece, que no es poco", minutes: "106", genre: "Comedia" },
] as const;
const TIMES = ["16:00", "18:30", "21:00"] as const;
const DAYS = 7;
const CHART = ["A  ssss..ssss", "B  ssss..ssss", "C  wcss..sscw", "D  vvvv..vvvv"].join("\n");

describe.skipIf(browserMissing || !hasTime)("a cinema that has nothing yet", { timeout: 2 * PATIENCE_MS }, () => {
  let server: ServerProcess;
  let browser: TestBrowser;

  beforeAll(async () => {
    [server, browser] = await Promise.all([spawnNoonServer(), openBrowser()]);
  });
  afterAll(async () => {
    await browser?.close();
    await server?.close();
  });

  async function visitor(...as: Parameters<typeof seenFrom>): Promise<{ page: Page; complaints: string[] }> {
    const page = await (await browser.visitor(seenFrom(...as))).newPage();
    return { page, complaints: complaintsOf(page) };
  }
  const showtimes = async () => {
    const answer = await fetch(`${server.url}/api/v1/showtimes?limit=200`);
    return ((await answer.json()) as { items: { id: string; film: { title: string } }[] }).items;
  };

  it("[K120] is set up by its administrator in the browser, and sells to a guest who comes back", async () => {
    const { page: admin, complaints } = await visitor("console", "en");
    await signIn(admin, server.url, "/admin/settings");
    await nameTheHouse(admin);
    await drawTheRoom(admin);
    await bringFilms(admin);
    await setPrices(admin);
    await planTheWeek(admin);
    const clerkLink = await hireAClerk(admin);
    await enrolAKiosk(admin);
    expect(complaints).toEqual([]);

    const { page: clerk } = await visitor("console", "en");
    await clerk.goto(clerkLink);
    await fillIn(clerk, { password: PASSWORD });
    await send(clerk, "reset");
    await onScreen(clerk, "account-out");
    await sellToAGuest();
  });

  async function nameTheHouse(admin: Page): Promise<void> {
    await admin.locator('[name="cinemaName"]').fill("Cine Aurora");
    await admin.locator('[name="legalName"]').fill("Aurora Exhibición SL");
    await admin.getByTestId("save").click();
    await admin.getByText("Saved.").waitFor();
  }

  async function drawTheRoom(admin: Page): Promise<void> {
    await admin.goto(`${server.url}/admin/auditoriums/new`);
    await admin.locator('[name="name"]').fill("Sala 1");
    await admin.locator('textarea[name="chart"]').fill(CHART);
    await admin.locator('[role="gridcell"]').nth(31).waitFor();
    await admin.getByTestId("save").click();
    await admin.getByTestId("row").filter({ hasText: "Sala 1" }).waitFor();
  }

  async function addNames(admin: Page, section: string, names: readonly string[]): Promise<void> {
    await admin.goto(`${server.url}/admin/${section}`);
    for (const [place, name] of names.entries()) {
      await admin.locator('[data-testid="add-name"] input').fill(name);
      await admin.keyboard.press("Enter");
      await admin.locator(".inline-name").nth(place).waitFor();
    }
  }

  async function bringFilms(admin: Page): Promise<void> {
    await addNames(
      admin,
      "genres",
      FILMS.map(({ genre }) => genre),
    );
    for (const { title, minutes, genre } of FILMS) {
      await admin.goto(`${server.url}/admin/films/new`);
      await admin.locator('[name="title"]').fill(title);
      await admin.locator('[name="durationMinutes"]').fill(minutes);
      await admin.locator('[name="status"]').selectOption("showing");
      await admin.getByLabel(genre).check({ force: true });
      await admin.getByTestId("save").click();
      await admin.getByTestId("row").filter({ hasText: title }).waitFor();
    }
  }

  async function setPrices(admin: Page): Promise<void> {
    await addNames(admin, "ticket-types", ["Adult"]);
    await admin.goto(`${server.url}/admin/price-lists/new`);
    await admin.locator('[name="name"]').fill("Normal");
    for (const [zone, amount] of Object.entries({ standard: "8.50", vip: "12" }))
      await admin.locator(`[data-cell="${zone} Adult 0"]`).fill(amount);
    await admin.getByTestId("save").click();
    await admin.getByTestId("row").filter({ hasText: "Normal" }).waitFor();
  }

  /** One day by hand, the other six as copies of it. */
  async function planTheWeek(admin: Page): Promise<void> {
    for (const [place, { title }] of FILMS.entries()) {
      await admin.goto(`${server.url}/admin/schedule/new`);
      await admin.locator('[name="filmTitle"]').fill(title.slice(0, 6));
      await admin.getByRole("option").first().waitFor();
      await admin.locator('[name="filmTitle"]').press("Enter");
      await admin.locator('[name="auditoriumId"]').selectOption({ label: "Sala 1" });
      await admin.locator('[name="time"]').fill(TIMES[place] ?? "");
      await admin.locator('[name="priceListId"]').selectOption({ label: "Normal" });
      await admin.locator('[name="status"]').selectOption("on-sale");
      await admin.getByTestId("is-free").waitFor();
      await admin.getByTestId("save").click();
      await admin.getByTestId("slot").nth(place).waitFor();
    }
    const today = await admin.getByTestId("sheet").getAttribute("data-day");
    for (let day = 1; day < DAYS; day++) {
      await admin.goto(`${server.url}/admin/schedule/${today}`);
      await admin
        .getByTestId("slot")
        .nth(FILMS.length - 1)
        .waitFor();
      await admin.getByTestId("copy").click();
      const to = new Date(Date.parse(`${today}T12:00:00Z`) + day * 24 * 3_600_000).toISOString().slice(0, 10);
      await admin.getByTestId("copy-to").fill(to);
      await admin.getByTestId("copy-dialog").locator("select").selectOption("on-sale");
      await admin.locator('[data-testid="copy-go"]:enabled').click();
      await admin.locator(`[data-day="${to}"]`).first().waitFor();
      await admin
        .getByTestId("slot")
        .nth(FILMS.length - 1)
        .waitFor();
    }
    expect(await showtimes()).toHaveLength(FILMS.length * DAYS);
  }

  /** Answers the link by which the clerk chooses a password. */
  async function hireAClerk(admin: Page): Promise<string> {
    await admin.goto(`${server.url}/admin/roles/new`);
    await admin.locator('input[name="name"]').fill("Evenings");
    for (const permission of ["sell", "orders:read"]) await admin.getByTestId(`may-${permission}`).check();
    await admin.getByTestId("save").click();
    await admin.getByTestId("matrix").getByRole("link", { name: "Evenings" }).waitFor();
    await admin.goto(`${server.url}/admin/users/new`);
    await admin.locator('input[name="name"]').fill("Luis Roca");
    await admin.locator('input[name="email"]').fill("luis@aurora.test");
    await admin.getByLabel("Evenings").check();
    await admin.getByTestId("save").click();
    return admin.getByTestId("link-url").inputValue();
  }

  async function enrolAKiosk(admin: Page): Promise<void> {
    await admin.goto(`${server.url}/admin/devices/new`);
    await admin.locator('input[name="name"]').fill("Lobby");
    await admin.getByTestId("save").click();
    const code = (await admin.getByTestId("enrolment-code").textContent()) ?? "";
    const { page: kiosk } = await visitor("kiosk", "es");
    await enrolKiosk(kiosk, server.url, code);
    await kiosk.getByText("Cine Aurora").first().waitFor();
    await admin.getByTestId("connected").waitFor();
    await kiosk.context().close();
  }

  async function sellToAGuest(): Promise<void> {
    const { page, complaints } = await visitor("desktop", "en");
    await page.goto(server.url);
    await page
      .getByTestId("film")
      .nth(FILMS.length - 1)
      .waitFor();
    await page.getByTestId("account").click();
    await page.getByTestId("to-register").click();
    await fillIn(page, { name: "Ana Torres", email: "ana@example.test", password: PASSWORD });
    await send(page, "register");
    await page.getByTestId("ask-enter").waitFor({ state: "detached" });
    await page.getByTestId("account").click();
    await openPage(page, "tastes");
    for (const genre of ["Comedia", "Misterio"]) await page.getByLabel(genre).check({ force: true });
    await send(page, "tastes");
    await page.getByText("Saved.").waitFor();
    await page.getByTestId("back").click();
    await page.getByTestId("films-part").nth(1).waitFor();
    const titles = () => page.locator(".film-title").allTextContents();
    await eventually(async () => (await titles()).at(-1) === "El sur", 10_000, "the genres she likes come first");

    const showtime = (await showtimes()).find(({ film }) => film.title === "Arrebato");
    await openSeats(page, server.url, showtime?.id ?? "");
    await choose(page, ["B2", "B3"]);
    await goToPay(page);
    await payWith(page);
    await onScreen(page, "order");
    const number = await page.getByTestId("order-number").textContent();
    await page.getByTestId("account").click();
    await page.getByTestId("purchase").waitFor();
    expect(await page.getByTestId("purchase-number").textContent()).toBe(number);
    expect(await page.getByTestId("purchase").textContent()).toContain("€17.00");
    expect(complaints).toEqual([]);
    await page.context().close();
  }
});
