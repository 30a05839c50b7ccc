import { type ReadonlySignal, signal } from "@preact/signals";

/** Where one is in the console. */
export type Screen =
  | { screen: "wall" }
  | { screen: "showtime"; showtimeId: string }
  | { screen: "sale"; showtimeId: string };

export interface Route {
  screen: ReadonlySignal<Screen>;
  go(screen: Screen): void;
}

/** The screen that an address names; whatever it does not know is the wall. */
export function screenOf(path: string): Screen {
  const [, root, kind, showtimeId, act] = path.split("/");
  if (root !== "admin" || kind !== "showtimes" || showtimeId === undefined || showtimeId === "")
    return { screen: "wall" };
  return act === "sale" ? { screen: "sale", showtimeId } : { screen: "showtime", showtimeId };
}

export function pathOf(screen: Screen): string {
  switch (screen.screen) {
    case "wall":
      return "/admin";
    case "showtime":
      return `/admin/showtimes/${screen.showtimeId}`;
    case "sale":
      return `/admin/showtimes/${screen.showtimeId}/sale`;
  }
}

/** Screens have addresses of their own: reload, back and bookmarks work. */
export function createRoute(): Route {
  const screen = signal(screenOf(location.pathname));
  window.addEventListener("popstate", () => {
    screen.value = screenOf(location.pathname);
  });
  return {
    screen,
    go(next) {
      history.pushState(null, "", pathOf(next));
      screen.value = next;
    },
  };
}
