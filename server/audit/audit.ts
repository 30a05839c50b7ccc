/**
 * Who did what, when, on what and from where: rows that are only ever added, in one chain per server. Each row
 * carries the hash of the one before, and each server writes the heads of the other chains into its own, so that
 * a row that was changed, taken out or cut off shows.
 *
 * Promises: a change is on disk when `record` resolves, and was announced by `begin` before it was made; a denial
 * is never waited for and on disk within a second. Never holds a password, a token or a code. Must never import
 * an edge or an adapter.
 */
import { type Clock, timestamp } from "../basics/clock.ts";
import { newId } from "../basics/ids.ts";
import type { DocumentPage, PageRequest } from "../catalogue/documents.ts";
import type { Outcome } from "../protocol/errors.ts";
import { type AuditDoc, audit as auditCollection } from "../store/collections.ts";
import type { Store } from "../store/port.ts";
import { createAnchors } from "./anchors.ts";
import { createChain, found, type RowContent } from "./chain.ts";
import { createDenials } from "./denials.ts";
import { createSearch, type RowQuery } from "./search.ts";
import { type AuditReport, verifyChains } from "./verify.ts";

export interface AuditEntry {
  /** `kind` is the class of the caller's token, `nobody` without one (then `id` is where they are), or `system`. */
  actor: { kind: string; id: string };
  /** What was done, e.g. `device.create`. */
  action: string;
  /** The id of what it was done to. */
  subject?: string;
  outcome: "done" | "denied";
  /** The caller's address. */
  from?: string;
  /** Plain JSON, small, without secrets. */
  details?: Record<string, unknown>;
  /** The change that was announced: its row becomes this one. A second row of the same change is a row of its own. */
  intent?: Intent;
}

/** A change that is about to be made. Ends once: as the row that tells of it, or dropped. */
export interface Intent {
  readonly row: AuditDoc;
  ended: boolean;
}

/** A row as clients see it; one that is still counting has no place in a chain yet. */
export type AuditRow = Omit<AuditDoc, "version" | "openUntil" | "actorId">;

export interface Audit {
  /** Announces a change; on disk when it resolves. Should the server die before the change is recorded, this stays. */
  begin(entry: Omit<AuditEntry, "outcome" | "intent">): Promise<Intent>;
  /** Takes back what was announced: nothing was changed. Safe to repeat, and after `record`. */
  drop(intent: Intent): Promise<void>;
  /** Writes a row. With outcome `denied` it resolves at once, and repeats within a minute are one row with a count. */
  record(entry: AuditEntry): Promise<void>;
  /** Newest first, with what this server has just denied. A cursor that is none of ours is `invalid_request`. */
  list(query: PageRequest & RowQuery): Promise<Outcome<DocumentPage<AuditRow>>>;
  /** Recomputes every chain from its first row. Takes time in proportion to all rows. */
  verify(): Promise<AuditReport>;
  /**
   * Writes the denials counted so far, closes rows that servers which are gone left open, and notes how far the
   * chain of this server goes.
   */
  flush(): Promise<void>;
  /** Writes the heads of the other chains into this one, when they have moved. */
  anchor(): Promise<void>;
}

export interface AuditDeps {
  store: Store;
  clock: Clock;
  /** The chain that this server writes to. */
  chain: string;
}

/** Longer than any request takes; after it, an announced change is not heard of again. */
const ENDS_WITHIN_MS = 60_000;
/** Longest action and subject that are kept: they stand in an index. */
const NAME_MAX = 200;

export function createAudit({ store, clock, chain: name }: AuditDeps): Audit {
  const rows = store.collection(auditCollection);
  const chain = createChain({ store, name });
  const denials = createDenials({ store, clock, chain });
  const anchors = createAnchors({ store, clock, chain, name });
  const search = createSearch(rows);
  let flushing: Promise<void> = Promise.resolve();

  async function flushAll(): Promise<void> {
    await denials.flush();
    await anchors.note();
  }

  function flush(): Promise<void> {
    flushing = flushing.then(flushAll, flushAll);
    return flushing;
  }

  const toContent = ({ actor, action, subject, outcome, from, details }: AuditEntry): RowContent => ({
    ...{ at: timestamp(clock.now()), actor, action: brief(action), outcome, from, details, count: 1 },
    subject: subject === undefined ? undefined : brief(subject),
  });

  async function begin(entry: Omit<AuditEntry, "outcome" | "intent">): Promise<Intent> {
    const content: RowContent = { ...toContent({ ...entry, outcome: "done" }), outcome: "open" };
    const openUntil = clock.now() + ENDS_WITHIN_MS;
    const written = await rows.insert({ id: newId("aut"), ...found(content), openUntil });
    if (!written.ok) throw new Error("two audit rows got the same id");
    return { row: written.document, ended: false };
  }

  async function record(entry: AuditEntry): Promise<void> {
    const { intent } = entry;
    if (entry.outcome === "denied") return denials.add({ ...entry, action: brief(entry.action) });
    const content = toContent(entry);
    if (intent === undefined || intent.ended) return chain.append(content);
    intent.ended = true;
    // Not sealed: it took so long that it counts as lost, and says so in the chain. The change is told all the same.
    if (!(await chain.seal(intent.row, { ...content, at: intent.row.at }))) await chain.append(content);
  }

  return {
    begin,
    record,
    async drop(intent) {
      if (intent.ended) return;
      intent.ended = true;
      await rows.remove(intent.row.id, { version: intent.row.version });
    },
    async list({ limit, after, ...query }) {
      await flush();
      return search({ limit, after }, query);
    },
    verify: () => verifyChains(store),
    flush,
    anchor: anchors.anchor,
  };
}

const brief = (text: string) => text.slice(0, NAME_MAX);
