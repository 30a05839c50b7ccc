import { type AttemptState, type Charge, type PaymentProvider, ProviderUnavailable } from "../port.ts";
import { readCallback } from "./callbacks.ts";
import { cardOf } from "./cards.ts";

export interface SimulatedClientDeps {
  /** Where the provider's process listens. */
  url: string;
  /** The cinema's account: what it signs in with, and what callbacks to it are signed with. */
  secret: string;
  /** Where callbacks go; left out, none come and the cinema has to ask. */
  callbackUrl?: string;
}

/** Longest wait for the answer to a charge: a bank may be slow, a buyer is still looking. */
const CHARGE_TIMEOUT_MS = 10_000;
/** Longest wait for any other answer. */
const ASK_TIMEOUT_MS = 2_000;
/** After a failure the provider counts as down for this long, then the next call finds out. */
const DOWN_MS = 1_000;

/** The simulated provider as a process of its own. Same promises as in-process. */
export function createSimulatedClient({ url, secret, callbackUrl }: SimulatedClientDeps): PaymentProvider {
  let failedAt = Number.NEGATIVE_INFINITY;
  const closing = new AbortController();
  const callback = callbackUrl === undefined ? undefined : { url: callbackUrl, secret };

  async function ask(method: "GET" | "POST", path: string, timeoutMs: number, body?: object): Promise<AttemptState> {
    try {
      const response = await fetch(new URL(path, url), {
        method,
        headers: { authorization: `Bearer ${secret}`, ...(body && { "content-type": "application/json" }) },
        ...(body && { body: JSON.stringify(body) }),
        signal: AbortSignal.any([closing.signal, AbortSignal.timeout(timeoutMs)]),
      });
      if (!response.ok) throw new Error(`the provider answered ${response.status}`);
      const state = (await response.json()) as AttemptState;
      failedAt = Number.NEGATIVE_INFINITY;
      return state;
    } catch (error) {
      // A slow charge says nothing about the provider's health; a refused connection does.
      if (timeoutMs !== CHARGE_TIMEOUT_MS || !isTimeout(error)) failedAt = performance.now();
      throw new ProviderUnavailable(error instanceof Error ? error.message : String(error), { cause: error });
    }
  }

  const path = (attemptId: string) => `/attempts/${encodeURIComponent(attemptId)}`;
  return {
    name: "simulated",
    accepts: (token) => cardOf(token) !== null,
    charge: (charge: Charge) => ask("POST", "/charges", CHARGE_TIMEOUT_MS, { ...charge, callback }),
    lookup: (attemptId) => ask("GET", path(attemptId), ASK_TIMEOUT_MS),
    cancel: (attemptId) => ask("POST", `${path(attemptId)}/cancel`, ASK_TIMEOUT_MS, {}),
    refund: (refund) => ask("POST", "/refunds", ASK_TIMEOUT_MS, refund),
    readCallback: (body, headers) => readCallback(secret, body, headers, Date.now()),
    healthy: () => performance.now() - failedAt > DOWN_MS,
    async close() {
      closing.abort();
    },
  };
}

function isTimeout(error: unknown): boolean {
  return error instanceof Error && error.name === "TimeoutError";
}
