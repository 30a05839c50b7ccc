import { type Clock, timestamp } from "../basics/clock.ts";
import { audit as auditCollection, installation } from "../store/collections.ts";
import type { Store } from "../store/port.ts";
import type { Chain, Head } from "./chain.ts";

/** The action of rows that carry the heads of other chains in `details.heads`, by name. */
export const ANCHOR = "audit.anchor";

/**
 * What pins a chain from outside of it: rows in the other servers' chains, and a note of its head beside the
 * audit. A chain that is cut, or rewritten from some row on, no longer fits them.
 */
export interface Anchors {
  /** Writes the heads of the other chains into this one. Nothing when they have not moved, but for anchors. */
  anchor(): Promise<void>;
  /** Notes how far this chain goes. Nothing when it has not moved. */
  note(): Promise<void>;
}

export interface AnchorsDeps {
  store: Store;
  clock: Clock;
  chain: Chain;
  name: string;
}

/** More anchors than this never stand in a row: they do not answer each other. */
const LOOK_BACK = 20;

export function createAnchors({ store, clock, chain, name }: AnchorsDeps): Anchors {
  const rows = store.collection(auditCollection);
  const notes = store.collection(installation);
  const known = new Map<string, Head>();
  let noted = 0;

  async function hasMoved(other: string): Promise<boolean> {
    const since = known.get(other)?.seq;
    if (since === undefined) return true;
    const news = await rows.find({ chain: other, seq: { gt: since } }, { limit: LOOK_BACK });
    return news.some(({ action }) => action !== ANCHOR);
  }

  async function anchor(): Promise<void> {
    const heads: Record<string, Head> = {};
    for (const other of await chainNames(store)) {
      if (other === name || !(await hasMoved(other))) continue;
      const { seq = 0, hash = "" } = (await rows.findOne({ chain: other }, { descending: true })) ?? {};
      heads[other] = { seq, hash };
    }
    if (Object.keys(heads).length === 0) return;
    const actor = { kind: "system", id: name };
    const details = { heads };
    await chain.append({ at: timestamp(clock.now()), actor, action: ANCHOR, outcome: "done", count: 1, details });
    for (const [other, head] of Object.entries(heads)) known.set(other, head);
  }

  async function note(): Promise<void> {
    const head = chain.head();
    if (head === null || head.seq <= noted) return;
    const id = noteId(name);
    const value = { ...head };
    const first = await notes.insert({ id, value });
    if (!first.ok) {
      const before = await notes.get(id);
      // Several servers may write to one chain: the note goes up only.
      if (before === null || Number(before.value.seq) >= head.seq) return;
      await notes.update(id, { version: before.version }, { set: { value } });
    }
    noted = head.seq;
  }

  return { anchor, note };
}

/** Every chain that has a row, by name. */
export async function chainNames(store: Store): Promise<string[]> {
  const rows = store.collection(auditCollection);
  const names: string[] = [];
  let name = (await rows.findOne({ chain: { gte: "" } }))?.chain;
  while (name !== undefined) {
    names.push(name);
    name = (await rows.findOne({ chain: { gt: name } }))?.chain;
  }
  return names;
}

/** The heads that servers have noted, by chain. */
export async function notedHeads(store: Store): Promise<Map<string, Head>> {
  const heads = new Map<string, Head>();
  for (const { id, value } of await store.collection(installation).find({}))
    if (id.startsWith(NOTE)) heads.set(id.slice(NOTE.length), { seq: Number(value.seq), hash: String(value.hash) });
  return heads;
}

const NOTE = "audit-head:";
const noteId = (chain: string) => `${NOTE}${chain}`;
