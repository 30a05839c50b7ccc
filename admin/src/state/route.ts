import { type ReadonlySignal, signal } from "@preact/signals";

/**
 * What is managed in the console. Each has a list at `/admin/<name>` and one of it at `/admin/<name>/<id>`; the id `new`
 * is a form for another one. A section also needs its line in `sections.ts` and its name in the words.
 */
export const SECTIONS = [
  "schedule",
  "films",
  "genres",
  "price-lists",
  "ticket-types",
  "auditoriums",
  "orders",
  "users",
  "roles",
  "devices",
  "audit",
  "settings",
] as const;
export type SectionName = (typeof SECTIONS)[number];

/** Where one is in the console. */
export type Screen =
  | { screen: "wall" }
  | { screen: "showtime"; showtimeId: string }
  | { screen: "sale"; showtimeId: string }
  /** `id`: one document of the section; `new` for a form without one. */
  | { screen: SectionName; id?: string };

export interface Route {
  screen: ReadonlySignal<Screen>;
  /** Goes there, or asks first while somebody holds the way. */
  go(screen: Screen): void;
  /**
   * Holds whoever wants to leave this screen, by link, key or the browser's back button: `ask` is called with the way
   * on. Answers the end of holding. One at a time; the last counts.
   */
  hold(ask: (leave: () => void) => void): () => void;
}

/** The screen that an address names; whatever it does not know is the wall. */
export function screenOf(path: string): Screen {
  const [, root, kind, id, act] = path.split("/");
  if (root !== "admin") return { screen: "wall" };
  const section = SECTIONS.find((name) => name === kind);
  if (section !== undefined) return id ? { screen: section, id: decodeURIComponent(id) } : { screen: section };
  if (kind !== "showtimes" || id === undefined || id === "") return { screen: "wall" };
  return act === "sale" ? { screen: "sale", showtimeId: id } : { screen: "showtime", showtimeId: id };
}

export function pathOf(screen: Screen): string {
  switch (screen.screen) {
    case "wall":
      return "/admin";
    case "showtime":
      return `/admin/showtimes/${screen.showtimeId}`;
    case "sale":
      return `/admin/showtimes/${screen.showtimeId}/sale`;
    default:
      return `/admin/${screen.screen}${screen.id === undefined ? "" : `/${encodeURIComponent(screen.id)}`}`;
  }
}

/** Screens have addresses of their own: reload, back and bookmarks work. */
export function createRoute(): Route {
  const screen = signal(screenOf(location.pathname));
  let asks: ((leave: () => void) => void) | null = null;

  function enter(next: Screen): void {
    history.pushState(null, "", pathOf(next));
    screen.value = next;
  }

  function whenFree(next: Screen): void {
    if (asks === null) enter(next);
    else
      asks(() => {
        asks = null;
        enter(next);
      });
  }

  window.addEventListener("popstate", () => {
    const next = screenOf(location.pathname);
    if (asks === null) screen.value = next;
    else {
      // The browser has moved already: back to where the question is asked.
      history.pushState(null, "", pathOf(screen.peek()));
      whenFree(next);
    }
  });

  return {
    screen,
    go: whenFree,
    hold(ask) {
      asks = ask;
      return () => {
        if (asks === ask) asks = null;
      };
    },
  };
}
