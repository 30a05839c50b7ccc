import type { ComponentChildren } from "preact";
import { useEffect, useLayoutEffect, useRef } from "preact/hooks";
import type { CustomerSession } from "../../../ui/connection/customer.ts";
import { DisplayMenu } from "../../../ui/parts/DisplayMenu.tsx";
import { BackIcon, CloseIcon, PersonIcon } from "../../../ui/parts/icons.tsx";
import { LinkBanner } from "../../../ui/parts/LinkBanner.tsx";
import { useShop, useWords } from "./context.ts";
import { Progress } from "./Progress.tsx";

export interface FrameProps {
  title: string;
  /** Names the screen for styles and tests. */
  name: string;
  /** A line under the title. */
  intro?: ComponentChildren;
  /** Whether there is a way back from here. */
  back?: boolean;
  /** What stays in thumb reach at the bottom. */
  dock?: ComponentChildren;
  children: ComponentChildren;
}

/** The frame of every screen of a purchase: brand, progress, title, content, dock, and the fixed corner. */
export function Frame({ title, name, intro, back = false, dock, children }: FrameProps) {
  const shop = useShop();
  const words = useWords();
  const heading = useRef<HTMLHeadingElement>(null);
  // Before the screen is seen: a key pressed on it must not find the focus moved afterwards.
  useLayoutEffect(() => {
    heading.current?.focus({ preventScroll: true });
    scrollTo(0, 0);
  }, []);
  const cinemaName = shop.config.value?.cinemaName ?? "Butaca";
  useEffect(() => {
    document.title = `${title} · ${cinemaName}`;
  }, [title, cinemaName]);
  return (
    <div class={`frame frame-${name}`} data-testid={`screen-${name}`}>
      <LinkBanner status={shop.link.status} />
      <header class="top">
        <p class="brand">
          <Mark />
          <span>{cinemaName}</span>
        </p>
        <Progress />
      </header>
      <main class="stage">
        <div class="stage-head">
          {back && (
            <button
              type="button"
              class="icon-button back"
              aria-label={words.back}
              data-testid="back"
              onClick={() => shop.go({ to: "back" })}
            >
              <BackIcon />
            </button>
          )}
          <div>
            <h1 ref={heading} tabIndex={-1}>
              {title}
            </h1>
            {intro && <div class="intro">{intro}</div>}
          </div>
        </div>
        {children}
      </main>
      {dock && (
        <section class="dock" aria-label={words.yourSeats}>
          {dock}
        </section>
      )}
      <div class="corner">
        <DisplayMenu />
        {shop.customer && <AccountButton customer={shop.customer} />}
        {shop.mode === "kiosk" && (
          <button
            type="button"
            class="corner-button"
            data-testid="start-over"
            onClick={() => shop.go({ to: "attract" })}
          >
            <CloseIcon />
            <span>{words.startOver}</span>
          </button>
        )}
      </div>
    </div>
  );
}

/** The way into one's account; in the middle of a purchase without leaving it. */
function AccountButton({ customer }: { customer: CustomerSession }) {
  const shop = useShop();
  const words = useWords();
  const user = customer.user.value;
  return (
    <button
      type="button"
      class="corner-button account-button"
      aria-label={user ? words.accountOf(user.name) : words.signIn}
      data-testid="account"
      onClick={() => (user ? shop.go({ to: "account", page: "purchases" }) : shop.askEnter("login"))}
    >
      <PersonIcon />
      <span>{user ? user.name.split(" ")[0] : words.signIn}</span>
    </button>
  );
}

/** The house's own mark: one lit seat. */
export function Mark() {
  return (
    <svg class="mark" viewBox="0 0 32 32" aria-hidden="true">
      <path d="M9 7a4 4 0 0 1 4-4h6a4 4 0 0 1 4 4v8a3 3 0 0 1-3 3h-8a3 3 0 0 1-3-3z" />
      <path d="M4 13.500a2 2 0 0 1 4 0V18a4 4 0 0 0 4 4h8a4 4 0 0 0 4-4v-4.500a2 2 0 0 1 4 0V20a8 8 0 0 1-8 8h-8a8 8 0 0 1-8-8z" />
    </svg>
  );
}
