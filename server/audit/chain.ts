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
  /** Gives a row that is in the store already its place in the chain, with what it says now. False: it changed meanwhile. */
  seal(row: AuditDoc, content?: RowContent): Promise<boolean>;
  /** The last row that this server wrote; null before the first, and after a write whose outcome is not known. */
  head(): Head | null;
}

/** How far a chain goes. */
export interface Head {
  seq: number;
  hash: string;
}

/** What the first row of a chain carries in place of the hash before it. */
export const CHAIN_START = "";

export function createChain({ store, name }: { store: Store; name: string }): Chain {
  const rows = store.collection(auditCollection);
  let head: Head | null = null;
  let last: Promise<unknown> = Promise.resolve();

  async function readHead(): Promise<Head> {
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
          const written = await rows.insert({ id: newId("aut"), ...found(content), ...link });
          return written.ok ? { status: "written", answer: undefined } : { status: "occupied" };
        }, content),
      ),
    seal: (row, content = row) =>
      inTurn(() =>
        place<boolean>(async (link) => {
          const set = { ...found(content), ...link };
          const written = await rows.update(row.id, { version: row.version }, { set, unset: ["openUntil"] });
          if (written.ok) return { status: "written", answer: true };
          return written.code === "missed" ? { status: "missed", answer: false } : { status: "occupied" };
        }, content),
      ),
    head: () => head,
  };
}

/** What a row says, and what it is found by. */
export const found = (content: RowContent) => ({ ...said(content), actorId: content.actor.id });

const said = ({ at, actor, from, action, subject, outcome, count, details }: RowContent): RowContent => ({
  ...{ at, actor, from, action, subject, outcome, count, details },
});

type Link = Pick<ChainedRow, "chain" | "seq" | "previousHash" | "hash">;
type Placed<T> = { status: "written" | "missed"; answer: T } | { status: "occupied" };

function linkOf(chain: string, head: Head, content: RowContent): Link {
  const seq = head.seq + 1;
  return { chain, seq, previousHash: head.hash, hash: hashRow({ ...content, chain, seq, previousHash: head.hash }) };
}

/** The hash of a row: over all that it says, its place and the hash before it. */
export function hashRow(row: RowContent & Omit<Link, "hash">): string {
  const { chain, seq, previousHash } = row;
  return createHash("sha256")
    .update(canonical({ chain, seq, previousHash, ...said(row) }))
    .digest("hex");
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
