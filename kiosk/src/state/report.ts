import type { DeviceHealth } from "../../../server/protocol/resources.ts";
import type { Api } from "../../../ui/connection/api.ts";

/** Tells the house how this kiosk is, so that somebody comes before a guest complains. */
export interface Reports {
  /** What became of the last ticket on paper; told at once when it is news. */
  printed(outcome: "printed" | "failed"): void;
}

interface ReportsDeps {
  api: Pick<Api, "call">;
  /** Of the app, once known. */
  version(): string | undefined;
  /** False between two visits: then there is nobody to speak as. */
  hasToken(): boolean;
  /** Whether seats are live on this screen. */
  isLinked(): boolean;
}

/** Often enough for "seen a minute ago"; a hundred kiosks are two requests a second. */
const EVERY_MS = 60_000;

export function createReports({ api, version, hasToken, isLinked }: ReportsDeps): Reports {
  let printer: DeviceHealth["printer"];

  function tell(): void {
    if (!hasToken()) return;
    const link = isLinked() ? "ok" : "warning";
    // One that is lost is followed by another: nothing depends on it.
    void api.call("PUT", "/devices/me/health", { body: { appVersion: version(), link, printer } });
  }

  setInterval(tell, EVERY_MS);
  return {
    printed(outcome) {
      const now = outcome === "printed" ? "ok" : "failed";
      if (now === printer) return;
      printer = now;
      tell();
    },
  };
}
