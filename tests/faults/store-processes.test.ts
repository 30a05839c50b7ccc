import { afterEach, describe, expect, it } from "vitest";
import { tempStore } from "../support/store.ts";
import { storeProcess } from "../support/store-process.ts";

describe("one DATA_DIR, several processes", () => {
  const endings: (() => Promise<unknown>)[] = [];
  afterEach(async () => {
    for (const end of endings.splice(0).reverse()) await end();
  });

  /** Lets three processes race, and answers for each round how many won, and how many documents each saw at the end. */
  const race = async (role: string) => {
    const { dataDir, cleanUp } = await tempStore();
    endings.push(cleanUp);
    const racers = [0, 1, 2].map(() => storeProcess(role, dataDir));
    for (const racer of racers) endings.push(() => racer.end("SIGKILL"));
    for (const racer of racers) expect(await racer.says(1)).toBe("ready");
    for (const racer of racers) racer.tell(String(Date.now() + 100));
    for (const racer of racers) await racer.ended();
    const lines = racers.flatMap((racer) => racer.lines());
    const winners = Array.from({ length: 40 }, (_, round) => lines.filter((line) => line === `won ${round}`).length);
    return { winners, last: lines.filter((line) => line.startsWith("sees")).at(-1) };
  };

  it("[S12] of three processes that claim one seat at one time exactly one gets it", async () => {
    const { winners, last } = await race("racer");
    expect(winners).toEqual(winners.map(() => 1));
    expect(last).toBe("sees 40");
  });

  it("[S12] negative control: without the unique index several get it", async () => {
    const { winners } = await race("careless");
    expect(winners.some((count) => count > 1)).toBe(true);
  });
});
