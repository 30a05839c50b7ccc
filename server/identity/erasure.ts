import type { Clock } from "../basics/clock.ts";
import { createDocuments } from "../catalogue/documents.ts";
import type { Outcome, Refusal } from "../protocol/errors.ts";
import { erasures, type UserDoc, users } from "../store/collections.ts";
import type { Store } from "../store/port.ts";
import { isAdministrator, type LastAdministrator } from "./administrators.ts";
import type { PasswordCodes } from "./password-codes.ts";
import type { Revocations } from "./revocations.ts";
import type { Rights } from "./rights.ts";
import type { Sessions } from "./sessions.ts";

/**
 * Forgets people and keeps the books: the account goes and its e-mail is free again, its sessions end within 5 s,
 * its orders keep seats, money and number, and name nobody. What is begun is finished, whatever dies.
 */
export interface Erasure {
  /** `judge` says why not. The last administrator stays: `in_use`. */
  erase(
    userId: string,
    ifVersion: number | null,
    judge: (user: UserDoc) => Promise<Refusal | null>,
  ): Promise<Outcome<object>>;
  /** Finishes what others began, and catches orders that were under way when their buyer went. */
  sweep(): Promise<void>;
}

export interface ErasureDeps {
  store: Store;
  clock: Clock;
  rights: Rights;
  revocations: Revocations;
  sessions: Sessions;
  codes: PasswordCodes;
  lastAdministrator: LastAdministrator;
  /** Takes a customer's name, address and id off their orders. Safe to repeat. */
  disownOrders: (userId: string) => Promise<void>;
}

/** Whatever was under way when a user went is over by then. */
const SETTLED_AFTER_MS = 5 * 60 * 1000;
const PAGE = 500;

export function createErasure(deps: ErasureDeps): Erasure {
  const { store, clock } = deps;
  const documents = createDocuments({ store, clock, collection: users, noun: "user" });
  const intents = store.collection(erasures);

  async function forget(userId: string): Promise<void> {
    await deps.revocations.revoke("user", userId);
    await deps.sessions.endAllOf(userId);
    await deps.codes.forgetAllOf(userId);
    await deps.disownOrders(userId);
  }

  async function erase(
    userId: string,
    ifVersion: number | null,
    judge: (user: UserDoc) => Promise<Refusal | null>,
  ): Promise<Outcome<object>> {
    await intents.insert({ id: userId, at: clock.now() });
    let before: UserDoc | null = null;
    const removed = await documents.remove(userId, ifVersion, {
      async inUse(user) {
        if (user.leaving !== true) before = user;
        return (await judge(user)) ?? deps.lastAdministrator(before ?? user);
      },
      // Visible to whoever else asks who is left.
      meanwhile: (user) => (isAdministrator(user) ? { set: { status: "disabled" } } : {}),
    });
    deps.rights.forget();
    if (removed.ok) await forget(userId);
    else if (removed.code !== "not_found") await intents.remove(userId);
    return removed;
  }

  async function sweep(): Promise<void> {
    for (const { id } of await intents.find({ at: { lt: clock.now() - SETTLED_AFTER_MS } }, { limit: PAGE })) {
      // A user who is still there was never told that they are gone.
      if ((await documents.get(id)) === null) await forget(id);
      await intents.remove(id);
    }
  }

  return { erase, sweep };
}
