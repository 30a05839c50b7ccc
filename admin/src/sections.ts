/**
 * The sections of the console: who may see them, how a hand reaches them, where their code is.
 *
 * Promises: a section's code is fetched when somebody first goes there, so that the box office stays light; what is
 * not permitted is not shown. (The server refuses it, whatever is shown.)
 */
import type { ComponentType } from "preact";
import type { Permission } from "../../server/protocol/resources.ts";
import type { Link } from "../../ui/connection/link.ts";
import { SECTIONS, type SectionName } from "./state/route.ts";

export interface SectionProps {
  link: Link;
  /** One document of the section, `new`, or none for the list. */
  id: string | undefined;
}

export interface Section {
  group: "programme" | "house";
  /** Any one of these shows it. */
  needs: readonly Permission[];
  /** `g`, then this letter. */
  letter: string;
  load(): Promise<{ default: ComponentType<SectionProps> }>;
}

const catalogue = { group: "programme", needs: ["catalogue:write"] } as const;
const planning = { group: "programme", needs: ["showtimes:write"] } as const;

export const SECTION: Readonly<Record<SectionName, Section>> = {
  schedule: { ...planning, letter: "s", load: () => import("./schedule/ScheduleSection.tsx") },
  films: { ...catalogue, letter: "f", load: () => import("./films/FilmsSection.tsx") },
  genres: { ...catalogue, letter: "g", load: () => import("./films/GenresSection.tsx") },
  "price-lists": { ...planning, letter: "p", load: () => import("./prices/PriceListsSection.tsx") },
  "ticket-types": { ...catalogue, letter: "t", load: () => import("./prices/TicketTypesSection.tsx") },
  orders: { group: "house", needs: ["orders:read"], letter: "o", load: () => import("./people/OrdersSection.tsx") },
  devices: { group: "house", needs: ["devices:write"], letter: "d", load: () => import("./people/DevicesSection.tsx") },
  audit: { group: "house", needs: ["audit:read"], letter: "l", load: () => import("./people/AuditSection.tsx") },
  users: { group: "house", needs: ["users:write"], letter: "u", load: () => import("./people/UsersSection.tsx") },
  roles: { group: "house", needs: ["roles:write"], letter: "r", load: () => import("./people/RolesSection.tsx") },
  settings: {
    group: "house",
    needs: ["settings:write"],
    letter: "h",
    load: () => import("./people/SettingsSection.tsx"),
  },
  auditoriums: { ...catalogue, letter: "a", load: () => import("./auditoriums/AuditoriumsSection.tsx") },
};

/** The sections that somebody with these permissions sees, in their order. */
export function sectionsFor(may: (permission: Permission) => boolean): SectionName[] {
  return SECTIONS.filter((name) => SECTION[name].needs.some(may));
}
