import { randomUUID } from "node:crypto";
import type { Page } from "playwright-core";
import { type Language, onScreen } from "../support/pages.ts";
import type { AtPicture } from "./screens.ts";

interface AccountWalk {
  page: Page;
  language: Language;
  at: AtPicture;
}

export const PASSWORD = "las butacas del fondo";

/** From tickets just bought through every screen of an account, and out of it again: ends at the films, as a guest. */
export async function walkAccount(walk: AccountWalk): Promise<void> {
  await makeAccount(walk);
  await lookThrough(walk);
  await likeGenres(walk);
  await comeBack(walk);
}

async function makeAccount({ page, at }: AccountWalk): Promise<void> {
  await page.getByTestId("keep-tickets").click();
  await page.getByTestId("register").waitFor();
  await at("ask-enter");
  await send(page, "register");
  await page.getByTestId("trouble").waitFor();
  await at("ask-enter-refused");
  await fillIn(page, { name: "Ana Torres", email: `ana-${randomUUID()}@example.test`, password: PASSWORD });
  await send(page, "register");
  await page.getByTestId("ask-enter").waitFor({ state: "detached" });
  await page.getByTestId("finish").click();
  await onScreen(page, "films");
}

async function lookThrough({ page, at }: AccountWalk): Promise<void> {
  await page.getByTestId("account").click();
  await page.getByTestId("purchase").first().waitFor();
  await at("purchases");
  await openPage(page, "profile");
  await at("profile");
  await page.locator('input[name="email"]').fill("ana");
  await send(page, "profile");
  await page.getByTestId("trouble").waitFor();
  await at("profile-refused");
  await openPage(page, "security");
  await at("security");
  await page.getByTestId("delete").click();
  await page.getByTestId("ask-delete").waitFor();
  await at("ask-delete");
  await page.getByTestId("delete-keep").click();
}

async function likeGenres({ page, at }: AccountWalk): Promise<void> {
  await openPage(page, "tastes");
  await page.locator('[data-testid="tastes"] input[type="checkbox"]').first().waitFor();
  for (const genre of await page.locator('[data-testid="tastes"] input[type="checkbox"]').all())
    await genre.check({ force: true });
  await at("tastes");
  await send(page, "tastes");
  await page.locator(".notice").first().waitFor();
  await page.getByTestId("back").click();
  await page.getByTestId("films-part").first().waitFor();
  await at("films-for-you");
}

/** Signed out: the ways back in. */
async function comeBack({ page, at }: AccountWalk): Promise<void> {
  await page.getByTestId("account").click();
  await page.getByTestId("sign-out").click();
  await onScreen(page, "films");
  await goTo(page, "purchases");
  await onScreen(page, "account-out");
  await at("account-out");
  await page.getByTestId("to-forgot").click();
  await page.getByTestId("forgot-none").waitFor();
  await at("forgot-none");
  await asWithMail(page);
  await page.getByTestId("to-forgot").click();
  await page.locator('[data-testid="forgot"] input[name="email"]').fill("nobody@example.test");
  await at("forgot");
  await send(page, "forgot");
  await page.getByTestId("reset-sent").waitFor();
  await at("forgot-sent");
  await goTo(page, "reset/not-a-code");
  await page.locator('[data-testid="reset"] input[name="password"]').fill(PASSWORD);
  await at("reset");
  await send(page, "reset");
  await page.getByTestId("trouble").waitFor();
  await at("reset-refused");
  await goTo(page, "find");
  await page.getByTestId("find").waitFor();
  await at("find");
  await page.getByTestId("back").click();
  await onScreen(page, "films");
}

/** Goes on as in a house that sends letters. */
async function asWithMail(page: Page): Promise<void> {
  await page.route("**/api/v1/config", async (route) => {
    const response = await route.fetch();
    await route.fulfill({ response, json: { ...(await response.json()), sendsMail: true } });
  });
  await page.reload();
  await onScreen(page, "account-out");
}

/** Opens a page of the account by its tab. */
export async function openPage(page: Page, name: string): Promise<void> {
  await page.locator(`.account-nav a[href="#/account/${name}"]`).click();
  await page.getByTestId(`account-${name}`).waitFor();
}

const goTo = (page: Page, name: string) => page.evaluate(`location.hash = "#/account/${name}"`);

export async function fillIn(page: Page, values: Readonly<Record<string, string>>): Promise<void> {
  for (const [name, value] of Object.entries(values)) await page.locator(`input[name="${name}"]`).fill(value);
}

/** Sends one of the account's forms. */
export const send = (page: Page, form: string) => page.locator(`[data-testid="${form}"] button[type="submit"]`).click();
