import { type Clock, timestamp } from "../basics/clock.ts";
import { newId } from "../basics/ids.ts";
import { type AuditDoc, audit as auditCollection } from "../store/collections.ts";
import type { Store } from "../store/port.ts";
import type { AuditEntry } from "./audit.ts";
import { type Chain, found } from "./chain.ts";

/**
 * Denials, gathered: the first of a kind opens a row, repeats within the minute are counted in it. The row
 * is on disk within a second and stands in the chain when its minute is over and its count final.
 */
export interface Denials {
  /** Never waits and never throws. */
  add(entry: AuditEntry): void;
  /**
   * Writes what was counted and closes rows whose minute is over, also those of servers which are gone: their
   * changes that were begun and never ended get their place in the chain as such.
   */
  flush(): Promise<void>;
}

interface Open {
  /** Of the document; absent: not written yet. */
  stored?: AuditDoc;
  entry: AuditEntry;
  at: number;
  count: number;
}

const MINUTE_MS = 60_000;
/** Leaves the server that counts time to close its own rows. */
const LEFT_OVER_AFTER_MS = 30_000;
/** Kinds of denial at one time; a wider attack is counted in one row for all. */
const OPEN_MAX = 1000;
const PAGE = 500;

export function createDenials(deps: { store: Store; clock: Clock; chain: Chain }): Denials {
  const { clock, chain } = deps;
  const rows = deps.store.collection(auditCollection);
  const open = new Map<string, Open>();
  const closing = new Set<Open>();

  function add(entry: AuditEntry): void {
    const kind = open.size < OPEN_MAX ? entry : { ...CROWD, action: entry.action };
    const key = keyOf(kind);
    const known = open.get(key);
    if (known === undefined) open.set(key, { entry: kind, at: clock.now(), count: 1 });
    else known.count += 1;
  }

  async function write(one: Open): Promise<void> {
    const { stored, count } = one;
    if (stored === undefined) {
      const inserted = await rows.insert(toRow(one));
      if (inserted.ok) one.stored = inserted.document;
    } else if (stored.count !== count) {
      const updated = await rows.update(stored.id, { version: stored.version }, { set: { count } });
      if (updated.ok) one.stored = updated.document;
    }
  }

  async function flush(): Promise<void> {
    for (const [key, one] of open) {
      if (clock.now() >= one.at + MINUTE_MS) {
        open.delete(key);
        closing.add(one);
      } else await write(one);
    }
    for (const one of closing) {
      await write(one);
      if (one.stored !== undefined) await chain.seal(one.stored);
      closing.delete(one);
    }
    await sealLeftOvers();
  }

  async function sealLeftOvers(): Promise<void> {
    const before = clock.now() - LEFT_OVER_AFTER_MS;
    for (const row of await rows.find({ openUntil: { lt: before } }, { limit: PAGE })) await chain.seal(row);
  }

  return { add, flush };
}

const CROWD = { actor: { kind: "nobody", id: "many" }, outcome: "denied" } as const;

const keyOf = ({ actor, action, subject, from }: AuditEntry) =>
  JSON.stringify([actor.kind, actor.id, action, subject, from]);

function toRow({ entry, at, count }: Open): Omit<AuditDoc, "version"> {
  return { id: newId("aut"), ...found({ ...entry, at: timestamp(at), count }), openUntil: at + MINUTE_MS };
}
