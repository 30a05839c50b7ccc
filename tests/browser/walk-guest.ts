import type { Page, Route } from "playwright-core";
import { type HeldLink, holdLink } from "../support/browser-link.ts";
import {
  choose,
  goToPay,
  installClock,
  type Language,
  onScreen,
  passTime,
  payWith,
  seatLooks,
  seatOf,
} from "../support/pages.ts";
import type { AtPicture } from "./screens.ts";
import { walkAccount } from "./walk-account.ts";

export interface GuestWalk {
  page: Page;
  url: string;
  surface: "shop" | "kiosk";
  language: Language;
  /** Today's showtime whose seats are chosen, with a wheelchair space that is free. */
  showtimeId: string;
  /** A code for this kiosk. */
  enrolmentCode?: string;
  /** Somebody else takes a seat. */
  takeSeat(seatId: string): Promise<void>;
  at: AtPicture;
}

/** A printer that is out of order while `noPrinter` is set on the page. */
const PRINTER = `
  const handOver = window.print.bind(window);
  window.print = () => {
    if (top.noPrinter) throw new Error("no printer");
    handOver();
  };
`;
/** After this long a kiosk asks whether somebody is there. */
const QUIET_MS = 46_000;

/** Through every screen of the shop or a kiosk, as one guest with bad luck. */
export async function walkAsGuest(walk: GuestWalk): Promise<void> {
  const { page } = walk;
  await installClock(page);
  await page.addInitScript({ content: PRINTER });
  const link = await holdLink(page);
  await arrive(walk);
  await lookAround(walk);
  const seats = await chooseSeats(walk, link);
  await meetQuestions(walk);
  await loseLink(walk, link);
  await payBadly(walk, seats);
  await payAtLast(walk);
  await loseSeats(walk, link);
  if (walk.surface === "kiosk") await fallSilent(walk);
  await breakDown(walk);
}

async function arrive({ page, url, surface, language, enrolmentCode, at }: GuestWalk): Promise<void> {
  const config = await stopAt(page, "**/api/v1/config");
  await page.goto(surface === "kiosk" ? `${url}/kiosk` : url);
  await page.locator(".starting").waitFor();
  await at("starting");
  config.letGo();
  if (surface === "shop") return onScreen(page, "films");
  await onScreen(page, "enrol");
  await at("enrol");
  await page.getByTestId("enrol-code").fill("ACDE3479");
  await page.getByTestId("enrol-go").click();
  await page.locator("#enrol-trouble:not(:empty)").waitFor();
  await at("enrol-refused");
  await page.getByTestId("enrol-code").fill(enrolmentCode ?? "");
  await page.getByTestId("enrol-go").click();
  await onScreen(page, "attract");
  await page.locator(`[data-testid="start-${language}"]:enabled`).waitFor();
  await at("attract");
  await page.getByTestId(`start-${language}`).click();
}

async function lookAround({ page, showtimeId, at }: GuestWalk): Promise<void> {
  await onScreen(page, "films");
  await page.locator('[data-testid="showtime"]:enabled').first().waitFor();
  await at("films");
  await enlargeText(page);
  await at("films-huge-text");
  await normalText(page);
  const days = page.locator('input[name="day"]');
  const answers: [string, (route: Route) => Promise<void>][] = [
    ["films-empty", (route) => route.fulfill({ json: { items: [], nextCursor: null } })],
    ["films-failed", (route) => route.fulfill({ status: 503, json: { code: "unavailable" } })],
  ];
  for (const [place, [picture, answer]] of answers.entries()) {
    await page.route("**/api/v1/showtimes?*", answer);
    await days.nth(place + 1).check({ force: true });
    await page.locator(".empty").waitFor();
    await at(picture);
    await page.unroute("**/api/v1/showtimes?*");
  }
  await days.first().check({ force: true });
  const chip = page.locator(`[data-testid="showtime"][data-showtime="${showtimeId}"]`);
  await page.getByTestId("film").filter({ has: chip }).locator(".film-poster").click();
  await onScreen(page, "film");
  await at("film");
  await chip.click();
}

async function chooseSeats({ page, takeSeat, at }: GuestWalk, link: HeldLink): Promise<string[]> {
  await onScreen(page, "seats");
  await page.locator('[role="gridcell"]').first().waitFor();
  await at("seats");
  const [left = "", right = "", next = ""] = await freeSeats(page, 3);
  await choose(page, [left, right]);
  await at("seats-chosen");
  await enlargeText(page);
  await at("seats-huge-text");
  await normalText(page);
  await page.getByTestId("switch-view").click();
  await page.getByTestId("seatlist").waitFor();
  await at("seats-list");
  await page.getByTestId("switch-view").click();
  await seatOf(page, next).waitFor();
  link.swallow("seats:changed");
  await takeSeat(next);
  await seatOf(page, next).click();
  await page.locator(".notice").waitFor();
  await at("seats-taken");
  link.pass();
  return [left, right];
}

async function meetQuestions({ page, at }: GuestWalk): Promise<void> {
  await page.locator('[role="gridcell"][data-kind="wheelchair"][data-look="free"]').first().click();
  await page.getByTestId("ask-access").waitFor();
  await at("ask-access");
  await page.keyboard.press("Escape");
  await page.getByTestId("back").click();
  await page.getByTestId("ask-leave").waitFor();
  await at("ask-leave");
  await page.getByTestId("leave-stay").click();
}

async function loseLink({ page, at }: GuestWalk, link: HeldLink): Promise<void> {
  await link.cut();
  await page.getByTestId("link-banner").waitFor();
  await at("offline");
  link.mend();
  await page.evaluate("dispatchEvent(new Event('online'))");
  await page.locator('[data-testid="to-tickets"]:enabled').waitFor();
}

