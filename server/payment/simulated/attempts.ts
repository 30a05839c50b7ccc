/**
 * The simulated provider's own books: one document per attempt, with the money it moved.
 *
 * Promises: an attempt and its postings are one document, so that state and money never disagree; every
 * change is a compare-and-set. The postings of an attempt sum to zero.
 */
import type { CollectionSpec, Store, Stored } from "../../store/port.ts";
import type { AttemptState } from "../port.ts";

/** One side of a movement of money; the sides of one `reference` sum to zero. */
export interface Posting {
  account: "buyers" | "cinema";
  amount: number;
  /** The attempt of a capture, the id of a refund. */
  reference: string;
  at: number;
}

export interface Attempt extends Stored {
  status: "pending" | "captured" | "declined" | "cancelled";
  orderId: string;
  amount: number;
  currency: string;
  token: string;
  postings: Posting[];
  /** When it is approved by itself; absent once it has ended. */
  settlesAt?: number;
  /** From when a cancel comes too late. */
  committedAt?: number;
  /** The provider's page, while the buyer has to decide there. */
  pageUrl?: string;
  returnUrl?: string;
  /** Who is told how it ended. */
  callback?: { url: string; secret: string };
}

export const attempts: CollectionSpec<Attempt> = {
  name: "attempts",
  indexes: { due: { fields: ["settlesAt"] } },
};

/** What the provider's store holds, to open one. */
export const PROVIDER_COLLECTIONS = [attempts] as const;

/** What the provider moved for one attempt, for audits. */
export interface LedgerEntry {
  attemptId: string;
  orderId: string;
  status: Attempt["status"];
  captured: number;
  refunded: number;
  postings: Posting[];
}

/** How many attempts the audit reads at a time. */
const PAGE = 500;

/** Every attempt there ever was, in the order of ids. */
export async function readLedger(store: Store): Promise<LedgerEntry[]> {
  const collection = store.collection(attempts);
  const entries: LedgerEntry[] = [];
  for (let after: string | undefined; ; ) {
    const page = await collection.find({}, { limit: PAGE, ...(after === undefined ? {} : { after }) });
    entries.push(...page.map(entryOf));
    after = page.at(-1)?.id;
    if (page.length < PAGE) return entries;
  }
}

function entryOf(attempt: Attempt): LedgerEntry {
  const { id: attemptId, orderId, status, postings } = attempt;
  return { attemptId, orderId, status, postings, ...movedBy(attempt) };
}

/** Money taken, and the part of it that went back. */
export function movedBy({ id, postings }: Attempt): { captured: number; refunded: number } {
  let captured = 0;
  let refunded = 0;
  for (const { account, amount, reference } of postings) {
    if (account !== "cinema") continue;
    if (reference === id) captured += amount;
    else refunded -= amount;
  }
  return { captured, refunded };
}

/** The two sides of money that goes from the buyers to the cinema (or back, when negative). */
export function transfer(amount: number, reference: string, at: number): Posting[] {
  return [
    { account: "buyers", amount: -amount, reference, at },
    { account: "cinema", amount, reference, at },
  ];
}

/** How an attempt stands, as the port says it. */
export function stateOf(attempt: Attempt): AttemptState {
  switch (attempt.status) {
    case "captured": {
      const { captured, refunded } = movedBy(attempt);
      return { status: "captured", amount: captured, refunded };
    }
    case "pending":
      return attempt.pageUrl === undefined
        ? { status: "pending" }
        : { status: "pending", nextAction: { type: "redirect", url: attempt.pageUrl } };
    case "declined":
    case "cancelled":
      return { status: attempt.status };
  }
}
