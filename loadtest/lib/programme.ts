/** What is on sale, and what each scenario needs to know of it: read once, before anybody comes. */
import exec from "k6/execution";
import http from "k6/http";
import type { Page, Price, Seat, Showtime, ShowtimeSeats } from "../../server/protocol/resources.ts";
import { call } from "./http.ts";
import { baseUrl } from "./options.ts";

/** A showtime that can be bought from. */
export interface Offer {
  showtimeId: string;
  prices: Price[];
  seats: Seat[];
}

/** How far ahead showtimes are offered, and which are too near to last for a test, in milliseconds. */
const AHEAD_MS = 48 * 3_600_000;
const HURRY_MS = 10 * 60_000;
const KNOCK_MS = 3_000;

/** The soonest showtimes on sale, at most so many. Ends the whole run in one clear line when there is nothing to test. */
export async function readOffers(most: number): Promise<Offer[]> {
  await knock();
  const from = new Date(Date.now() + HURRY_MS).toISOString();
  const to = new Date(Date.now() + AHEAD_MS).toISOString();
  const page = await read<Page<Showtime>>(`/showtimes?status=on-sale&limit=200&from=${from}&to=${to}`);
  const offers: Offer[] = [];
  for (const { id, prices } of page.items.filter(({ counts }) => counts.available > 0).slice(0, most)) {
    const { layout } = await read<ShowtimeSeats>(`/showtimes/${id}/seats`);
    offers.push({ showtimeId: id, prices, seats: layout.seats });
  }
  if (offers.length === 0) stop(`nothing is on sale at ${baseUrl()} in the next two days`);
  return offers;
}

/** Ends the run unless a server is there and ready. */
async function knock(): Promise<void> {
  const { status } = await http.asyncRequest("GET", `${baseUrl()}/health/ready`, null, { timeout: KNOCK_MS });
  if (status === 0) stop(`no server answers at ${baseUrl()}`);
  if (status !== 200) stop(`the server at ${baseUrl()} is not ready: ${status}`);
}

async function read<T>(path: string): Promise<T> {
  const answer = await call<T>("GET", path);
  return answer.ok ? answer.body : stop(`GET ${path} answered ${answer.status}`);
}

function stop(why: string): never {
  exec.test.abort(`loadtest: ${why}`);
  throw new Error(why);
}
