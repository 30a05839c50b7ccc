import type { AuditDoc } from "../store/collections.ts";
import { audit as auditCollection } from "../store/collections.ts";
import type { Collection, Store } from "../store/port.ts";
import { CHAIN_START, type ChainedRow, hashRow } from "./chain.ts";

/** What became of a chain. `brokenAt` is the first place whose row is missing or not as it was written. */
export interface ChainReport {
  chain: string;
  rows: number;
  /** Hash of the last row: keep it elsewhere, and a chain cut short shows too. */
  head: string;
  ok: boolean;
  brokenAt?: number;
}

const PAGE = 1000;

/** Recomputes every chain of the store, row by row. */
export async function verifyChains(store: Store): Promise<ChainReport[]> {
  const rows = store.collection(auditCollection);
  const reports: ChainReport[] = [];
  let name = (await rows.findOne({ chain: { gte: "" } }))?.chain;
  while (name !== undefined) {
    reports.push(await verifyChain(rows, name));
    name = (await rows.findOne({ chain: { gt: name } }))?.chain;
  }
  return reports;
}

async function verifyChain(rows: Collection<AuditDoc>, chain: string): Promise<ChainReport> {
  let seq = 0;
  let head = CHAIN_START;
  let brokenAt: number | undefined;
  let page: AuditDoc[];
  do {
    page = await rows.find({ chain, seq: { gt: seq } }, { limit: PAGE });
    for (const row of page as ChainedRow[]) {
      const sound = row.seq === seq + 1 && row.previousHash === head && row.hash === hashRow(row);
      if (!sound) brokenAt ??= seq + 1;
      seq = row.seq;
      head = row.hash;
    }
  } while (page.length === PAGE);
  const report = { chain, rows: seq, head, ok: brokenAt === undefined };
  return brokenAt === undefined ? report : { ...report, brokenAt };
}
