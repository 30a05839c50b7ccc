import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Page as Listed, Showtime } from "../../server/protocol/resources.ts";
import { api } from "../support/api.ts";
import { browserMissing, openBrowser, PATIENCE_MS, type TestBrowser } from "../support/browser.ts";
import { hasTime } from "../support/counts.ts";
import { choose, goToPay, onScreen, payWith, seatLooks } from "../support/pages.ts";
import { spawnNoonServer } from "../support/pages-house.ts";
import type { ServerProcess } from "../support/process.ts";
import { freeSeats } from "./walk-guest.ts";
import { visitor, walkStory } from "./walk-story.ts";

/** Lets a page put off what it wants to do after its next picture. */
const PUT_OFF = `
  const later = [];
  let isHeld = false;
  for (const name of ["requestAnimationFrame", "setTimeout"]) {
    const plain = window[name].bind(window);
    window[name] = (work, ...rest) => plain((...given) => (isHeld ? later.push(() => work(...given)) : work(...given)), ...rest);
  }
  window.putOff = () => { isHeld = true; };
  window.goOn = () => { isHeld = false; for (const work of later.splice(0)) work(); };
  /** Once a module has been run, and all who waited for it were told. */
  window.arrived = async (url) => {
    await import(url);
    for (let turn = 0; turn < 20; turn++) await new Promise((tell) => { const { port1, port2 } = new MessageChannel(); port1.onmessage = tell; port2.postMessage(0); });
  };
`;

describe.skipIf(browserMissing)("one seat on three screens", { timeout: PATIENCE_MS }, () => {
  let server: ServerProcess;
  let browser: TestBrowser;

  beforeAll(async () => {
    [server, browser] = await Promise.all([spawnNoonServer({ DEMO: "1" }), openBrowser()]);
  });
  afterAll(async () => {
    await browser?.close();
    await server?.close();
  });

  /** The first of today in one of the rooms. */
  async function firstShowtime(room: string): Promise<Showtime> {
    const from = new Date().toISOString();
    const { body } = await api(server.url)("GET", `/showtimes?from=${from}&status=on-sale&limit=200`);
    const { items } = body as Listed<Showtime>;
    const first = items.find(({ auditorium }) => auditorium.name === room);
    if (first === undefined) throw new Error(`the demo cinema shows nothing in ${room} today`);
    return first;
  }

  it("[K45] [K86] a guest buys two seats; another guest and the wall see them held, then sold, without asking", async () => {
    const { id, counts } = await firstShowtime("Sala Íntima");
    const { url } = server;
    await walkStory({ browser, urls: { guest: url, other: url, wall: url }, showtime: { id, ...counts } });
  });

  it.runIf(hasTime)("[K46] a guest who reloads finds their seats, and their ticket", async () => {
    const showtime = await firstShowtime("Sala 2");
    const { page, complaints } = await visitor(browser, ["phone"]);
    await page.goto(`${server.url}/#/seats/${showtime.id}`);
    await page.locator('[role="gridcell"]').first().waitFor();
    const [seat = ""] = await freeSeats(page, 1);
    await choose(page, [seat]);
    await page.reload();
    await seatLooks(page, seat, "mine");
    await goToPay(page);
    await page.reload();
    await onScreen(page, "seats");
    await seatLooks(page, seat, "mine");
    await goToPay(page);
    await payWith(page, "sim_slow");
    await page.getByTestId("cancel-payment").waitFor();
    await onScreen(page, "order");
    const number = await page.getByTestId("order-number").textContent();
    await page.reload();
    await onScreen(page, "order");
    expect(await page.getByTestId("order-number").textContent()).toBe(number);
    // The way back does not lead into the payment again.
    await page.goBack();
    await onScreen(page, "seats");
    await seatLooks(page, seat, "sold");
    expect(complaints).toEqual([]);
  });

  it.runIf(hasTime)(
    "[K109] a screen stands also when its part arrives in the moment after the first picture",
    async () => {
      const { id } = await firstShowtime("Sala 2");
      const { page } = await visitor(browser, ["phone"]);
      await page.addInitScript({ content: PUT_OFF });
      let letGo = () => {};
      const isAllowed = new Promise<void>((resolve) => {
        letGo = resolve;
      });
      await page.route("**/assets/Seats-*.js", (route) => isAllowed.then(() => route.continue()));
      const asked = page.waitForRequest("**/assets/Seats-*.js");
      await page.goto(server.url);
      const part = (await asked).url();
      await page.evaluate("putOff()");
      await page.evaluate(`location.hash = "#/seats/${id}"`);
      await page.locator(".waiting").waitFor();
      letGo();
      await page.evaluate(`arrived("${part}")`);
      await page.evaluate("goOn()");
      await onScreen(page, "seats");
    },
  );
});
