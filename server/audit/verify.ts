import { type AuditDoc, audit as auditCollection } from "../store/collections.ts";
import type { Collection, Store } from "../store/port.ts";
import { ANCHOR, chainNames, notedHeads } from "./anchors.ts";
import type { AuditRow } from "./audit.ts";
import { CHAIN_START, type ChainedRow, type Head, hashRow } from "./chain.ts";
import { toRow } from "./search.ts";

/** What is wrong at a place of a chain: its row says something else, is gone, or is gone with all behind it. */
export type Fault = "changed" | "missing" | "cut-off";

/** What became of a chain. `brokenAt` is the first place whose row is missing or not as it was written. */
export interface ChainReport {
  chain: string;
  /** The place of the last row. */
  rows: number;
  /** Hash of the last row: keep it elsewhere, and it shows when chain and anchors were forged together. */
  head: string;
  ok: boolean;
  brokenAt?: number;
  fault?: Fault;
  /** The id of the row at that place, when there is one. */
  row?: string;
  /** Who knows better: the chain that anchors it, or `note` for the head noted beside the audit. */
  witness?: string;
}

export interface AuditReport {
  /** Every chain is whole. */
  ok: boolean;
  chains: ChainReport[];
  /** Changes that were begun and never heard of again, oldest first: their server died half-way. And those under way. */
  open: AuditRow[];
}

/** The hash that somebody outside of a chain saw at one of its places. */
type Pins = Map<number, { hash: string; witness: string }>;

const PAGE = 1000;

/** Recomputes every chain of the store, row by row, and compares it with what the others know of it. */
export async function verifyChains(store: Store): Promise<AuditReport> {
  const rows = store.collection(auditCollection);
  // First what is known from outside: rows that come meanwhile are behind it.
  const pins = await readPins(store, rows);
  const names = new Set([...(await chainNames(store)), ...pins.keys()]);
  const chains: ChainReport[] = [];
  for (const name of [...names].sort()) chains.push(await verifyChain(rows, name, pins.get(name) ?? new Map()));
  const open = await rows.find({ outcome: "open", at: { gte: "" } }, { limit: PAGE });
  return { ok: chains.every((one) => one.ok), chains, open: open.map(toRow) };
}

async function readPins(store: Store, rows: Collection<AuditDoc>): Promise<Map<string, Pins>> {
  const pins = new Map<string, Pins>();
  const pin = (chain: string, { seq, hash }: Head, witness: string) => {
    const known = pins.get(chain) ?? new Map();
    pins.set(chain, known.set(seq, known.get(seq) ?? { hash, witness }));
  };
  for (const [chain, head] of await notedHeads(store)) pin(chain, head, "note");
  let after: string | undefined;
  for (;;) {
    const page = await rows.find({ action: ANCHOR, at: { gte: "" } }, { limit: PAGE, after });
    for (const { details, chain: witness = "" } of page)
      for (const [chain, head] of Object.entries((details?.heads ?? {}) as Record<string, Head>))
        pin(chain, head, witness);
    after = page.at(-1)?.id;
    if (page.length < PAGE) return pins;
  }
}

interface Walk {
  seq: number;
  head: string;
  /** The id of the last row. */
  id?: string;
  broken?: Pick<ChainReport, "brokenAt" | "fault" | "row" | "witness">;
}

async function verifyChain(rows: Collection<AuditDoc>, chain: string, pins: Pins): Promise<ChainReport> {
  const walk: Walk = { seq: 0, head: CHAIN_START };
  let page: AuditDoc[];
  do {
    page = await rows.find({ chain, seq: { gt: walk.seq } }, { limit: PAGE });
    for (const row of page as ChainedRow[]) {
      walk.broken ??= faultOf(row, walk, pins);
      walk.seq = row.seq;
      walk.head = row.hash;
      walk.id = row.id;
    }
  } while (page.length === PAGE);
  const beyond = [...pins].filter(([seq]) => seq > walk.seq).sort(([a], [b]) => b - a)[0];
  if (beyond !== undefined) walk.broken ??= { brokenAt: walk.seq + 1, fault: "cut-off", witness: beyond[1].witness };
  return { chain, rows: walk.seq, head: walk.head, ok: walk.broken === undefined, ...walk.broken };
}

function faultOf(row: ChainedRow, before: Walk, pins: Pins): Walk["broken"] {
  const { seq, id } = row;
  if (seq !== before.seq + 1) return { brokenAt: before.seq + 1, fault: "missing" };
  if (row.hash !== hashRow(row) || row.actorId !== row.actor.id) return { brokenAt: seq, fault: "changed", row: id };
  // Sound in itself, but made for another one before it: that one was rewritten together with its hash.
  if (row.previousHash !== before.head) return { brokenAt: before.seq, fault: "changed", row: before.id };
  const pin = pins.get(seq);
  if (pin === undefined || pin.hash === row.hash) return undefined;
  return { brokenAt: seq, fault: "changed", row: id, witness: pin.witness };
}
