import type { ConsoleWalk } from "./walk-console.ts";

/** Through what is shown and sold: films, genres, price lists, ticket types, auditoriums, the schedule. */
export async function walkProgramme(walk: ConsoleWalk): Promise<void> {
  await films(walk);
  await filmFile(walk);
  await lists(walk);
  await auditoriums(walk);
  await schedule(walk);
}

async function films({ page, url, at }: ConsoleWalk): Promise<void> {
  await page.goto(`${url}/admin/films`);
  await page.getByTestId("film-free").first().waitFor();
  await at("films");
  await page.keyboard.press("?");
  await page.getByTestId("keys-help").waitFor();
  await at("keys");
  await page.keyboard.press("Escape");
  await page.getByTestId("search").fill("zzzz");
  await page.getByTestId("empty").waitFor();
  await at("films-none");
  await page.getByTestId("search").fill("");
  await page.getByTestId("film-free").first().waitFor();
  await page.getByTestId("add").click();
  await page.getByTestId("save").click();
  await page.getByTestId("fault-title").waitFor();
  await at("film-faults");
  await page.locator('[name="title"]').fill("La noche americana");
  await page.getByTestId("cancel").click();
  await page.getByTestId("confirm").waitFor();
  await at("ask-unsaved");
  await page.getByTestId("confirm-yes").click();
  await page.getByTestId("film-free").first().waitFor();
  await page
    .getByTestId("row")
    .filter({ has: page.getByTestId("film-free") })
    .first()
    .click();
  await page.getByTestId("section-film").waitFor();
  await at("film");
  // Somebody else was faster.
  const answer = { status: 412, contentType: "application/problem+json", json: { code: "version_conflict" } };
  await page.route("**/api/v1/films/*", (route) =>
    route.request().method() === "PATCH" ? route.fulfill(answer) : route.continue(),
  );
  await page.locator('[name="director"]').fill("Pilar Miró");
  await page.getByTestId("save").click();
  await page.getByTestId("conflict").waitFor();
  await at("film-conflict");
  await page.getByTestId("take-theirs").click();
  await page.unroute("**/api/v1/films/*");
}

async function filmFile({ page, url, at }: ConsoleWalk): Promise<void> {
  await page.goto(`${url}/admin/films/import`);
  await page.getByTestId("import-file").waitFor({ state: "attached" });
  await at("import");
  const lines = "title,durationMinutes,genres,stars\nEl verdugo,90,Comedia,5\nPlácido,mucho,Comedia,5\n,85,,4";
  const file = { name: "films.csv", mimeType: "text/csv", buffer: Buffer.from(lines) };
  await page.getByTestId("import-file").setInputFiles(file);
  await page.getByTestId("import-faults").waitFor();
  await at("import-preview");
}

async function lists({ page, url, at }: ConsoleWalk): Promise<void> {
  for (const name of ["genres", "ticket-types"]) {
    await page.goto(`${url}/admin/${name}`);
    await page.locator(".inline-name").first().waitFor();
    await at(name);
  }
  await page.goto(`${url}/admin/price-lists`);
  await page.locator('[data-testid="empty"], [data-testid="row"]').first().waitFor();
  await at("price-lists");
  await page.getByTestId("add").click();
  await page.locator(".amount").first().waitFor();
  await page.getByTestId("add-column").click();
  await page.getByTestId("add-surcharge").click();
  await at("price-list");
}

async function auditoriums({ page, url, at }: ConsoleWalk): Promise<void> {
  await page.goto(`${url}/admin/auditoriums`);
  await page.getByTestId("row").first().waitFor();
  await at("auditoriums");
  await page.locator(".row-open").first().click();
  await page.locator('[role="gridcell"]').first().waitFor();
  await at("auditorium");
  await page.locator('[name="chart"]').fill("A  ssss..ssss\nB  sssx\nA  ssss");
  await page.getByTestId("chart-faults").waitFor();
  await at("auditorium-faults");
}

async function schedule({ page, url, showtimeId, at }: ConsoleWalk): Promise<void> {
  await page.goto(`${url}/admin/schedule`);
  const slot = page.locator(`[data-showtime="${showtimeId}"]`);
  await slot.waitFor();
  await at("schedule");
  await page.keyboard.press("c");
  await page.locator('[data-testid="copy-result"][aria-busy="false"]').waitFor();
  await at("copy");
  await page.keyboard.press("Escape");
  await slot.click();
  await page.getByTestId("section-showtime").waitFor();
  await page.locator('[data-testid="check"][data-status="said"]').waitFor();
  await at("showtime-form");
  await page.locator('[name="status"]').selectOption("cancelled");
  await page.getByTestId("save").click();
  await page.getByTestId("confirm").waitFor();
  await at("ask-cancel-showtime");
  await page.keyboard.press("Escape");
  const room = await page.locator('[name="auditoriumId"]').inputValue();
  const time = await page.locator('[name="time"]').inputValue();
  await page.goto(`${url}/admin/schedule/new`);
  await page.locator('[name="filmTitle"]').press("ArrowDown");
  await page.getByRole("option").first().waitFor();
  await at("showtime-films");
  await page.keyboard.press("Enter");
  await page.locator('[name="auditoriumId"]').selectOption(room);
  await page.locator('[name="time"]').fill(time);
  await page.getByTestId("conflicts").waitFor();
  await at("showtime-conflict");
  await page.locator('[name="day"]').fill("2021-11-20");
  await page.locator('[name="status"]').selectOption("on-sale");
  await page.getByTestId("check-warnings").waitFor();
  await at("showtime-warned");
}
