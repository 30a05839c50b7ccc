import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { createReports } from "../../kiosk/src/state/report.ts";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

it("[U90] a kiosk tells its version, link and printer every minute, a printer's news at once, nothing between visits", () => {
  const told: unknown[] = [];
  const state = { visit: true, linked: true };
  const call = async (_method: string, _path: string, options: { body: unknown }) => {
    told.push(options.body);
    return { ok: true };
  };
  const reports = createReports({
    api: { call } as never,
    version: () => "1.2.3",
    hasToken: () => state.visit,
    isLinked: () => state.linked,
  });
  vi.advanceTimersByTime(60_000);
  reports.printed("failed");
  reports.printed("failed");
  state.linked = false;
  reports.printed("printed");
  state.visit = false;
  vi.advanceTimersByTime(60_000);
  const appVersion = "1.2.3";
  expect(told).toEqual([
    { appVersion, link: "ok", printer: undefined },
    { appVersion, link: "ok", printer: "failed" },
    { appVersion, link: "warning", printer: "ok" },
  ]);
});
