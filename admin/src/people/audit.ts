import type { Answer } from "../../../ui/connection/api.ts";
import { addDays, instantOfDay } from "../../../ui/words/zone.ts";
import type { Resource } from "../state/resource.ts";
import { type Screen, SECTIONS } from "../state/route.ts";

/** A row of the audit, as the API answers it. */
export interface AuditRow {
  id: string;
  at: string;
  actor: { kind: string; id: string };
  from?: string;
  action: string;
  subject?: string;
  outcome: "done" | "denied" | "open";
  count: number;
  details?: Record<string, unknown>;
  chain?: string;
  seq?: number;
  hash?: string;
}

export interface AuditReport {
  ok: boolean;
  chains: {
    chain: string;
    rows: number;
    ok: boolean;
    brokenAt?: number;
    fault?: "changed" | "missing" | "cut-off";
  }[];
  open: AuditRow[];
}

/** Rows never change: they have no version of their own. */
export type ShownRow = AuditRow & { version: number };

export const OUTCOMES = ["done", "denied", "open"] as const satisfies readonly AuditRow["outcome"][];

/** Pages of rows for a table. */
export function shownRows(rows: Resource<ShownRow>): Pick<Resource<ShownRow>, "page"> {
  return {
    async page(query, options) {
      const answer: Answer<{ items: ShownRow[]; nextCursor: string | null }> = await rows.page(query, options);
      if (!answer.ok) return answer;
      const items = answer.body.items.map((row) => ({ ...row, version: 0 }));
      return { ...answer, body: { ...answer.body, items } };
    },
  };
}

/** The moments between two days of the cinema, both of them included; an empty day bounds nothing. */
export function daysAsMoments(first: string, last: string, timeZone: string): { from?: string; to?: string } {
  const moment = (day: string) => new Date(instantOfDay(day, timeZone)).toISOString();
  return { ...(first && { from: moment(first) }), ...(last && { to: moment(addDays(last, 1)) }) };
}

const SCREENS: Readonly<Record<string, (typeof SECTIONS)[number]>> = {
  usr: "users",
  rol: "roles",
  dev: "devices",
  ord: "orders",
  flm: "films",
  aud: "auditoriums",
  prl: "price-lists",
};

/** Where something with this id is looked at; null: nowhere. */
export function screenOfId(id: string): Screen | null {
  const prefix = id.slice(0, id.indexOf("_"));
  if (prefix === "sht") return { screen: "showtime", showtimeId: id };
  const screen = SCREENS[prefix];
  return screen !== undefined && SECTIONS.includes(screen) ? { screen, id } : null;
}

/** What of these rows is asked for its name: who did it, and what it was done to, unless a row says that it is gone. */
export function strangersOf(rows: readonly Pick<AuditRow, "actor" | "action" | "subject" | "outcome">[]): string[] {
  const gone = new Set(
    rows.flatMap(({ action, subject, outcome }) =>
      subject !== undefined && outcome === "done" && action.endsWith(".delete") ? subject : [],
    ),
  );
  const ids = rows.flatMap(({ actor, subject }) => (subject === undefined ? actor.id : [actor.id, subject]));
  return [...new Set(ids)].filter((id) => !gone.has(id)).sort();
}
