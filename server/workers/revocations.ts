import type { Identity } from "../identity/identity.ts";
import { type Loop, repeat } from "./repeat.ts";

/** Between two looks. Revocations made on another server count here within 2 s, the look itself included. */
const POLL_EVERY_MS = 1_500;
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
