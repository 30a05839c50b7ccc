import { randomUUID } from "node:crypto";
import type { BrowserContext, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { api } from "../support/api.ts";
import { browserMissing, complaintsOf, openBrowser, PATIENCE_MS, type TestBrowser } from "../support/browser.ts";
import { hasTime } from "../support/counts.ts";
import { seenFrom, signIn } from "../support/pages.ts";
import { type House, openHouse } from "../support/pages-house.ts";
import { keyInto, keyTo } from "../support/pages-keys.ts";
import { eventually } from "../support/poll.ts";

const DAY_MS = 24 * 3_600_000;
/** Days nobody else uses: far from clock changes, and from today's programme. */
const dayIn = (days: number) => new Date(Date.now() + days * DAY_MS).toISOString().slice(0, 10);

describe.skipIf(browserMissing || !hasTime)("the schedule in the console", { timeout: PATIENCE_MS }, () => {
  let house: House;
  let browser: TestBrowser;
  /** One administrator, signed in once. */
  let staff: BrowserContext;
  let page: Page;
  let complaints: string[];
  let roomName: string;

  beforeAll(async () => {
    // The clocks of this house are UTC: what is typed here is what the API has.
    [house, browser] = await Promise.all([openHouse({ CINEMA_TIME_ZONE: "UTC" }), openBrowser()]);
    staff = await browser.visitor(seenFrom("console", "en"));
    const first = await staff.newPage();
    await signIn(first, house.server.url);
    await first.close();
    roomName = (await call("GET", `/auditoriums/${house.auditoriumId}`)).body.name;
  });
  afterAll(async () => {
    await browser?.close();
    await house?.close();
  });
  beforeEach(async () => {
    page = await staff.newPage();
    complaints = complaintsOf(page);
  });
  afterEach(async () => {
    await page.close();
  });

  const call = (method: string, path: string, body?: object) =>
    api(house.server.url)(method, path, body, { token: house.adminToken });
  const shownOn = async (day: string) =>
    (await call("GET", `/showtimes?from=${day}T00:00:00Z&to=${day}T23:59:00Z`)).body.items;
  const plan = (startsAt: string, more: object = {}) =>
    call("POST", "/showtimes", { filmId: house.filmId, auditoriumId: house.auditoriumId, startsAt, ...more });
  const open = (path: string) => page.goto(house.server.url + path);
  const field = (name: string) => page.locator(`[name="${name}"]`);

  it("[K79] a showtime is planned by keyboard alone; what is in its way is said before it is saved", async () => {
    const day = dayIn(30);
    await plan(`${day}T18:00:00Z`);
    await open(`/admin/schedule/${day}`);
    await page.getByTestId("slot").waitFor();
    await page.keyboard.press("n");
    await page.locator('[name="filmTitle"]:focus').waitFor();
    await page.keyboard.type("sur");
    await page.getByRole("option").first().waitFor();
    await page.keyboard.press("Enter");
    await keyTo(page, '[name="auditoriumId"]');
    await page.keyboard.type(roomName);
    // Proposed: when the room is free and clean again.
    expect(await field("time").inputValue()).toBe("19:50");
    await page.getByTestId("is-free").waitFor();
    await keyTo(page, '[name="time"]');
    await page.keyboard.press("Control+a");
    await page.keyboard.type("17:00");
    await page.getByTestId("conflicts").waitFor();
    expect(await page.getByTestId("conflicts").innerText()).toContain("18:00");
    await page.keyboard.press("Enter");
    await page.locator('[data-testid="form-alert"]:not(:empty)').waitFor();
    expect(await shownOn(day)).toHaveLength(1);
    await keyTo(page, '[name="time"]', "Shift+Tab");
    await page.keyboard.press("Control+a");
    await page.keyboard.type("20:00");
    await page.getByTestId("is-free").waitFor();
    await page.keyboard.press("Enter");
    await page.getByTestId("sheet").waitFor();
    await eventually(async () => (await page.getByTestId("slot").count()) === 2, 10_000, "two showtimes");
    expect((await shownOn(day)).map(({ startsAt }: { startsAt: string }) => startsAt.slice(11, 16))).toEqual([
      ...["18:00", "20:00"],
    ]);
    await keyTo(page, '[data-testid="slot"]');
    await page.keyboard.press("ArrowDown");
    expect(await page.evaluate("document.activeElement.innerText")).toContain("20:00");
    await page.keyboard.press("]");
    await page.locator(`[data-day="${dayIn(31)}"]`).waitFor();
    expect(complaints.filter((text) => !text.includes("409"))).toEqual([]);
  });

  it("[U103] an attribute that is there is not added in other letters", async () => {
    const { body } = await plan(`${dayIn(32)}T18:00:00Z`, { attributes: ["Vosé"] });
    await open(`/admin/schedule/${body.id}`);
    const other = page.getByPlaceholder("Another");
    for (const name of ["vose", "3d", "Groß", "GROSS", "gross"]) {
      await other.fill(name);
      await other.press("Enter");
    }
    expect(await page.locator(".attributes .tag:has(:checked)").allInnerTexts()).toEqual([
      "3D",
      "Vosé",
      "Groß",
      "GROSS",
    ]);
    expect(await page.locator(".attributes .tag").allInnerTexts()).not.toContain("VOSE");
    await page.getByTestId("save").click();
    await page.getByTestId("sheet").waitFor();
    const saved = (await call("GET", `/showtimes/${body.id}`)).body.attributes;
    expect([...saved].sort()).toEqual(["3D", "GROSS", "Groß", "Vosé"]);
    expect(complaints).toEqual([]);
  });

  it("[K111] what is put on sale unseen or too late is asked about first, one by one and by the day", async () => {
    const { body: film } = await call("POST", "/films", {
      title: `Draft ${randomUUID().slice(0, 6)}`,
      durationMinutes: 60,
    });
    const prices = ["standard", "vip"].map((zone) => ({ zone, ticketTypeId: house.adultId, amount: 900 }));
    const day = dayIn(-3);
    const { body } = await plan(`${day}T18:00:00Z`, { filmId: film.id, prices });
    await open(`/admin/schedule/${body.id}`);
    const warnings = page.getByTestId("check-warnings");
    await page.getByTestId("is-free").waitFor();
    expect(await warnings.count()).toBe(0);
    await field("status").selectOption("on-sale");
    await warnings.waitFor();
    expect(await warnings.locator("li").count()).toBe(2);
    await page.getByTestId("save").click();
    const asked = page.getByTestId("confirm").locator("li");
    await asked.first().waitFor();
    expect(await asked.first().innerText()).toBe("The film is not “Showing”: neither web nor kiosks offer it.");
    // Enter alone changes nothing.
    await page.keyboard.press("Enter");
    await page.getByTestId("confirm").waitFor({ state: "detached" });
    expect((await call("GET", `/showtimes/${body.id}`)).body.status).toBe("draft");
    await page.getByTestId("cancel").click();
    await page.getByTestId("confirm-yes").click();
    await page.getByTestId("release").click();
    await asked.first().waitFor();
    expect((await asked.allInnerTexts()).slice(0, 2)).toEqual([
      `${film.title}: The film is not “Showing”: neither web nor kiosks offer it.`,
      `${film.title}: Its time has passed.`,
    ]);
    await page.getByTestId("confirm-yes").click();
    await page.locator(".slot-on-sale").waitFor();
    // Copies that go on sale at once: said in the dialog, for drafts not.
    await page.keyboard.press("c");
    await page.locator('[data-testid="copy-go"]:enabled').waitFor();
    const copied = page.getByTestId("copy-warnings");
    expect(await copied.count()).toBe(0);
    await page.getByTestId("copy-dialog").locator("select").selectOption("on-sale");
    await copied.waitFor();
    expect(await copied.locator("li").allInnerTexts()).toEqual([
      `${film.title}: The film is not “Showing”: neither web nor kiosks offer it.`,
      `${film.title}: Its time has passed.`,
    ]);
    expect(complaints).toEqual([]);
  });

  it.runIf(hasTime)("[K85] cancelling says what follows, and is final", async () => {
    const day = dayIn(33);
    const prices = [
      { zone: "standard", ticketTypeId: house.adultId, amount: 900 },
      { zone: "vip", ticketTypeId: house.adultId, amount: 1200 },
    ];
    const { body } = await plan(`${day}T18:00:00Z`, { prices });
    await open(`/admin/schedule/${day}`);
    // Pressed twice, as people do: asked once.
    await page.getByTestId("release").waitFor();
    await page.evaluate(`{
      const release = document.querySelector('[data-testid="release"]');
      release.click();
      setTimeout(() => release.click());
    }`);
    await page.getByTestId("confirm-yes").click();
    await page.locator(".slot-on-sale").waitFor();
    expect(await page.getByTestId("confirm").count()).toBe(0);
    await page.getByTestId("slot").click();
    await field("status").selectOption("cancelled");
    await page.getByTestId("save").click();
    await page.getByTestId("confirm").locator("li").nth(2).waitFor();
    expect(await page.getByTestId("confirm").locator("li").count()).toBe(3);
    await page.keyboard.press("Enter");
    await page.getByTestId("confirm").waitFor({ state: "detached" });
    expect((await call("GET", `/showtimes/${body.id}`)).body.status).toBe("on-sale");
    await page.getByTestId("save").click();
    await page.getByTestId("confirm-yes").click();
    await page.locator(".slot-cancelled").waitFor();
    expect((await call("GET", `/showtimes/${body.id}`)).body.status).toBe("cancelled");
    expect(complaints).toEqual([]);
  });

  it.runIf(hasTime)("[K81] a price list made as a grid prices a showtime; [K83] its day is copied", async () => {
    const day = dayIn(36);
    const name = `Tarifa ${randomUUID().slice(0, 6)}`;
    const types = (await call("GET", "/ticket-types")).body.items;
    const adult = types.find(({ id }: { id: string }) => id === house.adultId).name;
    await open("/admin/price-lists/new");
    await field("name").fill(name);
    await page.getByTestId("add-column").click();
    const cell = (zone: string, column: number) => page.locator(`[data-cell="${zone} ${adult} ${column}"]`);
    await page.locator(".column-head .time").first().fill("17:00");
    for (const zone of ["standard", "vip"]) await cell(zone, 1).fill(zone === "vip" ? "12" : "8,50");
    await cell("standard", 0).fill("6.5");
    await page.getByTestId("add-surcharge").click();
    await page.locator(".surcharges input").first().fill("3D");
    await page.locator(".surcharges input").nth(1).fill("2");
    await page.getByTestId("save").click();
    await page.getByTestId("row").filter({ hasText: name }).waitFor();
    const [list] = (await call("GET", "/price-lists")).body.items.filter((one: { name: string }) => one.name === name);
    expect(list.rules).toEqual([
      {
        zone: "standard",
        ticketTypeId: house.adultId,
        amount: 650,
        days: ["mon", "tue", "wed", "thu"],
        before: "17:00",
      },
      { zone: "standard", ticketTypeId: house.adultId, amount: 850 },
      { zone: "vip", ticketTypeId: house.adultId, amount: 1200 },
    ]);

    const made = await plan(`${day}T18:00:00Z`, { priceListId: list.id, attributes: ["3D"] });
    await open(`/admin/schedule/${made.body.id}`);
    await page.getByTestId("listed-prices").getByText("€10.50").waitFor();
    await open(`/admin/schedule/${day}`);
    await page.getByTestId("slot").waitFor();
    await page.keyboard.press("c");
    await page.locator('[data-testid="copy-go"]:enabled').waitFor();
    await keyInto(page, '[data-testid="copy-go"]');
    await page.locator(`[data-day="${dayIn(37)}"]`).waitFor();
    await page.getByTestId("slot").waitFor();
    expect(await shownOn(dayIn(37))).toMatchObject([{ priceListId: list.id, status: "draft", attributes: ["3D"] }]);
    expect(complaints).toEqual([]);
  });
});
