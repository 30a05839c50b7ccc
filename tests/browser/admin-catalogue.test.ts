import { randomUUID } from "node:crypto";
import { join } from "node:path";
import type { BrowserContext, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { api } from "../support/api.ts";
import { browserMissing, complaintsOf, openBrowser, PATIENCE_MS, type TestBrowser } from "../support/browser.ts";
import { hasTime } from "../support/counts.ts";
import { seatOf, seenFrom, signIn } from "../support/pages.ts";
import { type House, openHouse } from "../support/pages-house.ts";
import { keyInto, keyTo } from "../support/pages-keys.ts";
import { eventually } from "../support/poll.ts";

const DEMO_FILMS = join(import.meta.dirname, "../../server/demo/films.csv");

/** Presses `/` in the very turn in which the genres stand, before anything is painted. */
const TYPE_AT_ONCE = `new MutationObserver((_, watch) => {
  if (document.querySelector('[data-testid="section-genres"]') === null) return;
  watch.disconnect();
  window.focusAtFirst = document.activeElement.localName;
  document.activeElement.dispatchEvent(new KeyboardEvent("keydown", { key: "/", bubbles: true, cancelable: true }));
  window.focusAfterKey = document.activeElement.dataset.testid;
}).observe(document.body, { childList: true, subtree: true })`;

describe.skipIf(browserMissing)("the catalogue in the console", { timeout: PATIENCE_MS }, () => {
  let house: House;
  let browser: TestBrowser;
  /** One administrator, signed in once. */
  let staff: BrowserContext;
  let page: Page;
  let complaints: string[];
  /** Of this test alone. */
  let title: string;

  beforeAll(async () => {
    [house, browser] = await Promise.all([openHouse(), openBrowser()]);
    staff = await browser.visitor(seenFrom("console", "es"));
    const first = await staff.newPage();
    await signIn(first, house.server.url);
    await first.close();
  });
  afterAll(async () => {
    await browser?.close();
    await house?.close();
  });
  beforeEach(async () => {
    title = `Película ${randomUUID().slice(0, 8)}`;
    page = await staff.newPage();
    complaints = complaintsOf(page);
  });
  afterEach(async () => {
    await page.close();
  });

  const call = (method: string, path: string, body?: object) =>
    api(house.server.url)(method, path, body, { token: house.adminToken });
  const filmsOf = async (q: string) => (await call("GET", `/films?limit=200&q=${encodeURIComponent(q)}`)).body.items;
  const makeFilm = async () => (await call("POST", "/films", { title, durationMinutes: 90, status: "showing" })).body;
  const row = (text: string) => page.getByTestId("row").filter({ hasText: text });
  const field = (name: string) => page.locator(`[name="${name}"]`);
  const open = (path: string) => page.goto(house.server.url + path);

  it("[K73] a wrong field is named and has the focus; put right, the film is in the list and can be found", async () => {
    await open("/admin/films/new");
    await field("title").fill(title);
    await field("durationMinutes").fill("nada");
    await page.getByTestId("save").click();
    await page.getByTestId("fault-durationMinutes").waitFor();
    expect(await page.evaluate("document.activeElement.name")).toBe("durationMinutes");
    expect(await field("durationMinutes").getAttribute("aria-invalid")).toBe("true");
    expect(await filmsOf(title)).toEqual([]);
    await field("durationMinutes").fill("101");
    await field("posterUrl").fill("no es una dirección");
    await page.keyboard.press("Enter");
    await page.getByTestId("fault-posterUrl").waitFor();
    await field("posterUrl").fill("");
    await page.locator(".tag").first().click();
    await page.keyboard.press("Control+s");
    await page.getByTestId("section-films").waitFor();
    await page.keyboard.press("/");
    await page.keyboard.type(title.toLowerCase().normalize("NFD").replace(/\p{M}/gu, ""));
    await row(title).waitFor();
    await eventually(async () => (await page.getByTestId("row").count()) === 1, 10_000, "one row");
    const [film] = await filmsOf(title);
    expect(film).toMatchObject({ durationMinutes: 101, status: "draft" });
    expect(film.genreIds).toHaveLength(1);
    expect(complaints).toEqual([]);
  });

  it.runIf(hasTime)("[K75] leaving with changes asks; a save can be taken back", async () => {
    const film = await makeFilm();
    await open("/admin/films");
    await page.locator(`[data-id="${film.id}"] .row-open`).click();
    await field("title").fill(`${title} cambiada`);
    await page.getByTestId("nav-genres").click();
    await page.getByTestId("confirm").waitFor();
    await page.keyboard.press("Escape");
    await page.goBack();
    await page.getByTestId("confirm").waitFor();
    await page.keyboard.press("Enter");
    await page.getByTestId("confirm").waitFor({ state: "detached" });
    expect(await field("title").inputValue()).toBe(`${title} cambiada`);
    expect(new URL(page.url()).pathname).toBe(`/admin/films/${film.id}`);
    await page.getByTestId("save").click();
    await page.getByTestId("section-films").waitFor();
    await page.getByTestId("notice-act").click();
    await eventually(async () => (await filmsOf(title))[0].title === title, 10_000, "the title as it was");
  });

  it("[K107] a screen has the focus and its keys from the moment it stands", async () => {
    await open("/admin/films");
    await page.getByTestId("section-films").waitFor();
    await page.evaluate(TYPE_AT_ONCE);
    await page.keyboard.type("gg");
    await page.getByTestId("section-genres").waitFor();
    expect(await page.evaluate("[focusAtFirst, focusAfterKey]")).toEqual(["h1", "search"]);
    expect(complaints).toEqual([]);
  });

  it("[K74] two administrators edit one film: the second is told, and nothing is lost", async () => {
    const film = await makeFilm();
    await open(`/admin/films/${film.id}`);
    await field("director").fill("Pilar Miró");
    const other = await (await browser.visitor(seenFrom("console", "en"))).newPage();
    await signIn(other, house.server.url, `/admin/films/${film.id}`);
    await other.locator('[name="durationMinutes"]').fill("123");
    await other.locator('[name="director"]').fill("Isabel Coixet");
    await other.getByTestId("save").click();
    await other.getByTestId("section-films").waitFor();
    await other.context().close();

    await page.getByTestId("save").click();
    const conflict = page.getByTestId("conflict");
    await conflict.waitFor();
    const director = conflict.locator('[data-field="director"]');
    expect(await director.innerText()).toMatch(/Isabel Coixet\s+Pilar Miró/);
    expect(await conflict.locator('[data-field="durationMinutes"]').innerText()).toMatch(/123\s+90/);
    await page.keyboard.press("Escape");
    expect(await field("director").inputValue()).toBe("Pilar Miró");
    await page.getByTestId("save").click();
    await page.getByTestId("save-over").click();
    await page.getByTestId("section-films").waitFor();
    expect((await filmsOf(title))[0]).toMatchObject({ director: "Pilar Miró", durationMinutes: 123, version: 3 });
  });

  it.runIf(hasTime)("[K82] a film is made, changed and deleted by keyboard alone", async () => {
    await open("/admin");
    await page.getByTestId("nav-films").waitFor();
    await page.keyboard.press("g");
    await page.keyboard.press("f");
    await page.getByTestId("search").waitFor();
    await page.keyboard.press("n");
    await page.locator('[name="title"]:focus').waitFor();
    await page.keyboard.type(title);
    await keyTo(page, '[name="durationMinutes"]');
    await page.keyboard.type("88");
    await page.keyboard.press("Enter");
    await page.getByTestId("section-films").waitFor();
    await page.getByTestId("search").waitFor();
    await page.keyboard.press("/");
    await page.keyboard.type(title);
    await eventually(async () => (await page.getByTestId("row").count()) === 1, 10_000, "one row");
    await page.keyboard.press("ArrowDown");
    await page.keyboard.press("Enter");
    await page.getByTestId("section-film").waitFor();
    await keyTo(page, '[name="director"]');
    await page.keyboard.type("Josefina Molina");
    await page.keyboard.press("Control+s");
    await page.getByTestId("section-films").waitFor();
    await row(title).waitFor();
    expect((await filmsOf(title))[0]).toMatchObject({ director: "Josefina Molina", durationMinutes: 88 });
    await page.keyboard.press("/");
    await page.keyboard.press("ArrowDown");
    await page.keyboard.press("Enter");
    await page.getByTestId("section-film").waitFor();
    await keyInto(page, '[data-testid="remove"]');
    await page.getByTestId("confirm").waitFor();
    // Enter alone destroys nothing.
    await page.keyboard.press("Enter");
    await page.getByTestId("confirm").waitFor({ state: "detached" });
    await keyInto(page, '[data-testid="remove"]');
    await page.getByTestId("confirm").waitFor();
    await keyInto(page, '[data-testid="confirm-yes"]');
    await page.getByTestId("section-films").waitFor();
    expect(await filmsOf(title)).toEqual([]);
    expect(complaints).toEqual([]);
  });

  it.runIf(hasTime)("[K76] a file says line by line what it would do, and then does it", async () => {
    await open("/admin/films/import");
    const file = { name: "películas.csv", mimeType: "text/csv" };
    const lines = `title,durationMinutes,genres\n${title},90,Nuevo ${title}\nSin minutos,,\n${title} 2,eterna,`;
    await page.getByTestId("import-file").setInputFiles({ ...file, buffer: Buffer.from(lines) });
    const faults = page.getByTestId("import-faults");
    await faults.waitFor();
    expect(await faults.locator("tbody th").allInnerTexts()).toEqual(["3", "4"]);
    expect(await page.getByTestId("import-created").innerText()).toBe("1");
    expect(await filmsOf(title)).toEqual([]);
    await page.getByTestId("import-other").click();
    await page.getByTestId("import-file").setInputFiles(DEMO_FILMS);
    await page.getByTestId("import-go").waitFor();
    expect(await page.getByTestId("import-created").innerText()).toBe("300");
    expect(await page.getByText("imdbRating").count()).toBe(1);
    await page.getByTestId("import-go").click();
    await page.getByTestId("section-films").waitFor();
    await page.getByTestId("more").waitFor();
    await page.getByTestId("search").fill("matrix wach");
    await row("The Matrix Reloaded").waitFor();
    expect(await filmsOf("matrix")).toHaveLength(3);
    expect(complaints).toEqual([]);
  });

  it("[K110] faults of a file are said at their line, in the language of whoever reads them", async () => {
    const lines = `title,durationMinutes,genres\n${title},1001,\n${title},eterna,\n,90\n`;
    const choose = (text: string) =>
      page
        .getByTestId("import-file")
        .setInputFiles({ name: "películas.csv", mimeType: "text/csv", buffer: Buffer.from(text) });
    const told = async () => {
      await page.getByTestId("import-faults").waitFor();
      return page.getByTestId("import-faults").locator("tbody tr").allInnerTexts();
    };
    await open("/admin/films/import");
    await choose(lines);
    expect(await told()).toEqual([
      "2\tDuración (minutos)\tDemasiado: como mucho 1000.",
      "3\tDuración (minutos)\tNo se entiende. Un número entero entre 1 y 1000.",
      "4\tToda la línea\tTiene 2 campos y la cabecera 3.",
    ]);
    await page.getByTestId("import-other").click();
    await choose("titulo\nx");
    await page.getByText("Este archivo no se puede leer. Falta la columna title.").waitFor();
    await page.getByTestId("switch-language").click();
    await page.getByText("This file can't be read. The column title is missing.").waitFor();
    await choose(lines);
    expect((await told())[2]).toBe("4\tThe whole line\tHas 2 fields, and the header 3.");
    await page.getByTestId("switch-language").click();
    expect(complaints).toEqual([expect.stringContaining("400")]);
  });

  it.runIf(hasTime)(
    "[K77] a click on the chart's preview changes its text; [K78] who keeps the old chart is said first",
    async () => {
      await open(`/admin/auditoriums/${house.auditoriumId}`);
      const chart = page.locator('textarea[name="chart"]');
      await seatOf(page, "A1").click();
      await eventually(async () => (await chart.inputValue()).startsWith("A  vsss..ssss\nB"), 10_000, "a VIP seat");
      await page.keyboard.press("ArrowRight");
      await page.keyboard.press("Space");
      await eventually(async () => (await chart.inputValue()).startsWith("A  vvss..ssss\nB"), 10_000, "another one");
      await page.getByTestId("capacity-vip").filter({ hasText: /^10$/ }).waitFor();
      await chart.fill("A  ssss\nB  sxss\nA  ss");
      await page.getByTestId("chart-faults").locator("button").nth(1).waitFor();
      expect(await page.getByTestId("chart-faults").locator("button").count()).toBe(2);
      await page.getByTestId("save").click();
      await page.getByTestId("fault-chart").waitFor();
      await chart.fill("A  ssss\nB  ssss");
      await page.getByTestId("chart-note").waitFor();
      await page.getByTestId("save").click();
      await page.getByTestId("confirm").locator("li").nth(1).waitFor();
      expect(await page.getByTestId("confirm").locator("li").count()).toBe(2);
      await page.getByTestId("confirm-yes").click();
      await page.getByTestId("section-auditoriums").waitFor();
      const seats = await call("GET", `/showtimes/${house.showtimeId}/seats`);
      expect(seats.body.layout.seats).toHaveLength(32);
      expect((await call("GET", `/auditoriums/${house.auditoriumId}`)).body.capacity).toBe(8);
    },
  );

  it.runIf(hasTime)("[K84] ticket types are put in order by keyboard", async () => {
    await open("/admin/ticket-types");
    const names = () =>
      page.evaluate<string[]>("[...document.querySelectorAll('.inline-name')].map((one) => one.value)");
    await page.locator(".inline-name").first().waitFor();
    const [first = "", second = "", ...rest] = await names();
    await page.locator(".inline-name").first().focus();
    await page.keyboard.press("Alt+ArrowDown");
    await eventually(async () => (await names())[0] === second, 10_000, "another order");
    expect(await names()).toEqual([second, first, ...rest]);
    await eventually(
      () => page.evaluate<boolean>(`document.activeElement.value === ${JSON.stringify(first)}`),
      10_000,
      "the focus goes along",
    );
  });

  it.runIf(hasTime)("[K71] who may not write the catalogue is not shown it, and is told at its address", async () => {
    const { items } = (await call("GET", "/roles")).body;
    const role = items.find(({ name }: { name: string }) => name === "box-office");
    const email = `${randomUUID().slice(0, 8)}@butaca.test`;
    const password = "una clave muy larga";
    const made = await call("POST", "/users", { name: "Clara", email, password, roleIds: [role.id] });
    expect(made.status).toBe(201);
    const clerk = await (await browser.visitor(seenFrom("console", "es"))).newPage();
    await clerk.goto(`${house.server.url}/admin/films`);
    await clerk.locator('[name="email"]').fill(email);
    await clerk.locator('[name="password"]').fill(password);
    await clerk.keyboard.press("Enter");
    await clerk.getByTestId("not-permitted").waitFor();
    expect(await clerk.locator('[data-testid="nav-films"], [data-testid="nav-schedule"]').count()).toBe(0);
    await clerk.context().close();
  });
});
