/**
 * The composition root of the web shop (`/`) and the kiosk (`/kiosk`): one app, two surfaces.
 *
 * Promises: something readable on screen whatever happens; a kiosk that broke starts again by itself.
 * Must never be imported.
 */
import { render } from "preact";
import "../../ui/theme/index.css";
import "./styles/index.css";
import { createLook, LookContext } from "../../ui/look.ts";
import { FailureBoundary, FailurePanel } from "../../ui/parts/FailurePanel.tsx";
import { createNotices, NoticesContext } from "../../ui/parts/Notices.tsx";
import { App } from "./App.tsx";
import { ShopContext } from "./parts/context.ts";
import { createShop, type Mode } from "./state/shop.ts";

/** A kiosk has nobody to press the button. */
const RESTART_AFTER_MS = 10_000;

const restart = () => location.reload();
const root = document.getElementById("app") ?? document.body;
const mode: Mode = /^\/kiosk(\/|$)/.test(location.pathname) ? "kiosk" : "shop";

function fail(): void {
  if (mode === "kiosk") setTimeout(restart, RESTART_AFTER_MS);
}

try {
  // A kiosk remembers nothing of its guests; at home the tab may remember theme and language.
  const look = createLook({ surface: mode, memory: mode === "shop" ? localStorage : undefined });
  const notices = createNotices();
  const shop = createShop({ mode, look, notices });
  render(
    <FailureBoundary onRestart={restart} onFailure={fail}>
      <LookContext.Provider value={look}>
        <NoticesContext.Provider value={notices}>
          <ShopContext.Provider value={shop}>
            <App />
          </ShopContext.Provider>
        </NoticesContext.Provider>
      </LookContext.Provider>
    </FailureBoundary>,
    root,
  );
  shop.start().catch(() => {
    render(<FailurePanel onRestart={restart} />, root);
    fail();
  });
} catch {
  render(<FailurePanel onRestart={restart} />, root);
  fail();
}
