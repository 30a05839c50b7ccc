import type { Identity } from "../identity/identity.ts";
import { type Loop, repeat } from "./repeat.ts";

/** Revocations made on another server count here after this time at most; tokens have to die within 5 s. */
const POLL_EVERY_MS = 2_000;
/** Dead sessions and revocations are thrown away this often; nobody waits for it. */
const SWEEP_EVERY_MS = 10 * 60 * 1000;

/** Keeps this server's list of revocations current. */
export function startRevocations(
  { revocations, sweep }: Pick<Identity, "revocations" | "sweep">,
  onFailure: (error: unknown) => void,
): Loop {
  const loops = [repeat(POLL_EVERY_MS, revocations.poll, onFailure), repeat(SWEEP_EVERY_MS, sweep, onFailure)];
  return {
    async stop() {
      await Promise.all(loops.map((loop) => loop.stop()));
    },
  };
}
