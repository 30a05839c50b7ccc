/**
 * What the visitor sees and where they may go from here.
 *
 * Promises: one union of screens, moves as pure functions; leaving held seats behind is never an
 * accident.
 * Must never import a component.
 */

export type Screen =
  | { at: "starting" }
  | { at: "enrol" }
  | { at: "attract" }
  | { at: "films" }
  | { at: "film"; filmId: string }
  | { at: "seats"; showtimeId: string }
  | { at: "tickets"; showtimeId: string }
  | { at: "pay"; showtimeId: string }
  | { at: "order"; orderId: string }
  /** The web shop alone. `code`: the one of the link to a new password. */
  | { at: "account"; page: AccountPage; code?: string };

export const ACCOUNT_PAGES = ["purchases", "profile", "tastes", "security", "find", "reset"] as const;
export type AccountPage = (typeof ACCOUNT_PAGES)[number];

export type Move =
  | { to: "films" }
  | { to: "film"; filmId: string }
  | { to: "seats"; showtimeId: string }
  | { to: "tickets" }
  | { to: "pay" }
  | { to: "order"; orderId: string }
  | { to: "account"; page: AccountPage }
  | { to: "attract" }
  | { to: "enrol" }
  | { to: "back" };

/** Steps of a purchase, as shown to the visitor. */
export const STEPS = ["film", "showtime", "seats", "tickets", "pay", "ticket"] as const;
export type Step = (typeof STEPS)[number];

/** Where a move leads. A move that means nothing here leaves the screen as it is. */
export function follow(screen: Screen, move: Move): Screen {
  switch (move.to) {
    case "films":
    case "attract":
    case "enrol":
      return { at: move.to };
    case "film":
      return { at: "film", filmId: move.filmId };
    case "seats":
      return { at: "seats", showtimeId: move.showtimeId };
    case "tickets":
    case "pay":
      return "showtimeId" in screen ? { at: move.to, showtimeId: screen.showtimeId } : screen;
    case "order":
      return { at: "order", orderId: move.orderId };
    case "account":
      return { at: "account", page: move.page };
    case "back":
      return behind(screen);
    default:
      return move satisfies never;
  }
}

function behind(screen: Screen): Screen {
  switch (screen.at) {
    case "pay":
      return { at: "tickets", showtimeId: screen.showtimeId };
    case "tickets":
      return { at: "seats", showtimeId: screen.showtimeId };
    case "seats":
    case "film":
    case "order":
    case "account":
      return { at: "films" };
    case "films":
    case "attract":
    case "enrol":
    case "starting":
      return screen;
    default:
      return screen satisfies never;
  }
}

/** The showtime whose seats a screen is about; null where there is none. */
export function showtimeOf(screen: Screen): string | null {
  return "showtimeId" in screen ? screen.showtimeId : null;
}

/** Whether going from one screen to another gives up seats of a showtime: then the visitor is asked first. */
export function leavesSeats(from: Screen, to: Screen): boolean {
  const showtimeId = showtimeOf(from);
  return showtimeId !== null && to.at !== "order" && showtimeOf(to) !== showtimeId;
}

/** Where in the purchase a screen stands; null outside of it. */
export function stepOf(screen: Screen): Step | null {
  switch (screen.at) {
    case "films":
      return "film";
    case "film":
      return "showtime";
    case "seats":
    case "tickets":
    case "pay":
      return screen.at;
    case "order":
      return "ticket";
    case "starting":
    case "enrol":
    case "attract":
    case "account":
      return null;
    default:
      return screen satisfies never;
  }
}
