import { randomUUID } from "node:crypto";
import type { Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { api } from "../support/api.ts";
import { browserMissing, complaintsOf, openBrowser, PATIENCE_MS, type TestBrowser } from "../support/browser.ts";
import { hasTime } from "../support/counts.ts";
import { onScreen, seenFrom, signIn } from "../support/pages.ts";
import { type House, openHouse } from "../support/pages-house.ts";

const PASSWORD = "una butaca con buena vista";

describe.skipIf(browserMissing)("people of the house", { timeout: PATIENCE_MS }, () => {
  let house: House;
  let browser: TestBrowser;

  beforeAll(async () => {
    [house, browser] = await Promise.all([openHouse(), openBrowser()]);
  });
  afterAll(async () => {
    await browser?.close();
    await house?.close();
  });

  const call = () => api(house.server.url);

  async function visitor(...as: Parameters<typeof seenFrom>): Promise<{ page: Page; complaints: string[] }> {
    const page = await (await browser.visitor(seenFrom(...as))).newPage();
    return { page, complaints: complaintsOf(page) };
  }

  const sectionsOf = (page: Page) =>
    page
      .locator(".sidenav a")
      .evaluateAll((links) => links.map((link) => (link as HTMLElement).dataset.testid?.slice(4)));

  it("[K100] [K101] an administrator makes a role and a clerk; the clerk sees what the role allows, and no more", async () => {
    const { page: admin, complaints } = await visitor("console", "en");
    const { url } = house.server;
    await signIn(admin, url);
    await admin.goto(`${url}/admin/roles`);
    await admin.getByTestId("add").click();
    const role = `Evenings ${randomUUID().slice(0, 4)}`;
    await admin.locator('input[name="name"]').fill(role);
    for (const permission of ["sell", "orders:read"]) await admin.getByTestId(`may-${permission}`).check();
    await admin.getByTestId("save").click();
    await admin.getByTestId("matrix").getByRole("link", { name: role }).waitFor();

    await admin.getByTestId("nav-users").click();
    await admin.getByTestId("add").click();
    const email = `luis-${randomUUID()}@example.test`;
    await admin.locator('input[name="name"]').fill("Luis Roca");
    await admin.locator('input[name="email"]').fill(email);
    await admin.getByLabel(role).check();
    await admin.getByTestId("save").click();
    const link = await admin.getByTestId("link-url").inputValue();
    await admin.keyboard.press("Escape");

    // The clerk's own browser: a password by the link, then the console.
    const { page: clerk } = await visitor("console", "en");
    await clerk.goto(link);
    await clerk.locator('input[name="password"]').fill(PASSWORD);
    await clerk.locator('[data-testid="reset"] button[type="submit"]').click();
    await onScreen(clerk, "account-out");
    await clerk.goto(`${url}/admin`);
    await clerk.locator('input[name="email"]').fill(email);
    await clerk.locator('input[name="password"]').fill(PASSWORD);
    await clerk.locator('[data-testid="sign-in"] button[type="submit"]').click();
    await clerk.getByTestId("sign-out").waitFor();
    expect(await sectionsOf(clerk)).toEqual(["orders"]);
    await clerk.goto(`${url}/admin/users`);
    await clerk.getByTestId("sign-out").waitFor();
    expect(await clerk.getByTestId("section-users").count()).toBe(0);
    const { token } = (await call()("POST", "/auth/login", { email, password: PASSWORD })).body;
    for (const path of ["/users", "/roles", "/devices", "/audit"])
      expect((await call()("GET", path, undefined, { token })).status).toBe(403);

    // Disabled: out within 5 s, and the administrator was told what follows.
    await admin.getByTestId("disable").click();
    await admin.getByTestId("confirm").locator("li").nth(2).waitFor();
    expect(await admin.getByTestId("confirm").locator("li").count()).toBe(3);
    await admin.getByTestId("confirm-yes").click();
    await admin.getByTestId("enable").waitFor();
    await expect
      .poll(async () => (await call()("GET", "/orders", undefined, { token })).status, { timeout: 5_000 })
      .toBe(401);
    expect(complaints).toEqual([]);
    await clerk.context().close();
    await admin.context().close();
  });

  it.runIf(hasTime)("[K100] whoever lacks a permission can't give it, and sees why", async () => {
    const admin = { token: house.adminToken };
    const permissions = ["users:write", "roles:write", "sell"];
    const role = (await call()("POST", "/roles", { name: `People ${randomUUID()}`, permissions }, admin)).body;
    const email = `eva-${randomUUID()}@example.test`;
    const eva = { name: "Eva Sanz", email, password: PASSWORD, roleIds: [role.id] };
    expect((await call()("POST", "/users", eva, admin)).status).toBe(201);
    const { page, complaints } = await visitor("console", "en");
    await page.goto(`${house.server.url}/admin/roles/new`);
    await page.locator('input[name="email"]').fill(email);
    await page.locator('input[name="password"]').fill(PASSWORD);
    await page.locator('[data-testid="sign-in"] button[type="submit"]').click();
    await page.getByTestId("may-sell").waitFor();
    expect(await page.getByTestId("may-sell").isEnabled()).toBe(true);
    expect(await page.getByTestId("may-settings:write").isEnabled()).toBe(false);
    expect(await page.locator('label:has([data-testid="may-settings:write"])').textContent()).toContain("You lack it");
    await page.getByTestId("nav-users").click();
    await page.getByTestId("add").click();
    await page.getByTestId("role-rol_admin").waitFor();
    expect(await page.getByTestId("role-rol_admin").locator("input").isEnabled()).toBe(false);
    expect(await page.getByTestId("role-rol_customer").locator("input").isEnabled()).toBe(true);
    expect(complaints).toEqual([]);
    await page.context().close();
  });

  it.runIf(hasTime)(
    "[K102] a kiosk is enrolled by the code on the administrator's screen, and revoked there",
    async () => {
      const { page: admin, complaints } = await visitor("console", "en");
      const { page: kiosk } = await visitor("kiosk", "en");
      await signIn(admin, house.server.url, "/admin/devices/new");
      await admin.locator('input[name="name"]').fill("Lobby, left");
      await admin.getByTestId("save").click();
      const code = (await admin.getByTestId("enrolment-code").textContent()) ?? "";
      expect(code).toMatch(/^[A-Z0-9]{4}-[A-Z0-9]{4}$/);
      await kiosk.goto(`${house.server.url}/kiosk`);
      await onScreen(kiosk, "enrol");
      await kiosk.getByTestId("enrol-code").fill(code);
      await kiosk.getByTestId("enrol-go").click();
      await onScreen(kiosk, "attract");
      await admin.getByTestId("connected").waitFor();
      await admin.getByTestId("code-done").click();
      await admin.getByTestId("row").filter({ hasText: "Lobby, left" }).locator("a").click();
      await admin.getByTestId("revoke").click();
      await admin.getByTestId("confirm-yes").click();
      await admin.getByText("Revoked for good.").waitFor();
      await kiosk.reload();
      await onScreen(kiosk, "enrol");
      expect(complaints).toEqual([]);
      await kiosk.context().close();
      await admin.context().close();
    },
  );

  it.runIf(hasTime)(
    "[K108] a device shows how each of its parts is; who may not check tickets adds no scanner",
    async () => {
      const token = house.adminToken;
      const kiosk = (await call()("POST", "/auth/device", { code: await house.kioskCode() })).body;
      const health = { link: "ok", printer: "ok", paper: "unknown", payment: "failed" };
      await call()("PUT", "/devices/me/health", health, { token: kiosk.token });
      const permissions = ["devices:write"];
      const role = (await call()("POST", "/roles", { name: `Porters ${randomUUID()}`, permissions }, { token })).body;
      const porter = { name: "Pía", email: `pia-${randomUUID()}@example.test`, password: PASSWORD };
      await call()("POST", "/users", { ...porter, roleIds: [role.id] }, { token });
      const { page, complaints } = await visitor("console", "en");
      await signIn(page, house.server.url, `/admin/devices/${kiosk.device.id}`, porter);
      await page.getByTestId("health").waitFor();
      const parts = await page.getByTestId("health").locator(".badge").allTextContents();
      expect(parts).toEqual(["link: fine", "printer: fine", "paper: not known", "payment: fails"]);
      await page.goto(`${house.server.url}/admin/devices/new`);
      await page.locator("select").waitFor();
      const kinds = await page.locator("select").locator("option").allTextContents();
      expect(kinds).toEqual(["Kiosk", "Box-office counter"]);
      expect(complaints).toEqual([]);
      await page.context().close();
    },
  );

  it.runIf(hasTime)(
    "[K103] [K104] a purchase is found and corrected; the audit tells of it and is whole; the house stops selling when told",
    async () => {
      const { page, complaints } = await visitor("console", "en");
      const { url } = house.server;
      const guest = await house.rival();
      const order = await guest.buy(["A1", "A2"]);
      await guest.buy(["D1"]);
      await signIn(page, url, "/admin/orders");
      await page.getByTestId("row").nth(1).waitFor();
      await page.getByTestId("search").fill(order.number.replace("-", "").toLowerCase());
      await page.getByTestId("row").nth(1).waitFor({ state: "detached" });
      await page.getByTestId("row").locator("a").first().click();
      await page.getByTestId("lines").getByRole("row", { name: "A2" }).waitFor();
      await page.locator('input[name="email"]').fill("eva@example.test");
      await page.locator('textarea[name="note"]').fill("Comes late");
      await page.getByTestId("save").click();
      await page.getByText("Saved.").waitFor();
      const stored = await call()("GET", `/orders/${order.id}`, undefined, { token: house.adminToken });
      expect(stored.body).toMatchObject({ contact: { email: "eva@example.test" }, note: "Comes late" });

      await page.goto(`${url}/admin/audit`);
      await page.getByTestId("row").filter({ hasText: order.number }).first().waitFor();
      await page.getByTestId("verify").click();
      await page.locator('[data-ok="true"]').waitFor();

      await page.goto(`${url}/admin/settings`);
      await page.getByTestId("side-web").selectOption("before");
      await page.locator('input[name="web"]').fill("180");
      await page.getByText("sells until 17:00").waitFor();
      await page.getByTestId("save").click();
      await page.getByText("Saved.").waitFor();
      // The showtime is two hours ahead: on the web it is over.
      await guest.hold(["D2"]).then(
        () => expect.unreachable("the web still sells"),
        (refusal: Error) => expect(refusal.message).toContain("showtime_closed"),
      );
      expect(complaints).toEqual([]);
      await page.context().close();
    },
  );
});
