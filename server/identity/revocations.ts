import type { Clock } from "../basics/clock.ts";
import { newId } from "../basics/ids.ts";
import { type RevocationDoc, revocations as revocationCollection } from "../store/collections.ts";
import type { Store } from "../store/port.ts";
import type { Claims } from "./tokens.ts";

/**
 * What is not trusted any more from `at` on: all of a session or a device; of a user, what was signed before.
 * `rights` revokes no token, it tells that the permissions of a user changed.
 */
export type Revoked = Pick<RevocationDoc, "kind" | "subjectId" | "at">;

/**
 * Tokens that died before their time. Each server keeps the list in memory and learns of the others'
 * entries by `poll`; its own count at once.
 */
export interface Revocations {
  /** Resolves when every server will learn of it. With `delayMs` it counts that much later. Safe to repeat. */
  revoke(kind: Revoked["kind"], subjectId: string, delayMs?: number): Promise<void>;
  /** Whether a proved token is revoked, as far as this server knows. */
  covers(claims: Claims): boolean;
  /** Reads what other servers revoked, and tells listeners of all that counts since the last call. */
  poll(): Promise<void>;
  /** Tells of each revocation once, when it begins to count. The answer ends that. */
  onRevoked(listener: (revoked: Revoked) => void): () => void;
  /** Deletes entries that no living token can meet. */
  sweep(): Promise<void>;
}

/** Entries outlive the longest token (24 h), with an hour for clocks that differ. */
const REMEMBER_MS = 25 * 60 * 60 * 1000;
/** Servers' clocks may differ by minutes: each poll reads this far back. */
const OVERLAP_MS = 10 * 60 * 1000;
const PAGE = 1000;

export function createRevocations({ store, clock }: { store: Store; clock: Clock }): Revocations {
  const documents = store.collection(revocationCollection);
  const known = new Map<string, Revoked & { forgetAt: number }>();
  const latest = new Map<string, number>();
  const waiting = new Set<Revoked>();
  const listeners = new Set<(revoked: Revoked) => void>();
  let newestAt = clock.now() - REMEMBER_MS;

  function learn(document: Omit<RevocationDoc, "version">): void {
    if (known.has(document.id)) return;
    const { kind, subjectId, at, forgetAt } = document;
    const revoked = { kind, subjectId, at, forgetAt };
    known.set(document.id, revoked);
    const key = `${kind}:${subjectId}`;
    latest.set(key, Math.max(at, latest.get(key) ?? 0));
    waiting.add(revoked);
  }

  function announce(): void {
    for (const revoked of waiting) {
      if (revoked.at > clock.now()) continue;
      waiting.delete(revoked);
      for (const listener of listeners) listener(revoked);
    }
  }

  async function revoke(kind: Revoked["kind"], subjectId: string, delayMs = 0): Promise<void> {
    const at = clock.now() + delayMs;
    const document = { id: newId("rev"), kind, subjectId, at, forgetAt: at + REMEMBER_MS };
    await documents.insert(document);
    learn(document);
    announce();
  }

  function covers(claims: Claims): boolean {
    const now = clock.now();
    const revokedAt = (kind: Revoked["kind"], subjectId: string) => {
      const at = latest.get(`${kind}:${subjectId}`);
      return at !== undefined && at <= now ? at : undefined;
    };
    if (revokedAt("session", claims.sessionId) !== undefined) return true;
    if (claims.deviceId !== undefined && revokedAt("device", claims.deviceId) !== undefined) return true;
    const userAt = revokedAt("user", claims.subjectId);
    return userAt !== undefined && claims.issuedAt * 1000 <= userAt;
  }

  async function poll(): Promise<void> {
    let page: RevocationDoc[];
    let after: string | undefined;
    const since = newestAt - OVERLAP_MS;
    do {
      page = await documents.find({ at: { gte: since } }, { limit: PAGE, after });
      for (const document of page) {
        learn(document);
        newestAt = Math.max(newestAt, document.at);
      }
      after = page.at(-1)?.id;
    } while (page.length === PAGE);
    announce();
  }

  async function sweep(): Promise<void> {
    const now = clock.now();
    for (const [id, revoked] of known) {
      if (revoked.forgetAt >= now) continue;
      known.delete(id);
      const key = `${revoked.kind}:${revoked.subjectId}`;
      if (latest.get(key) === revoked.at) latest.delete(key);
    }
    for (const { id } of await documents.find({ forgetAt: { lt: now } }, { limit: PAGE })) await documents.remove(id);
  }

  function onRevoked(listener: (revoked: Revoked) => void): () => void {
    listeners.add(listener);
    return () => listeners.delete(listener);
  }

  return { revoke, covers, poll, onRevoked, sweep };
}
