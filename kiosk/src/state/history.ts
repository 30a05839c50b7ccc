import { effect, type ReadonlySignal } from "@preact/signals";
import { fromHash, toHash } from "./address.ts";
import type { Screen } from "./screen.ts";

interface AddressDeps {
  screen: ReadonlySignal<Screen>;
  /** May ask first, and then stay where it is. */
  goTo(screen: Screen): void;
}

/** Ties the web shop to the address bar: the browser's way back asks before seats are lost, too. */
export function keepAddress({ screen, goTo }: AddressDeps): void {
  const shown = () => location.hash || "#/";
  goTo(fromHash(shown()));
  history.replaceState(null, "", toHash(screen.peek()));
  effect(() => {
    const hash = toHash(screen.value);
    if (hash === shown()) return;
    // A paid order takes the place of its payment: the way back must not lead into it again.
    if (screen.value.at === "order") history.replaceState(null, "", hash);
    else history.pushState(null, "", hash);
  });
  window.addEventListener("popstate", () => {
    goTo(fromHash(shown()));
    const hash = toHash(screen.peek());
    if (hash !== shown()) history.pushState(null, "", hash);
  });
}
