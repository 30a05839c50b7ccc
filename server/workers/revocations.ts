import type { Identity } from "../identity/identity.ts";

/** Revocations made on another server count here after this time at most; tokens have to die within 5 s. */
const POLL_EVERY_MS = 2_000;
/** Dead sessions and revocations are thrown away this often; nobody waits for it. */
const SWEEP_EVERY_MS = 10 * 60 * 1000;

export interface RevocationsWorker {
  /** No round begins after this; the one under way is waited for. */
  stop(): Promise<void>;
}

/** Keeps this server's list of revocations current. A round that fails is told to `onFailure` and tried again. */
export function startRevocations(
  { revocations, sweep }: Pick<Identity, "revocations" | "sweep">,
  onFailure: (error: unknown) => void,
): RevocationsWorker {
  const poll = repeat(POLL_EVERY_MS, revocations.poll, onFailure);
  const sweeping = repeat(SWEEP_EVERY_MS, sweep, onFailure);
  return {
    async stop() {
      await Promise.all([poll.stop(), sweeping.stop()]);
    },
  };
}

/** One round after the other, never two at once. */
function repeat(everyMs: number, round: () => Promise<void>, onFailure: (error: unknown) => void): RevocationsWorker {
  let stopped = false;
  let running: Promise<void> = Promise.resolve();
  let timer = next();
  function next(): NodeJS.Timeout {
    return setTimeout(() => {
      running = round()
        .catch(onFailure)
        .then(() => {
          if (!stopped) timer = next();
        });
    }, everyMs).unref();
  }
  return {
    async stop() {
      stopped = true;
      clearTimeout(timer);
      await running;
    },
  };
}
