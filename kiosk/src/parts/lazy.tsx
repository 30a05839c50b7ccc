import type { ComponentType } from "preact";
import { useEffect, useState } from "preact/hooks";
import { useLook } from "../../../ui/look.ts";

export interface LazyScreen {
  (): preact.JSX.Element;
  /** Fetches it before it is needed. */
  preload(): void;
}

/** A screen that is fetched when it is first shown, so that the first page stays small. */
export function lazyScreen(load: () => Promise<ComponentType>): LazyScreen {
  let loading: Promise<ComponentType> | null = null;
  let Loaded: ComponentType | null = null;
  const fetchOnce = () => {
    loading ??= load().then((component) => {
      Loaded = component;
      return component;
    });
    return loading;
  };
  function Screen() {
    const [failed, setFailed] = useState<unknown>(null);
    const [, redraw] = useState(0);
    const words = useLook().words.value;
    const Drawn = Loaded;
    useEffect(() => {
      // Effects run after the picture: what it lacked may have come since.
      if (Drawn === null) fetchOnce().then(() => redraw((count) => count + 1), setFailed);
    }, []);
    if (failed) throw failed;
    return Drawn ? <Drawn /> : <p class="waiting">{words.loading}</p>;
  }
  return Object.assign(Screen, {
    preload: () => {
      fetchOnce().catch(() => {
        loading = null;
      });
    },
  });
}
