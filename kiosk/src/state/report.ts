import type { DeviceHealth } from "../../../server/protocol/resources.ts";
import type { Api } from "../../../ui/connection/api.ts";
import type { PaymentState } from "./payment.ts";

/** Tells the house how this kiosk is, so that somebody comes before a guest complains. */
export interface Reports {
  /** What became of the last ticket on paper; told at once when it is news. */
  printed(outcome: "printed" | "failed"): void;
  /** How the payment under way stands: whether the provider answered at the last purchase; told at once when it is news. */
  paying(status: PaymentState): void;
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

type Known = Pick<Required<DeviceHealth>, "printer" | "paper" | "payment">;

export function createReports({ api, version, hasToken, isLinked }: ReportsDeps): Reports {
  /** Nothing is known before it was tried. A browser never hears of paper: only that a print did not come about. */
  let known: Known = { printer: "unknown", paper: "unknown", payment: "unknown" };
  const provider = createProviderWatch();

  function tell(): void {
    if (!hasToken()) return;
    const link = isLinked() ? "ok" : "warning";
    // One that is lost is followed by another: nothing depends on it.
    void api.call("PUT", "/devices/me/health", { body: { appVersion: version(), link, ...known } });
  }

  function learn(news: Partial<Known>): void {
    const now = { ...known, ...news };
    if (now.printer === known.printer && now.payment === known.payment) return;
    known = now;
    tell();
  }

  setInterval(tell, EVERY_MS);
  return {
    printed: (outcome) => learn({ printer: outcome === "printed" ? "ok" : "failed" }),
    paying(status) {
      const payment = provider.hear(status);
      if (payment !== null) learn({ payment });
    },
  };
}

/** What the course of a payment says of the provider; null: nothing new. */
function createProviderWatch() {
  /** Asked in this payment, without a word from it. */
  let isSilent = false;

  function hear(status: PaymentState): "ok" | "failed" | null {
    switch (status.state) {
      case "sending":
        isSilent = false;
        return null;
      case "waiting":
        isSilent = status.order.payment.nextAction === undefined;
        return isSilent ? null : "ok";
      case "confirmed":
        return "ok";
      case "ready":
        return status.problem === undefined ? null : status.problem === "declined" ? "ok" : "failed";
      case "ended":
        // A buyer who gives up says nothing of the provider; a time that ran out without a word does.
        return status.reason === "expired" && isSilent ? "failed" : null;
      default:
        return status satisfies never;
    }
  }

  return { hear };
}
