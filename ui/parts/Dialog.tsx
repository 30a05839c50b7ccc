import type { ComponentChildren } from "preact";
import { useId, useLayoutEffect, useRef } from "preact/hooks";
import { useLook } from "../look.ts";
import { CloseIcon } from "./icons.tsx";

export interface DialogProps {
  title: string;
  children: ComponentChildren;
  /** Esc, the corner cross or a touch outside. Left out: only the dialog's own actions end it. */
  onClose?(): void;
  actions?: ComponentChildren;
  testId?: string;
}

/** A question in front of everything. The browser keeps the focus inside and gives it back afterwards. */
export function Dialog({ title, children, onClose, actions, testId }: DialogProps) {
  const words = useLook().words.value;
  const element = useRef<HTMLDialogElement>(null);
  const titleId = useId();
  // In the same turn as it comes and goes: whoever types on must not have the focus moved a moment later.
  useLayoutEffect(() => {
    const dialog = element.current;
    const before = document.activeElement;
    dialog?.showModal();
    dialog?.querySelector<HTMLElement>("footer .primary")?.focus();
    return () => {
      dialog?.close();
      if (before instanceof HTMLElement || before instanceof SVGElement) before.focus();
    };
  }, []);
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: Esc closes it, see onCancel
    <dialog
      ref={element}
      class="dialog"
      aria-labelledby={titleId}
      data-testid={testId}
      onCancel={(event) => {
        event.preventDefault();
        onClose?.();
      }}
      onClick={(event) => {
        if (event.target === element.current) onClose?.();
      }}
    >
      <div class="dialog-body">
        <header>
          <h2 id={titleId}>{title}</h2>
          {onClose && (
            <button type="button" class="icon-button" aria-label={words.close} onClick={onClose}>
              <CloseIcon />
            </button>
          )}
        </header>
        {children}
        {actions && <footer>{actions}</footer>}
      </div>
    </dialog>
  );
}
