/**
 * Pictures of every screen from a real run: a demo cinema with a crowd in it, walked through on each surface in each
 * language, each picture in each theme. Everything goes to `docs/screens/all`; three of them to `docs/screens` for
 * the README. `npm run screenshots`, or with the names of surfaces: `npm run screenshots -- kiosk phone`.
 */
import { spawnSync } from "node:child_process";
import { mkdirSync, readFileSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";
import type { Page as BrowserPage } from "playwright-core";
import { newTally, runCrowd } from "../../server/demo/crowd.ts";
import type { Page, Showtime, ShowtimeSeats } from "../../server/protocol/resources.ts";
import { api } from "../support/api.ts";
import { openBrowser, type TestBrowser } from "../support/browser.ts";
import { type Language, seenFrom, showTheme, signIn, THEMES, type Theme, type ViewportName } from "../support/pages.ts";
import { kioskCode, zoneWhereItIs } from "../support/pages-house.ts";
import { eventually } from "../support/poll.ts";
import { type ServerProcess, spawnServer } from "../support/process.ts";
import { openShopper, type Stage, signInAdmin } from "../support/purchase.ts";
import { type AtPicture, checklist, type Surface } from "./screens.ts";
import { walkAsStaff } from "./walk-console.ts";
import { walkAsGuest } from "./walk-guest.ts";
import { walkPeople } from "./walk-people.ts";
import { walkProgramme } from "./walk-programme.ts";

const FOLDER = "docs/screens";
const LANGUAGES: readonly Language[] = ["es", "en"];
const WALKS: readonly [ViewportName, Surface][] = [
  ["kiosk", "kiosk"],
  ["phone", "shop"],
  ["desktop", "shop"],
  ["console", "console"],
  ["console", "programme"],
  ["console", "people"],
];
const WALLS: readonly ViewportName[] = ["wall", "wall4k"];
/** What the README shows, at a width in CSS pixels that keeps each file small. */
const README: readonly (readonly [from: string, to: string, width: number])[] = [
  [pathOf("kiosk", "en", "dark", "seats-chosen"), "kiosk-seats.png", 720],
  [pathOf("wall", "en", "light", "wall"), "admin-wall.png", 1440],
  [pathOf("phone", "en", "dark", "order"), "phone-tickets.png", 390],
];
/** Five in the afternoon: some films are over, some run, the evening fills. */
const HOUR = 17;
const SEATS_SOLD = 900;
const FILLING_MS = 60_000;

function pathOf(viewport: ViewportName, language: Language, theme: Theme, picture: string): string {
  return join(FOLDER, "all", viewport, `${language}-${theme}`, `${picture}.png`);
}

async function main(): Promise<void> {
  spawnSync(process.execPath, ["scripts/build.mjs", "--if-needed"], { stdio: "inherit" });
  const wanted = process.argv.slice(2);
  const isWanted = (viewport: ViewportName) => wanted.length === 0 || wanted.includes(viewport);
  const env = { DEMO: "1", CINEMA_TIME_ZONE: zoneWhereItIs(HOUR), GUEST_SEATS_PER_NETWORK: "500", ORPHAN_RULE: "off" };
  const [server, browser] = await Promise.all([spawnServer(env), openBrowser()]);
  const stop = new AbortController();
  try {
    const crowd = await fill(server.url, stop.signal);
    for (const language of LANGUAGES) {
      for (const [viewport, surface] of WALKS)
        if (isWanted(viewport)) await takeWalk({ server, browser, viewport, surface, language });
      for (const viewport of WALLS) if (isWanted(viewport)) await takeWall({ server, browser, viewport, language });
    }
    stop.abort();
    await crowd.gone;
    if (wanted.length === 0) for (const picture of README) await shrink(browser, ...picture);
  } finally {
    stop.abort();
    await browser.close();
    await server.close();
  }
}

/** Sells a good part of the evening; some guests stay, so that seats are held in the pictures, too. */
async function fill(url: string, signal: AbortSignal): Promise<{ gone: Promise<void> }> {
  const tally = newTally();
  const rush = new AbortController();
  const quiet = () => {};
  const rushing = runCrowd({ url, guests: 120, seed: 3, haste: 60 }, tally, rush.signal, quiet);
  await eventually(() => tally.seatsSold >= SEATS_SOLD, FILLING_MS, "a cinema that fills").catch(quiet);
  rush.abort();
  await rushing;
  console.log(`${tally.seatsSold} seats sold`);
  return { gone: runCrowd({ url, guests: 40, seed: 5, haste: 2 }, tally, signal, quiet) };
}

interface Shoot {
  server: ServerProcess;
  browser: TestBrowser;
  viewport: ViewportName;
  language: Language;
}

async function takeWalk({ server, browser, viewport, surface, language }: Shoot & { surface: Surface }): Promise<void> {
  const page = await openPage(browser, viewport, language);
  const list = checklist(surface, shoot(page, viewport, language));
  const { url } = server;
  const { stage, free } = await busyShowtime(url);
  if (surface !== "kiosk" && surface !== "shop") {
    const walk = { page, url, showtimeId: stage.showtimeId, freeSeats: free.slice(0, 2), at: list.at };
    if (surface !== "console") await signIn(page, url);
    if (surface === "console") await walkAsStaff(walk);
    else await (surface === "programme" ? walkProgramme(walk) : walkPeople(walk));
  } else {
    const rival = await openShopper(url, stage);
    const enrolmentCode = await kioskCode(url, stage.adminToken);
    const takeSeat = async (seatId: string) => void (await rival.hold([seatId]));
    const { showtimeId } = stage;
    await walkAsGuest({ page, url, surface, language, showtimeId, enrolmentCode, takeSeat, at: list.at });
    rival.close();
  }
  await page.context().close();
  for (const fault of list.faults()) console.log(`${viewport} ${language}: ${fault}`);
}

async function takeWall({ server, browser, viewport, language }: Shoot): Promise<void> {
  const page = await openPage(browser, viewport, language);
  await signIn(page, server.url);
  await page.getByTestId("tile").first().waitFor();
  await shoot(page, viewport, language)("wall");
  await page.context().close();
}

async function openPage(browser: TestBrowser, viewport: ViewportName, language: Language): Promise<BrowserPage> {
  const options = { ...seenFrom(viewport, language), deviceScaleFactor: 1 };
  return (await browser.visitor(options)).newPage();
}

function shoot(page: BrowserPage, viewport: ViewportName, language: Language): AtPicture {
  return async (picture) => {
    const own = await page.evaluate<Theme>("document.documentElement.dataset.theme");
    for (const theme of [...THEMES.filter((one) => one !== own), own]) {
      await showTheme(page, theme);
      const path = pathOf(viewport, language, theme, picture);
      mkdirSync(dirname(path), { recursive: true });
      await page.screenshot({ path, animations: "disabled" });
    }
  };
}

async function shrink(browser: TestBrowser, from: string, to: string, width: number): Promise<void> {
  const page = await (await browser.visitor()).newPage();
  await page.setContent(`<img width="${width}" src="data:image/png;base64,${readFileSync(from, "base64")}">`);
  await page.locator("img").screenshot({ path: join(FOLDER, to) });
  await page.context().close();
}

/** A showtime of this evening that sells well and has seats left, a wheelchair space among them. */
async function busyShowtime(url: string): Promise<{ stage: Stage; free: string[] }> {
  const call = api(url);
  const adminToken = await signInAdmin(url);
  const from = new Date().toISOString();
  const until = new Date(Date.now() + 6 * 3_600_000).toISOString();
  const { body } = await call("GET", `/showtimes?from=${from}&to=${until}&status=on-sale&limit=200`);
  const { items } = body as Page<Showtime>;
  const distance = ({ counts, auditorium }: Showtime) =>
    auditorium.name === "Sala 2" ? Math.abs(counts.sold / counts.capacity - 0.4) : 1;
  const [showtime] = items.toSorted((a, b) => distance(a) - distance(b));
  if (showtime === undefined) throw new Error("nothing is on sale this evening");
  const seen = (await call("GET", `/showtimes/${showtime.id}/seats`)).body as ShowtimeSeats;
  const free = seen.layout.seats.filter(({ kind }, index) => seen.states[index] === "A" && kind === "standard");
  const [first, second] = showtime.prices.map(({ ticketTypeId }) => ticketTypeId);
  return {
    free: free.map(({ id }) => id),
    stage: {
      ...{ showtimeId: showtime.id, auditoriumId: showtime.auditoriumId, filmId: showtime.filmId, adminToken },
      ...{ adultId: first ?? "", childId: second ?? "", seats: seen.layout.seats.map(({ id }) => id) },
    },
  };
}

if (process.argv.slice(2).length === 0) rmSync(join(FOLDER, "all"), { recursive: true, force: true });
await main();
