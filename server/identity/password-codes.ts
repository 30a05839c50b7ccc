import { createHash, randomBytes } from "node:crypto";
import { type Clock, timestamp } from "../basics/clock.ts";
import { passwordCodes, type UserDoc } from "../store/collections.ts";
import type { Store } from "../store/port.ts";

/** A code that lets somebody choose a new password: in this answer and nowhere else. */
export interface PasswordCode {
  code: string;
  /** RFC 3339. */
  expiresAt: string;
}

/**
 * Codes for a new password, kept as hashes. One is over after an hour, and as soon as the password or the e-mail
 * address changes: its own use ends it too, together with every other code of the account.
 */
export interface PasswordCodes {
  issue(user: UserDoc): Promise<PasswordCode>;
  /** The user id that a code is for, and the mark that the user must still have; null: wrong or too old. */
  read(code: string): Promise<{ userId: string; mark: string } | null>;
  forgetAllOf(userId: string): Promise<void>;
  /** Deletes those whose time is over. */
  sweep(): Promise<void>;
}

/** Long enough for slow mail and a walk to the counter. */
const CODE_LIFE_MS = 60 * 60 * 1000;
/** 192 bits: nobody guesses it, and the link still fits on one line. */
const CODE_BYTES = 24;
const PAGE = 500;

export function createPasswordCodes({ store, clock }: { store: Store; clock: Clock }): PasswordCodes {
  const documents = store.collection(passwordCodes);
  return {
    async issue(user) {
      const code = randomBytes(CODE_BYTES).toString("base64url");
      const expiresAt = clock.now() + CODE_LIFE_MS;
      await documents.insert({ id: hashOf(code), userId: user.id, mark: markOf(user), expiresAt });
      return { code, expiresAt: timestamp(expiresAt) };
    },
    async read(code) {
      const found = await documents.get(hashOf(code));
      return found === null || found.expiresAt <= clock.now() ? null : { userId: found.userId, mark: found.mark };
    },
    async forgetAllOf(userId) {
      for (const { id } of await documents.find({ userId }, { limit: PAGE })) await documents.remove(id);
    },
    async sweep() {
      const over = await documents.find({ expiresAt: { lt: clock.now() } }, { limit: PAGE });
      for (const { id } of over) await documents.remove(id);
    },
  };
}

const hashOf = (text: string) => createHash("sha256").update(text).digest("base64url");

/** Changes with the e-mail address and with every new password, also the same one again. */
export const markOf = ({ emailKey, passwordHash }: UserDoc) => hashOf(`${emailKey}\n${passwordHash}`);