async function payBadly({ page, at }: GuestWalk, seats: string[]): Promise<void> {
  await page.getByTestId("to-tickets").click();
  await onScreen(page, "tickets");
  await at("tickets");
  await page.getByTestId("to-pay").click();
  await onScreen(page, "pay");
  await at("pay");
  await page.route("**/api/v1/orders", (route) => route.fulfill({ status: 409, json: { code: "seat_taken", seats } }));
  await page.getByTestId("pay").click();
  await onScreen(page, "ended");
  await at("ended-taken");
  await page.unroute("**/api/v1/orders");
  await page.getByTestId("seats-again").click();
  await goToPay(page);
  await payWith(page, "sim_decline");
  await page.getByTestId("problem-declined").waitFor();
  await page.locator('[data-testid="pay"]:enabled').waitFor();
  await at("pay-declined");
  await payWith(page, "sim_challenge");
  await onScreen(page, "challenge");
  await at("challenge");
  await page.getByTestId("cancel-payment").click();
  await onScreen(page, "ended");
  await at("ended-cancelled");
  await page.getByTestId("seats-again").click();
}

async function payAtLast({ page, surface, language, at }: GuestWalk): Promise<void> {
  await onScreen(page, "seats");
  await choose(page, await freeSeats(page, 2));
  await goToPay(page);
  const waiting = await stopAt(page, "**/api/v1/orders/*wait=*");
  await page.evaluate("window.noPrinter = true");
  await payWith(page, "sim_slow");
  await page.getByTestId("cancel-payment").waitFor();
  await at("paying");
  waiting.letGo();
  await onScreen(page, "order", 15_000);
  if (surface === "kiosk") {
    await page.getByTestId("print-failed").waitFor();
    await at("order-unprinted");
    await page.evaluate("window.noPrinter = false");
    await page.locator(".actions .button:enabled").first().click();
    await page.getByTestId("print-printed").waitFor();
  }
  await at("order");
  if (surface === "shop") return walkAccount({ page, language, at });
  await page.getByTestId("finish").click();
}

async function loseSeats({ page, surface, language, showtimeId, at }: GuestWalk, link: HeldLink): Promise<void> {
  if (surface === "kiosk") await page.locator(`[data-testid="start-${language}"]:enabled`).click();
  await onScreen(page, "films");
  await page.locator(`[data-testid="showtime"][data-showtime="${showtimeId}"]:enabled`).click();
  await onScreen(page, "seats");
  await page.locator('[role="gridcell"]').first().waitFor();
  const [seat = ""] = await freeSeats(page, 1);
  await choose(page, [seat]);
  link.inject("hold:changed", { showtimeId, hold: null, reason: "expired" });
  await page.getByTestId("ask-lost").waitFor();
  await at("ask-lost");
  await page.getByTestId("take-again").click();
  await seatLooks(page, seat, "mine");
}

async function fallSilent({ page, at }: GuestWalk): Promise<void> {
  await passTime(page, QUIET_MS);
  await page.getByTestId("ask-idle").waitFor();
  await at("ask-idle");
  await page.getByTestId("idle-stay").tap();
}

/** Parts of the app that don't arrive: something readable stands there all the same. */
async function breakDown({ page, url, surface, language, at }: GuestWalk): Promise<void> {
  await page.route("**/assets/Seats-*.js", (route) => route.abort());
  await page.goto(surface === "kiosk" ? `${url}/kiosk?again` : `${url}/?again`);
  if (surface === "kiosk") await page.locator(`[data-testid="start-${language}"]:enabled`).click();
  await page.locator('[data-testid="showtime"]:enabled').first().click();
  await page.getByTestId("failure").waitFor();
  await at("failure");
}

const enlargeText = async (page: Page) => {
  await page.getByTestId("switch-text").click();
  await page.getByTestId("switch-text").click();
};
const normalText = (page: Page) => page.getByTestId("switch-text").click();

/** Free seats side by side, near the middle of the room: where people like to sit. */
export async function freeSeats(page: Page, count: number): Promise<string[]> {
  const seats = await page.locator('[role="gridcell"]').evaluateAll((cells) =>
    cells.map((cell) => {
      const { x, y } = cell.getBoundingClientRect();
      const { seat = "", look, kind } = (cell as HTMLElement).dataset;
      return { x, y, seat, free: look === "free" && (kind === "standard" || kind === "vip") };
    }),
  );
  const middle = (of: "x" | "y") => seats.reduce((sum, seat) => sum + seat[of], 0) / seats.length;
  const [x, y] = [middle("x"), middle("y")];
  const runs = seats.map((_, start) => seats.slice(start, start + count));
  const free = runs.filter(
    (run) => run.length === count && run.every((seat) => seat.free && rowOf(seat) === rowOf(run[0])),
  );
  const distance = (run: typeof seats) =>
    run.reduce((sum, seat) => sum + Math.abs(seat.x - x) + 2 * Math.abs(seat.y - y), 0);
  free.sort((a, b) => distance(a) - distance(b));
  const best = free[0];
  if (best === undefined) throw new Error(`no ${count} free seats side by side`);
  return best.map(({ seat }) => seat);
}

const rowOf = (seat: { seat: string } | undefined) => seat?.seat.replace(/\d+$/, "");

/** Holds requests back until they are let go. */
async function stopAt(page: Page, address: string): Promise<{ letGo(): void }> {
  let letGo = () => {};
  const gate = new Promise<void>((resolve) => {
    letGo = resolve;
  });
  await page.route(address, (route) => gate.then(() => route.continue()));
  return { letGo };
}
