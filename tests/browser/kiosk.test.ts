import type { Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from "vitest";
import { api } from "../support/api.ts";
import { browserMissing, complaintsOf, openBrowser, PATIENCE_MS, type TestBrowser } from "../support/browser.ts";
import { type HeldLink, holdLink } from "../support/browser-link.ts";
import { hasTime } from "../support/counts.ts";
import {
  beginVisit,
  choose,
  enrolKiosk,
  finishVisit,
  goToPay,
  installClock,
  installPrinter,
  onScreen,
  passTime,
  payWith,
  seatLooks,
  seatOf,
  seenFrom,
} from "../support/pages.ts";
import { type House, openHouse } from "../support/pages-house.ts";
import { eventually } from "../support/poll.ts";
import type { Stage } from "../support/purchase.ts";

/** A printer that is out of order while `noPrinter` is set on the page. */
const PRINTER = `
  const handOver = window.print.bind(window);
  window.print = () => {
    if (top.noPrinter) throw new Error("no printer");
    handOver();
  };
`;
const QUIET_MS = 45_000;
const ANSWER_MS = 15_000;

interface Kiosk {
  page: Page;
  link: HeldLink;
  /** Tokens that this kiosk sent, oldest first. */
  tokens: string[];
  complaints: string[];
}

describe.skipIf(browserMissing)("a kiosk in the lobby", { timeout: PATIENCE_MS }, () => {
  let house: House;
  let browser: TestBrowser;

  beforeAll(async () => {
    [house, browser] = await Promise.all([openHouse(), openBrowser()]);
  });
  afterAll(async () => {
    await browser?.close();
    await house?.close();
  });

  /** Each test has a kiosk, and a showtime, of its own: they may run side by side. */
  async function openKiosk(title: string, at = house): Promise<Kiosk & { stage: Stage }> {
    const stage = await at.another({ title });
    const visitor = await browser.visitor(seenFrom("kiosk"));
    // A screen that nobody looks at goes on drawing.
    onTestFinished(() => visitor.close());
    const page = await visitor.newPage();
    await installClock(page);
    await installPrinter(page);
    await page.addInitScript({ content: PRINTER });
    const link = await holdLink(page);
    const tokens: string[] = [];
    page.on("request", (request) => {
      const token = /^Bearer (.+)$/.exec(request.headers().authorization ?? "")?.[1];
      if (token !== undefined && token !== tokens.at(-1)) tokens.push(token);
    });
    // From before it is enrolled: a device that nobody knows asks for nothing that is refused.
    const complaints = complaintsOf(page);
    await enrolKiosk(page, at.server.url, await at.kioskCode());
    return { page, link, tokens, complaints, stage };
  }

  async function stateOf(stage: Stage, seatId: string): Promise<string> {
    const { body } = await api(house.server.url)("GET", `/showtimes/${stage.showtimeId}/seats`);
    return body.states[stage.seats.indexOf(seatId)] ?? "?";
  }

  const isFree = (stage: Stage, seatId: string) =>
    eventually(async () => (await stateOf(stage, seatId)) === "A", 10_000, `${seatId} is free`);

  /** What a curious next guest could find on the device. */
  async function remains(page: Page): Promise<string> {
    const kept = await page.evaluate<string>(
      "JSON.stringify([{ ...localStorage }, { ...sessionStorage }, document.cookie, location.href, history.state])",
    );
    return `${kept} ${await page.content()}`;
  }

  it("[K44] [A60] nothing of one guest is left for the next", async () => {
    const { page, tokens, complaints, stage } = await openKiosk("Primera");
    const steps = await page.evaluate<number>("history.length");
    await beginVisit(page, stage.showtimeId, "en");
    await page.getByTestId("switch-theme").click();
    await page.getByTestId("switch-text").click();
    await choose(page, ["B2", "B3"]);
    await goToPay(page);
    await payWith(page);
    await onScreen(page, "order");
    const number = (await page.getByTestId("order-number").textContent()) ?? "";
    const token = tokens.at(-1) ?? "";
    const code = (await page.getByTestId("ticket").locator("path").first().getAttribute("d")) ?? "";
    await finishVisit(page);
    await onScreen(page, "attract");

    await page.locator('[data-testid="start-es"]:enabled').waitFor();
    const found = await remains(page);
    const traces = {
      number,
      token,
      code,
      seat: 'seat="B2"',
      seats: "B2, B3",
      showtime: stage.showtimeId,
      words: "Enjoy the film",
    };
    expect(Object.keys(traces).filter((name) => found.includes(traces[name as keyof typeof traces]))).toEqual([]);
    expect(await page.evaluate("({ ...document.documentElement.dataset })")).toMatchObject({
      theme: "dark",
      text: "normal",
    });
    expect(await page.evaluate("document.documentElement.lang")).toBe("es");
    // The browser keeps no step of the visit to go back to.
    expect(await page.evaluate("history.length")).toBe(steps);

    await beginVisit(page, stage.showtimeId, "es");
    await seatLooks(page, "B2", "sold");
    expect(await page.getByTestId("chosen").textContent()).not.toContain("B");
    await choose(page, ["B4"]);
    expect(tokens.at(-1)).not.toBe(token);
    expect((await remains(page)).includes(number)).toBe(false);
    await page.getByTestId("start-over").click();
    await page.getByTestId("leave-go").click();
    await onScreen(page, "attract");
    await isFree(stage, "B4");
    // What the first guest's screen knew opens nothing any more.
    await eventually(
      async () => (await api(house.server.url)("GET", "/me", undefined, { token })).status === 401,
      8_000,
      "the first guest's token is refused",
    );
    expect(complaints).toEqual([]);
  });

  it("[K31] a quiet kiosk asks, waits, and gives everything back", async () => {
    const { page, complaints, stage } = await openKiosk("Silencio");
    await beginVisit(page, stage.showtimeId, "en");
    await choose(page, ["A1", "A2"]);
    // Twice two thirds: without the key in between it would be too long, and the clock of a busy machine has a third.
    await passTime(page, (QUIET_MS * 2) / 3);
    await page.keyboard.press("Shift");
    await passTime(page, (QUIET_MS * 2) / 3);
    await page.waitForTimeout(600);
    expect(await page.getByTestId("ask-idle").count()).toBe(0);
    await passTime(page, QUIET_MS / 3);
    await page.getByTestId("ask-idle").waitFor();
    await seatLooks(page, "A1", "mine");

    // A touch anywhere answers, and presses nothing that lies behind.
    const behind = await seatOf(page, "B2").boundingBox();
    await page.touchscreen.tap(behind?.x ?? 0, behind?.y ?? 0);
    await page.getByTestId("ask-idle").waitFor({ state: "detached" });
    await seatLooks(page, "B2", "free");

    await passTime(page, QUIET_MS + 500);
    await page.getByTestId("ask-idle").waitFor();
    expect(await stateOf(stage, "A1")).toBe("H");
    await passTime(page, ANSWER_MS);
    await onScreen(page, "attract");
    await isFree(stage, "A1");
    await isFree(stage, "A2");
    expect(await page.evaluate("document.documentElement.lang")).toBe("es");
    expect(complaints).toEqual([]);
  });

  it.runIf(hasTime)("[K27] without a printer the code and the number stay for a minute", async () => {
    const { page, complaints, stage } = await openKiosk("Papel");
    await beginVisit(page, stage.showtimeId);
    await choose(page, ["C3"]);
    await goToPay(page);
    await page.evaluate("window.noPrinter = true");
    await payWith(page);
    await onScreen(page, "order");
    await page.getByTestId("print-failed").waitFor();
    await passTime(page, 45_000);
    await page.waitForTimeout(700);
    expect(await page.getByTestId("order-number").isVisible()).toBe(true);
    expect(await page.getByTestId("ticket").getByRole("img").count()).toBe(1);
    await passTime(page, 16_000);
    await onScreen(page, "attract");
    expect(complaints).toEqual([]);
  });

  it.runIf(hasTime)(
    "[K33] a kiosk that is reloaded in the middle of a visit begins anew, and is still enrolled",
    async () => {
      const { page, complaints, stage } = await openKiosk("Recarga");
      await beginVisit(page, stage.showtimeId, "en");
      await choose(page, ["A5"]);
      await page.reload();
      await onScreen(page, "attract");
      await isFree(stage, "A5");
      await beginVisit(page, stage.showtimeId);
      await choose(page, ["A5"]);
      expect(complaints).toEqual([]);
    },
  );

  it.runIf(hasTime)("[K34] a declined card leaves the seats, and the next card pays", async () => {
    const { page, complaints, stage } = await openKiosk("Tarjeta");
    await beginVisit(page, stage.showtimeId);
    await choose(page, ["D1", "D2"]);
    await goToPay(page);
    await payWith(page, "sim_decline");
    await page.getByTestId("problem-declined").waitFor();
    await page.getByTestId("chosen").filter({ hasText: "D1, D2" }).waitFor();
    expect(await stateOf(stage, "D1")).toBe("H");
    await payWith(page, "sim_approve");
    await onScreen(page, "order");
    expect(await page.locator(".ticket-seat").allTextContents()).toEqual(["D1", "D2"]);
    expect(await stateOf(stage, "D1")).toBe("S");
    expect(complaints).toEqual([]);
  });

  it.runIf(hasTime)("[K35] [K87] a seat taken under the finger is told calmly, with free ones beside it", async () => {
    const { page, link, complaints, stage } = await openKiosk("Dedo");
    const rival = await house.rival(stage);
    await beginVisit(page, stage.showtimeId, "en");
    await choose(page, ["B1"]);
    link.swallow("seats:changed");
    await rival.hold(["B7"]);
    await seatOf(page, "B7").click();
    const notice = page.getByTestId("notices").locator(".notice");
    expect(await notice.locator("p").textContent()).toBe("Someone took B7 a moment ago. B6 and B8 are free.");
    expect(await page.getByTestId("chosen").textContent()).toBe("B1");
    // Once it hears again, it sees again.
    link.pass();
    await rival.hold(["A8"]);
    await seatLooks(page, "A8", "held");
    await seatLooks(page, "B7", "held");
    await page.getByTestId("to-tickets").click();
    await onScreen(page, "tickets");
    expect(await notice.count()).toBe(0);
    expect(complaints).toEqual([]);
  });

  it("[K28] a lost link is said with its age, nothing can be pressed, and what changed meanwhile is shown", async () => {
    const { page, link, stage } = await openKiosk("Enlace");
    const rival = await house.rival(stage);
    await beginVisit(page, stage.showtimeId, "en");
    await choose(page, ["A1"]);
    await link.cut();
    await page.getByTestId("link-banner").waitFor();
    await passTime(page, 40_000);
    const banner = page.getByTestId("link-banner").locator("span").first();
    await eventually(async () => /[45]\d s old/.test((await banner.textContent()) ?? ""), 10_000, "the age of the map");
    expect(await page.locator('[data-testid="to-tickets"]').isDisabled()).toBe(true);
    await rival.hold(["A5", "A6"]);
    await (await house.rival(stage)).buy(["A7"]);
    await seatOf(page, "A2").click();
    await page.getByTestId("notices").locator(".notice-bad").waitFor();
    await seatLooks(page, "A2", "free");
    await seatLooks(page, "A5", "free");
    link.mend();
    await page.getByTestId("link-banner").waitFor({ state: "detached", timeout: 15_000 });
    await seatLooks(page, "A5", "held");
    await seatLooks(page, "A7", "sold");
    await seatLooks(page, "A1", "mine");
    await page.locator('[data-testid="to-tickets"]:enabled').waitFor();
  });

  it.runIf(hasTime)("[K37] seats whose time is over are free, told so, and can be taken again", async () => {
    // Time enough to choose two on a busy machine.
    const hasty = await openHouse({ KIOSK_HOLD_TTL_S: "6" });
    onTestFinished(() => hasty.close());
    const { page, stage } = await openKiosk("Prisa", hasty);
    await beginVisit(page, stage.showtimeId, "en");
    await choose(page, ["A1", "A2"]);
    await page.getByTestId("to-tickets").click();
    await page.getByTestId("ask-lost").waitFor();
    expect(await page.getByTestId("ask-lost").textContent()).toContain("A1 and A2 are no longer kept for you");
    const rival = await hasty.rival(stage);
    await rival.hold(["A2"]);
    await page.getByTestId("take-again").click();
    await onScreen(page, "seats");
    await seatLooks(page, "A1", "mine");
    await seatLooks(page, "A2", "held");
    expect(await page.getByTestId("notices").locator(".notice p").textContent()).toContain("Someone took A2");
  });

  it("[K38] a server that dies and comes back: the kiosk waits, reconnects by itself and sells", async () => {
    const { page, stage } = await openKiosk("Corte");
    await beginVisit(page, stage.showtimeId, "en");
    await choose(page, ["B1"]);
    await goToPay(page);
    await payWith(page);
    await onScreen(page, "order");
    await finishVisit(page);
    await beginVisit(page, stage.showtimeId, "en");
    await choose(page, ["B2"]);
    await house.restart();
    // Seats in the memory of the server that died are nobody's; what was sold stays sold.
    await page.getByTestId("ask-lost").waitFor({ timeout: 20_000 });
    await page.getByTestId("take-again").click();
    await seatLooks(page, "B2", "mine");
    await seatLooks(page, "B1", "sold");
    await goToPay(page);
    await payWith(page);
    await onScreen(page, "order");
  });
});
