import type { Audit } from "../audit/audit.ts";
import { type Loop, repeat } from "./repeat.ts";

/** The most that a crash loses of denials. */
const FLUSH_EVERY_MS = 1_000;

/** Writes the denials that were counted; the last of them when it is stopped. */
export function startAudit({ flush }: Pick<Audit, "flush">, onFailure: (error: unknown) => void): Loop {
  const loop = repeat(FLUSH_EVERY_MS, flush, onFailure);
  return {
    async stop() {
      await loop.stop();
      await flush();
    },
  };
}
