import { createHash } from "node:crypto";
import { newId } from "../basics/ids.ts";
import { type AuditDoc, audit as auditCollection } from "../store/collections.ts";
import type { Store } from "../store/port.ts";

/** What a row says, before it stands in a chain. */
export type RowContent = Pick<
  AuditDoc,
  "at" | "actor" | "from" | "action" | "subject" | "outcome" | "count" | "details"
>;

/** A row that stands in a chain. */
export type ChainedRow = AuditDoc & Required<Pick<AuditDoc, "chain" | "seq" | "previousHash" | "hash">>;

/** The links of one chain. Appends come one after the other; two servers may share a chain. */
export interface Chain {
  append(content: RowContent): Promise<void>;
  /** Gives a row that is in the store already its place in the chain. False: it changed meanwhile. */
  seal(row: AuditDoc): Promise<boolean>;
}

/** What the first row of a chain carries in place of the hash before it. */
export const CHAIN_START = "";

export function createChain({ store, name }: { store: Store; name: string }): Chain {
  const rows = store.collection(auditCollection);
  let head: { seq: number; hash: string } | null = null;
  let last: Promise<unknown> = Promise.resolve();

  async function readHead(): Promise<{ seq: number; hash: string }> {
    const row = await rows.findOne({ chain: name }, { descending: true });
    return { seq: row?.seq ?? 0, hash: row?.hash ?? CHAIN_START };
  }

  /** Tries places until one is free: another server may have taken the one that was expected. */
  async function place<T>(write: (link: Link) => Promise<Placed<T>>, content: RowContent): Promise<T> {
    for (;;) {
      head ??= await readHead();
      const link = linkOf(name, head, content);
      const before = head;
      head = null;
      const placed = await write(link);
      if (placed.status === "occupied") continue;
      head = placed.status === "written" ? { seq: link.seq, hash: link.hash } : before;
      return placed.answer;
    }
  }

  function inTurn<T>(work: () => Promise<T>): Promise<T> {
    const turn = last.then(work);
    last = turn.catch(() => undefined);
    return turn;
  }

  return {
    append: (content) =>
      inTurn(() =>
        place<void>(async (link) => {
          const written = await rows.insert({ id: newId("aut"), ...content, ...link });
          return written.ok ? { status: "written", answer: undefined } : { status: "occupied" };
        }, content),
      ),
    seal: (row) =>
      inTurn(() =>
        place<boolean>(async (link) => {
          const written = await rows.update(row.id, { version: row.version }, { set: link, unset: ["openUntil"] });
          if (written.ok) return { status: "written", answer: true };
          return written.code === "missed" ? { status: "missed", answer: false } : { status: "occupied" };
        }, row),
      ),
  };
}

type Link = Pick<ChainedRow, "chain" | "seq" | "previousHash" | "hash">;
type Placed<T> = { status: "written" | "missed"; answer: T } | { status: "occupied" };

function linkOf(chain: string, head: { seq: number; hash: string }, content: RowContent): Link {
  const seq = head.seq + 1;
  return { chain, seq, previousHash: head.hash, hash: hashRow({ ...content, chain, seq, previousHash: head.hash }) };
}

/** The hash of a row: over all that it says, its place and the hash before it. */
export function hashRow(row: RowContent & Omit<Link, "hash">): string {
  const { chain, seq, previousHash, at, actor, from, action, subject, outcome, count, details } = row;
  const said = { chain, seq, previousHash, at, actor, from, action, subject, outcome, count, details };
  return createHash("sha256").update(canonical(said)).digest("hex");
}

/** JSON with the keys in order, so that equal rows have equal text. */
function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join(",")}]`;
  if (value === null || typeof value !== "object") return JSON.stringify(value) ?? "null";
  const fields = Object.entries(value)
    .filter(([, field]) => field !== undefined)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, field]) => `${JSON.stringify(key)}:${canonical(field)}`);
  return `{${fields.join(",")}}`;
}
