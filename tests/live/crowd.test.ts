import { spawn } from "node:child_process";
import { once } from "node:events";
import { text } from "node:stream/consumers";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { newTally, runCrowd } from "../../server/demo/crowd.ts";
import type { Page, Showtime } from "../../server/protocol/resources.ts";
import { eventually } from "../support/poll.ts";
import { startServer, type TestServer } from "../support/server.ts";

let server: TestServer;

beforeAll(async () => {
  server = await startServer({ DEMO: "1", RATE_LIMITS: "on" });
});
afterAll(() => server.close());

async function seats(state: "held" | "sold"): Promise<number> {
  const answer = await fetch(`${server.url}/api/v1/showtimes?limit=200`);
  const { items } = (await answer.json()) as Page<Showtime>;
  return items.reduce((sum, { counts }) => sum + counts[state], 0);
}

describe("the crowd in a running cinema", () => {
  it("holds and buys as guests do, within the limits of guests, and lets go when it is sent home", async () => {
    const tally = newTally();
    const stop = new AbortController();
    const lines: string[] = [];
    const crowd = { url: server.url, guests: 20, seed: 7, haste: 20 };
    const running = runCrowd(crowd, tally, stop.signal, (line) => lines.push(line));
    await eventually(() => tally.seatsSold >= 20 && tally.declined > 0, 60_000);
    expect(await seats("sold")).toBeGreaterThanOrEqual(tally.seatsSold - 4);
    stop.abort();
    await running;
    expect(lines.at(-1)).toContain(`sold ${tally.seatsSold} in ${tally.orders} orders`);
    // Who walked away keeps up to four seats until their time is over; payments under way come to their end
    await eventually(async () => (await seats("held")) <= 4 * tally.walkedAway, 20_000);
    expect(await seats("sold")).toBeGreaterThanOrEqual(tally.seatsSold);
  }, 120_000);

  it("says in one line that no server is there", async () => {
    const script = new URL("../../server/demo/crowd.ts", import.meta.url).pathname;
    const child = spawn(process.execPath, ["--import", "tsx", script, "--url", "http://127.0.0.1:9"]);
    const [said, [code]] = await Promise.all([text(child.stdout), once(child, "exit")]);
    expect(said).toBe(
      "crowd: no server answers at http://127.0.0.1:9: start one with npm start, or name it with --url\n",
    );
    expect(code).toBe(1);
  });
});
