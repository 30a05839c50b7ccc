/**
 * Every screen there is, and the walks that lead to all of them: whoever judges screens (accessibility, pictures)
 * takes these walks, so that none is forgotten. A new screen or question without a picture does not compile.
 */
import type { Screen as ConsoleScreen } from "../../admin/src/state/route.ts";
import type { Screen } from "../../kiosk/src/state/screen.ts";
import type { Question } from "../../kiosk/src/state/shop.ts";

/** Called in front of each picture; the walk goes on when it resolves. */
export type AtPicture = (picture: string) => Promise<void>;

type Pictures<Key extends string> = Readonly<Record<Key, readonly string[]>>;

const PURCHASE = {
  starting: ["starting"],
  films: ["films", "films-empty", "films-failed", "films-huge-text", "failure"],
  film: ["film"],
  seats: ["seats", "seats-chosen", "seats-list", "seats-taken", "seats-huge-text", "offline"],
  tickets: ["tickets"],
  pay: ["pay", "pay-declined", "paying", "challenge", "ended-taken", "ended-cancelled"],
  order: ["order"],
} satisfies Pictures<Exclude<Screen["at"], "enrol" | "attract" | "account">>;

/** Nobody signs in at a kiosk. */
const SHOP = {
  ...PURCHASE,
  account: [
    ...["purchases", "profile", "profile-refused", "tastes", "films-for-you", "security", "ask-delete"],
    ...["account-out", "forgot-none", "forgot", "forgot-sent", "reset", "reset-refused", "find"],
  ],
  enter: ["ask-enter", "ask-enter-refused"],
} satisfies Pictures<Exclude<Screen["at"], "enrol" | "attract"> | "enter">;

const QUESTIONS = {
  leave: ["ask-leave"],
  access: ["ask-access"],
  lost: ["ask-lost"],
} satisfies Pictures<Exclude<Question["ask"], "enter">>;

const KIOSK = {
  ...PURCHASE,
  enrol: ["enrol", "enrol-refused"],
  attract: ["attract"],
  order: ["order-unprinted", "order"],
} satisfies Pictures<Exclude<Screen["at"], "account">>;

const BOX_OFFICE = {
  wall: ["sign-in", "sign-in-refused", "wall", "wall-empty", "wall-failed", "console-offline"],
  showtime: ["showtime", "showtime-gone"],
  sale: ["sale", "sale-unreadable", "sale-lines", "sold"],
} as const;

const PROGRAMME = {
  schedule: [
    ...["schedule", "copy", "showtime-form", "ask-cancel-showtime"],
    ...["showtime-films", "showtime-conflict", "showtime-warned"],
  ],
  films: [
    ...["films", "keys", "films-none", "film-faults", "ask-unsaved", "film", "film-conflict"],
    ...["import", "import-preview"],
  ],
  genres: ["genres"],
  "price-lists": ["price-lists", "price-list"],
  "ticket-types": ["ticket-types"],
  auditoriums: ["auditoriums", "auditorium", "auditorium-faults"],
} as const;

const PEOPLE = {
  users: ["users", "user-new", "user-refused", "password-link", "user", "ask-disable", "user-disabled"],
  orders: ["orders", "order"],
  devices: ["device-new", "enrolment", "devices", "device"],
  audit: ["audit", "audit-row"],
  roles: ["roles", "role-built-in", "role-new"],
  settings: ["settings"],
} as const;

/** The console is walked in three parts; together they are every screen of it. */
({ ...BOX_OFFICE, ...PROGRAMME, ...PEOPLE }) satisfies Pictures<ConsoleScreen["screen"]>;

const all = (...parts: Pictures<string>[]) => parts.flatMap((part) => Object.values(part).flat());

export const PICTURES = {
  shop: all(SHOP, QUESTIONS),
  kiosk: [...all(KIOSK, QUESTIONS), "ask-idle"],
  console: all(BOX_OFFICE),
  programme: all(PROGRAMME),
  people: all(PEOPLE),
} as const;
export type Surface = keyof typeof PICTURES;

/** Passes pictures on, and says at the end which of the surface were never seen, or seen and not listed. */
export function checklist(surface: Surface, at: AtPicture): { at: AtPicture; faults(): string[] } {
  const seen = new Set<string>();
  return {
    async at(picture) {
      seen.add(picture);
      await at(picture);
    },
    faults: () => [
      ...PICTURES[surface].filter((picture) => !seen.has(picture)).map((picture) => `${picture} was not seen`),
      ...[...seen].filter((picture) => !PICTURES[surface].includes(picture)).map((one) => `${one} is not listed`),
    ],
  };
}
