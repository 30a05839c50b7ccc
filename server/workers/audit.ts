import type { Audit } from "../audit/audit.ts";
import type { ClaimedChain } from "../audit/slots.ts";
import { type Loop, repeat } from "./repeat.ts";

/** The most that a crash loses of denials. */
const FLUSH_EVERY_MS = 1_000;
/** What is cut off another server's chain within this time shows by that server's own note alone. */
const ANCHOR_EVERY_MS = 60_000;

/**
 * Writes the denials that were counted, and the heads of the other servers' chains into this one's; once more when
 * it is stopped, then lets go of the chain.
 */
export function startAudit(
  { flush, anchor }: Pick<Audit, "flush" | "anchor">,
  chain: ClaimedChain,
  onFailure: (error: unknown) => void,
): Loop {
  const loops = [repeat(FLUSH_EVERY_MS, flush, onFailure), repeat(ANCHOR_EVERY_MS, anchor, onFailure)];
  return {
    async stop() {
      await Promise.all(loops.map((loop) => loop.stop()));
      try {
        await anchor();
        await flush();
        await chain.release();
      } catch (error) {
        // A store that is gone must not keep the server from closing; the next one takes the chain over.
        onFailure(error);
      }
    },
  };
}
