import { type Clock, timestamp } from "../basics/clock.ts";
import { type Outcome, refuse } from "../protocol/errors.ts";
import { type UserDoc, users as userCollection } from "../store/collections.ts";
import type { Store } from "../store/port.ts";
import type { Passwords } from "./passwords.ts";
import type { Rights } from "./rights.ts";

/**
 * Writes another password over the one that was seen. Of two who do so at once one gets it, the other is refused as
 * `version_conflict`; so is whoever saw the account before its address changed or it was disabled. Does not judge the
 * password, nor who asks, and ends no session.
 */
export type ReplacePassword = (seen: UserDoc, password: string) => Promise<Outcome<object>>;

export interface ReplacePasswordDeps {
  store: Store;
  clock: Clock;
  rights: Rights;
  passwords: Passwords;
}

const CHANGED_ELSEWHERE = refuse("version_conflict", "The password has just been changed elsewhere");

export function createReplacePassword({ store, clock, rights, passwords }: ReplacePasswordDeps): ReplacePassword {
  const users = store.collection(userCollection);
  return async ({ id, emailKey, passwordHash }, password) => {
    const hashed = await passwords.hash(password);
    if (!hashed.ok) return hashed;
    const set = { passwordHash: hashed.hash, updatedAt: timestamp(clock.now()) };
    const replaced = await users.update(id, { emailKey, passwordHash, status: "active" }, { set });
    rights.forget();
    return replaced.ok ? { ok: true } : CHANGED_ELSEWHERE;
  };
}
