import { ACCOUNT_PAGES, type Screen } from "./screen.ts";

/**
 * A screen's place in the address bar, for the web shop alone: reloading keeps it, and so does the browser's way
 * back. Holds no secret: an order opens only to the session that bought it, and the code of a link to a new password
 * is read and never written back.
 */
export function toHash(screen: Screen): string {
  switch (screen.at) {
    case "film":
      return `#/film/${screen.filmId}`;
    case "seats":
    case "tickets":
    case "pay":
      return `#/${screen.at}/${screen.showtimeId}`;
    case "order":
      return `#/order/${screen.orderId}`;
    case "account":
      return `#/account/${screen.page}`;
    case "films":
    case "starting":
    case "enrol":
    case "attract":
      return "#/";
    default:
      return screen satisfies never;
  }
}

const ID = /^#\/(film|seats|tickets|pay|order)\/((?:flm|sht|ord)_[a-z0-9]+)$/;

const ACCOUNT = /^#\/account\/([a-z]+)(?:\/([\w-]{1,200}))?$/;

/** The screen an address means; anything unknown is the films. */
export function fromHash(hash: string): Screen {
  const [, name, code] = ACCOUNT.exec(hash) ?? [];
  const page = ACCOUNT_PAGES.find((one) => one === name);
  if (page) return { at: "account", page, ...(code !== undefined && { code }) };
  const [, at, id] = ID.exec(hash) ?? [];
  if (!id) return { at: "films" };
  switch (at) {
    case "film":
      return { at: "film", filmId: id };
    case "order":
      return { at: "order", orderId: id };
    case "seats":
    case "tickets":
    case "pay":
      return { at, showtimeId: id };
    default:
      return { at: "films" };
  }
}
