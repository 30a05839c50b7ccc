import type { ComponentChildren } from "preact";
import { useLayoutEffect, useRef } from "preact/hooks";
import { BackIcon, PlusIcon } from "../../../ui/parts/icons.tsx";
import "../styles/managing.css";
import "../styles/forms.css";
import { useDesk } from "../desk.ts";
import { useKeys } from "../state/keys.ts";
import type { Screen } from "../state/route.ts";
import { useManagingWords } from "../words/use.ts";
import { ScreenLink } from "./ScreenLink.tsx";

interface SectionHeadProps {
  title: string;
  /** The way back to the list. */
  back?: Screen;
  /** Below the title, in one line. */
  text?: ComponentChildren;
  children?: ComponentChildren;
}

/** Where one is; takes the focus when whatever had it is gone. */
export function SectionHead({ title, back, text, children }: SectionHeadProps) {
  const words = useManagingWords();
  const heading = useRef<HTMLHeadingElement>(null);
  // At once: the next key must not be lost on nothing.
  useLayoutEffect(() => {
    if (document.activeElement === document.body) heading.current?.focus();
  }, []);
  return (
    <header class="section-head">
      {back && (
        <ScreenLink to={back} class="icon-button" label={words.toList} testId="to-list">
          <BackIcon />
        </ScreenLink>
      )}
      <div class="section-title">
        <h1 ref={heading} tabindex={-1}>
          {title}
        </h1>
        {text && <p class="soft">{text}</p>}
      </div>
      <div class="section-acts">{children}</div>
    </header>
  );
}

/** The way to a form for another one; `n` does the same. */
export function AddLink({ to, label, onGo }: { to: Screen; label?: string; onGo?: () => void }) {
  const { route } = useDesk();
  const words = useManagingWords();
  useKeys({ n: onGo ?? (() => route.go(to)) }, [{ keys: "n", does: label ?? words.keysAdd }]);
  return (
    <ScreenLink to={to} class="button primary" testId="add" onGo={onGo}>
      <PlusIcon />
      {label ?? words.add}
    </ScreenLink>
  );
}
