import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { PaymentState } from "../../kiosk/src/state/payment.ts";
import { createReports } from "../../kiosk/src/state/report.ts";
import type { Order } from "../../server/protocol/resources.ts";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

function kiosk() {
  const told: { link: string; printer: string; paper: string; payment: string; appVersion: string }[] = [];
  const state = { visit: true, linked: true };
  const call = async (_method: string, _path: string, options: { body: (typeof told)[number] }) => {
    told.push(options.body);
    return { ok: true };
  };
  const reports = createReports({
    api: { call } as never,
    version: () => "1.2.3",
    hasToken: () => state.visit,
    isLinked: () => state.linked,
  });
  return { reports, told, state };
}

it("[U90] a kiosk tells its version, link and printer every minute, a printer's news at once, nothing between visits", () => {
  const { reports, told, state } = kiosk();
  vi.advanceTimersByTime(60_000);
  reports.printed("failed");
  reports.printed("failed");
  state.linked = false;
  reports.printed("printed");
  state.visit = false;
  vi.advanceTimersByTime(60_000);
  const rest = { appVersion: "1.2.3", paper: "unknown", payment: "unknown" };
  expect(told).toEqual([
    { ...rest, link: "ok", printer: "unknown" },
    { ...rest, link: "ok", printer: "failed" },
    { ...rest, link: "warning", printer: "ok" },
  ]);
});

describe("[U91] what a kiosk says of its payments", () => {
  const order = (payment: object = {}) => ({ payment }) as unknown as Order;
  const waiting = { state: "waiting", order: order(), askedAt: 0 } as const;
  const challenged = { ...waiting, order: order({ nextAction: { type: "redirect", url: "/" } }) } as const;
  const [sending, expired] = [{ state: "sending" }, { state: "ended", reason: "expired" }] as const;

  it.each<[string, PaymentState[], string[]]>([
    ["taken", [sending, waiting, { state: "confirmed", order: order() }], ["ok"]],
    ["declined", [sending, waiting, { state: "ready", problem: "declined" }], ["ok"]],
    ["sent to a page that nobody opens", [sending, waiting, challenged, expired], ["ok"]],
    ["without a word in time", [sending, waiting, expired], ["failed"]],
    ["out of reach", [sending, { state: "ready", problem: "unreachable" }], ["failed"]],
    ["given up by the buyer", [sending, waiting, { state: "ended", reason: "cancelled" }], []],
    ["too late to be asked for", [sending, waiting, challenged, sending, expired], ["ok"]],
    ["lost and found", [sending, waiting, expired, sending, challenged, sending, challenged], ["failed", "ok"]],
  ])("%s", (_what, course, payments) => {
    const { reports, told } = kiosk();
    for (const status of course) reports.paying(status);
    expect(told.map(({ payment }) => payment)).toEqual(payments);
  });
});
