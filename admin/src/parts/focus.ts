import type { RefObject } from "preact";
import { useLayoutEffect, useRef } from "preact/hooks";

/** Puts the focus on an element when it comes. The browser's own `autofocus` counts once per page, not per screen. */
export function useFocus<E extends HTMLElement>(isWanted = true): RefObject<E | null> {
  const element = useRef<E>(null);
  useLayoutEffect(() => {
    if (isWanted) element.current?.focus();
  }, []);
  return element;
}
