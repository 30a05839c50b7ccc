import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { visitor, walkStory } from "../browser/walk-story.ts";
import { browserMissing, openBrowser, PATIENCE_MS, type TestBrowser } from "../support/browser.ts";
import { hasTime } from "../support/counts.ts";
import { seatLooks } from "../support/pages.ts";
import { furnish, zoneWhereItIs } from "../support/pages-house.ts";
import type { ServerProcess } from "../support/process.ts";
import { openShopper, type Stage, signInAdmin } from "../support/purchase.ts";
import { type Cluster, hasCluster, openCluster, rest } from "../support/purchase-cluster.ts";

const WINDOW_S = 6;

describe.skipIf(browserMissing || !hasCluster || !hasTime)(
  "one cinema on two servers",
  { timeout: PATIENCE_MS },
  () => {
    let cluster: Cluster;
    let browser: TestBrowser;
    let [a, b] = [] as unknown as [ServerProcess, ServerProcess];
    let stage: Stage;

    beforeAll(async () => {
      const env = { CINEMA_TIME_ZONE: zoneWhereItIs(12), PAYMENT_WINDOW_S: `${WINDOW_S}` };
      [cluster, browser] = await Promise.all([openCluster({ env }), openBrowser()]);
      [a, b] = cluster.servers as [ServerProcess, ServerProcess];
      stage = await furnish(a.url, await signInAdmin(a.url));
    }, PATIENCE_MS);
    afterAll(async () => {
      await browser?.close();
      await cluster?.close();
    });

    it("[C61] a guest buys on one server; another guest and the wall, on the other, see it as it happens", async () => {
      const urls = { guest: a.url, other: b.url, wall: b.url };
      await walkStory({ browser, urls, showtime: { id: stage.showtimeId, capacity: stage.seats.length } });
      expect((await rest(b.url, stage, cluster.provider, 5_000)).faults).toEqual([]);
    });

    it("[C60] a server is killed with orders that wait for their bank: the other ends them, and all books agree", async () => {
      const viewer = await visitor(browser, ["desktop"]);
      await viewer.page.goto(`${b.url}/#/seats/${stage.showtimeId}`);
      for (const seat of ["A1", "A2", "A3"]) await seatLooks(viewer.page, seat, "free");
      const buyers = await Promise.all(
        ["sim_silent", "sim_slow", "sim_challenge"].map(() => openShopper(a.url, stage)),
      );
      const [silent, slow, challenged] = buyers as [(typeof buyers)[0], (typeof buyers)[0], (typeof buyers)[0]];
      const orders = await Promise.all([
        silent.buy(["A1"], { card: "sim_silent" }),
        slow.buy(["A2"], { card: "sim_slow" }),
        challenged.buy(["A3"], { card: "sim_challenge" }),
      ]);
      const boughtAt = Date.now();
      await a.end("SIGKILL");
      for (const buyer of buyers) buyer.close();
      const { orders: ended, faults } = await rest(b.url, stage, cluster.provider, (WINDOW_S + 10) * 1000);
      console.log(`ended by the other server ${((Date.now() - boughtAt) / 1000).toFixed(1)} s after they were made`);
      expect(faults).toEqual([]);
      const statuses = orders.map(({ id }) => ended.find((order) => order.id === id)?.status);
      expect(statuses).toEqual(["expired", "confirmed", "expired"]);
      await seatLooks(viewer.page, "A2", "sold");
      for (const seat of ["A1", "A3"]) await seatLooks(viewer.page, seat, "free");
      expect(viewer.complaints).toEqual([]);
    });
  },
);
