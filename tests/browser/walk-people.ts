import { randomUUID } from "node:crypto";
import type { Page } from "playwright-core";
import type { AtPicture } from "./screens.ts";

interface PeopleWalk {
  page: Page;
  url: string;
  at: AtPicture;
}

/** Through the screens of people, devices, purchases, audit and settings, as the administrator who is signed in. */
export async function walkPeople(walk: PeopleWalk): Promise<void> {
  await people(walk);
  await roles(walk);
  await devices(walk);
  await purchases(walk);
  await audit(walk);
  await open(walk, "settings", "form");
  await walk.at("settings");
}

async function open({ page, url }: PeopleWalk, path: string, shown: string): Promise<void> {
  await page.goto(`${url}/admin/${path}`);
  await page.getByTestId(shown).first().waitFor();
}

async function people(walk: PeopleWalk): Promise<void> {
  const { page, at } = walk;
  await open(walk, "users", "row");
  await at("users");
  await page.getByTestId("add").click();
  await page.getByTestId("role-rol_box_office").waitFor();
  await at("user-new");
  await page.getByTestId("save").click();
  await page.getByTestId("fault-email").waitFor();
  await at("user-refused");
  await page.locator('input[name="name"]').fill("Luis Roca");
  await page.locator('input[name="email"]').fill(`luis-${randomUUID()}@example.test`);
  await page.getByTestId("role-rol_box_office").locator("input").check();
  await page.getByTestId("save").click();
  await page.getByTestId("link-url").waitFor();
  await at("password-link");
  await page.keyboard.press("Escape");
  await at("user");
  await page.getByTestId("disable").click();
  await page.getByTestId("confirm").waitFor();
  await at("ask-disable");
  await page.getByTestId("confirm-yes").click();
  await page.getByTestId("enable").waitFor();
  await at("user-disabled");
}

async function roles(walk: PeopleWalk): Promise<void> {
  const { page, at } = walk;
  await open(walk, "roles", "matrix");
  await at("roles");
  await page.getByTestId("open-rol_manager").click();
  await page.getByTestId("section-role").waitFor();
  await at("role-built-in");
  await open(walk, "roles/new", "form");
  await at("role-new");
}

async function devices(walk: PeopleWalk): Promise<void> {
  const { page, at } = walk;
  await open(walk, "devices/new", "form");
  await page.locator('input[name="name"]').fill("Vestíbulo");
  await at("device-new");
  await page.getByTestId("save").click();
  await page.getByTestId("enrolment-code").waitFor();
  await at("enrolment");
  await page.getByTestId("code-done").click();
  await page.getByTestId("row").first().waitFor();
  await at("devices");
  await page.getByTestId("row").first().locator("a").click();
  await page.getByTestId("revoke").waitFor();
  await at("device");
}

async function purchases(walk: PeopleWalk): Promise<void> {
  const { page, at } = walk;
  await open(walk, "orders", "row");
  await at("orders");
  await page.getByTestId("row").first().locator("a").click();
  await page.getByTestId("lines").waitFor();
  await at("order");
}

async function audit(walk: PeopleWalk): Promise<void> {
  const { page, at } = walk;
  await open(walk, "audit", "row");
  await page.getByTestId("verify").click();
  await page.locator('[data-ok="true"]').waitFor();
  await at("audit");
  await page.getByTestId("row").first().locator(".row-open").click();
  await page.getByTestId("audit-row").waitFor();
  await at("audit-row");
  await page.keyboard.press("Escape");
}
