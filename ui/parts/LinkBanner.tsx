import type { ReadonlySignal } from "@preact/signals";
import { useEffect, useState } from "preact/hooks";
import type { LinkStatus } from "../connection/link.ts";
import { useLook } from "../look.ts";
import type { UiWords } from "../words/es.ts";
import { LinkLostIcon } from "./icons.tsx";

/** Short cuts are healed before anybody needs to hear of them. */
const QUIET_MS = 1_200;

/** Says that the link is lost and how old the page is. Nothing while all is well. */
export function LinkBanner({ status }: { status: ReadonlySignal<LinkStatus> }) {
  const words = useLook().words.value;
  const [, tick] = useState(0);
  const link = status.value;
  useEffect(() => {
    if (link.status !== "offline") return;
    const timer = setInterval(() => tick((count) => count + 1), 1000);
    return () => clearInterval(timer);
  }, [link.status]);
  const age = link.status === "offline" ? Date.now() - link.since : 0;
  return (
    <div role="status" class="link-area">
      {link.status === "offline" && age >= QUIET_MS && (
        <p class="link-banner" data-testid="link-banner">
          <LinkLostIcon />
          {/* A screen reader hears of the loss once, not of every second. */}
          <span aria-hidden="true">{words.linkLost(ageText(age, words))}</span>
          <span class="hidden">{words.linkLost(ageText(0, words))}</span>
        </p>
      )}
    </div>
  );
}

/** "40 s", "3 min". */
export function ageText(ms: number, words: UiWords): string {
  const seconds = Math.round(ms / 1000);
  return seconds < 90 ? words.ageSeconds(seconds) : words.ageMinutes(Math.round(seconds / 60));
}
