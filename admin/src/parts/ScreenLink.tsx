import type { ComponentChildren } from "preact";
import { useDesk } from "../desk.ts";
import { pathOf, type Screen } from "../state/route.ts";

interface ScreenLinkProps {
  to: Screen;
  children: ComponentChildren;
  current?: boolean;
  class?: string;
  testId?: string;
  label?: string;
  tabindex?: number;
  /** Instead of going there at once. */
  onGo?: () => void;
}

/** A link to another screen: opens in place, and in a new tab when asked to. */
export function ScreenLink({ to, children, current, class: look, testId, label, tabindex, onGo }: ScreenLinkProps) {
  const { route } = useDesk();
  return (
    <a
      href={pathOf(to)}
      class={look}
      aria-current={current ? "page" : undefined}
      aria-label={label}
      tabindex={tabindex}
      data-testid={testId}
      onClick={(event) => {
        if (event.metaKey || event.ctrlKey || event.shiftKey || event.button !== 0) return;
        event.preventDefault();
        if (onGo) onGo();
        else route.go(to);
      }}
    >
      {children}
    </a>
  );
}
