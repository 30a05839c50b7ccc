/**
 * Who did what, when, on what and from where: rows that are only ever added, in chains where each carries
 * the hash of the one before, so that a changed or missing row shows.
 *
 * Promises: a change is on disk when `record` resolves; a denial is never waited for and on disk within
 * a second. Never holds a password, a token or a code. Must never import an edge or an adapter.
 */
import { type Clock, timestamp } from "../basics/clock.ts";
import type { DocumentPage, PageRequest } from "../catalogue/documents.ts";
import { type Outcome, refuse } from "../protocol/errors.ts";
import { type AuditDoc, audit as auditCollection } from "../store/collections.ts";
import type { Store } from "../store/port.ts";
import { createChain } from "./chain.ts";
import { createDenials } from "./denials.ts";
import { type ChainReport, verifyChains } from "./verify.ts";

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
}

/** A row as clients see it; one that is still counting has no place in a chain yet. */
export type AuditRow = Omit<AuditDoc, "version" | "openUntil">;

export interface Audit {
  /** Writes a row. With outcome `denied` it resolves at once, and repeats within a minute are one row with a count. */
  record(entry: AuditEntry): Promise<void>;
  /** Newest first, with what this server has just denied; `from` and `to` in RFC 3339. A cursor that is none of ours is `invalid_request`. */
  list(query: PageRequest & { from?: string; to?: string }): Promise<Outcome<DocumentPage<AuditRow>>>;
  /** Recomputes every chain from its first row. Takes time in proportion to all rows. */
  verify(): Promise<{ ok: boolean; chains: ChainReport[] }>;
  /** Writes the denials counted so far, and closes rows that servers which are gone left open. */
  flush(): Promise<void>;
}

const NO_SUCH_ROW = refuse("invalid_request", "The list cannot go on from there", {
  errors: [{ path: "cursor", message: "points at nothing" }],
});

export interface AuditDeps {
  store: Store;
  clock: Clock;
  /** The chain that this server writes to. */
  chain: string;
}

export function createAudit({ store, clock, chain: name }: AuditDeps): Audit {
  const rows = store.collection(auditCollection);
  const chain = createChain({ store, name });
  const denials = createDenials({ store, clock, chain });
  let flushing: Promise<void> = Promise.resolve();

  function flush(): Promise<void> {
    flushing = flushing.then(denials.flush, denials.flush);
    return flushing;
  }

  async function record(entry: AuditEntry): Promise<void> {
    if (entry.outcome === "denied") denials.add(entry);
    else await chain.append({ ...entry, at: timestamp(clock.now()), count: 1 });
  }

  async function list({ from, to, limit, after }: Parameters<Audit["list"]>[0]) {
    await flush();
    if (after !== undefined && (await rows.get(after)) === null) return NO_SUCH_ROW;
    const at = to === undefined ? { gte: from ?? "" } : { gte: from ?? "", lt: to };
    const found = await rows.find({ at }, { limit: limit + 1, descending: true, after });
    const items = found.slice(0, limit).map(({ version: _version, openUntil: _openUntil, ...row }) => row);
    return { ok: true as const, items, nextCursor: found.length > limit ? (items.at(-1)?.id ?? null) : null };
  }

  return {
    record,
    list,
    verify: async () => {
      const chains = await verifyChains(store);
      return { ok: chains.every((one) => one.ok), chains };
    },
    flush,
  };
}
