import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { eventually } from "../support/poll.ts";
import { openShopper, type Shopper, type Stage, setStage } from "../support/purchase.ts";
import { startServer, type TestServer } from "../support/server.ts";

describe("figures for the operator", () => {
  let server: TestServer;
  let stage: Stage;
  let shopper: Shopper;
  beforeAll(async () => {
    server = await startServer({ PAYMENT_WINDOW_S: "4" });
    stage = await setStage(server.url);
    shopper = await openShopper(server.url, stage);
  });
  afterAll(async () => {
    shopper.close();
    await server.close();
  });

  /** The value of one series as Prometheus would read it; undefined when there is none. */
  async function figure(series: string): Promise<number | undefined> {
    const text = await (await fetch(`${server.url}/metrics`)).text();
    const line = text.split("\n").find((each) => each.startsWith(`${series} `));
    return line === undefined ? undefined : Number(line.slice(series.length));
  }

  it("[O75] holds and refusals are counted by event and code, on sockets and over HTTP", async () => {
    const rival = await openShopper(server.url, stage);
    const hold = await shopper.hold(["A1"]);
    await expect(rival.hold(["A1"])).rejects.toThrow("seat_taken");
    expect(await figure('butaca_live_answers_total{event="seats:hold",code="ok"}')).toBe(1);
    expect(await figure('butaca_live_answers_total{event="seats:hold",code="seat_taken"}')).toBe(1);
    await rival.socket.raw("__proto__", {});
    expect(await figure('butaca_live_answers_total{event="unknown",code="invalid_request"}')).toBe(1);
    await rival.order({ ...hold, token: "hld_nobodys" });
    expect(await figure('butaca_http_refusals_total{code="hold_expired"}')).toBe(1);
    rival.close();
    await shopper.socket.do("seats:release", { requestId: "enough", showtimeId: stage.showtimeId });
  });

  it("[O76] orders are counted once by each status, and those still open are told from those that wait too long", async () => {
    const counted = async (status: string) => (await figure(`butaca_orders_total{status="${status}"}`)) ?? Number.NaN;
    const statuses = ["pending", "confirmed", "declined", "expired"];
    const before = await Promise.all(statuses.map(counted));
    const paid = await shopper.buy(["B1"]);
    expect((await shopper.get(paid.id, 5)).status).toBe("confirmed");
    const declined = await shopper.buy(["B2"], { card: "sim_decline" });
    expect((await shopper.get(declined.id, 5)).status).toBe("declined");
    await shopper.socket.do("seats:release", { requestId: "again", showtimeId: stage.showtimeId });
    const left = await shopper.buy(["B3"], { card: "sim_challenge" });
    await eventually(async () => ((await figure("butaca_orders_open")) ?? 0) >= 1);
    expect((await shopper.get(left.id, 10)).status).toBe("expired");
    const grown = (await Promise.all(statuses.map(counted))).map((count, at) => count - (before[at] ?? 0));
    expect(grown).toEqual([3, 1, 1, 1]);
    await eventually(async () => (await figure("butaca_orders_open")) === 0);
    expect(await figure("butaca_orders_due")).toBe(0);
    expect(await figure("butaca_orders_due_age_seconds")).toBe(0);
  });

  it("[O77] each part that readiness looks at has a figure of its own", async () => {
    const ready = await (await fetch(`${server.url}/health/ready`)).json();
    expect(ready.parts.length).toBeGreaterThan(2);
    for (const part of ready.parts) expect(await figure(`butaca_part_up{part="${part}"}`), part).toBe(1);
    expect(await figure("butaca_live_resyncs_total")).toBe(0);
  });
});
