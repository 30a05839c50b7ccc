import type { Audit } from "../audit/audit.ts";
import { createBackground } from "../basics/background.ts";
import type { Clock } from "../basics/clock.ts";
import type { Mailer } from "../mail/port.ts";
import { type Outcome, refuse } from "../protocol/errors.ts";
import { type UserDoc, users as userCollection } from "../store/collections.ts";
import type { Store } from "../store/port.ts";
import { actorOf, type Visitor } from "./actors.ts";
import { createBackoff } from "./backoff.ts";
import type { ReplacePassword } from "./new-password.ts";
import { markOf, type PasswordCodes } from "./password-codes.ts";
import { passwordLetter } from "./password-letter.ts";
import { judgePassword } from "./password-rules.ts";
import { foldEmail } from "./people.ts";
import type { Proof } from "./proof.ts";
import type { Revocations } from "./revocations.ts";
import type { Sessions } from "./sessions.ts";

/** A new password for whoever has lost theirs. */
export interface ForgottenPasswords {
  /**
   * Sends a link, if there is such an account and a way to send letters. Answers at once and says nothing of
   * either. Asked too often for one address, or from one, it does nothing.
   */
  ask(email: string, visitor: Visitor): void;
  /** Exchanges a code, once, for a new password. Every session of the account ends within 5 s. */
  reset(wanted: { code: string; password: string }, visitor: Visitor): Promise<Outcome<object>>;
  /** Resolves when what was asked for is sent or given up, after `ms` at the latest. */
  settled(ms: number): Promise<void>;
}

export interface ForgottenDeps {
  store: Store;
  clock: Clock;
  audit: Audit;
  replacePassword: ReplacePassword;
  proof: Proof;
  sessions: Sessions;
  revocations: Revocations;
  codes: PasswordCodes;
  post: Post;
}

/** What letters need of the house. */
export interface Post {
  /** Null: this house sends no letters. */
  mailer: Mailer | null;
  /** Where a code is typed in. */
  passwordUrl: (code: string) => string;
  cinemaName: () => Promise<string>;
  onFailure: (what: string, error: unknown) => void;
}

/** Letters to one address: three, then one after 1, 2, 4 ... 60 minutes. */
const LETTERS = { free: 3, firstWaitMs: 60_000, longestWaitMs: 3_600_000 };
/** A school class may share an address. */
const ASKERS = { free: 30, firstWaitMs: 60_000, longestWaitMs: 600_000 };

const WRONG_CODE = refuse("invalid_request", "This link is wrong, used or too old", {
  errors: [{ path: "code", message: "is wrong, used or too old" }],
});

export function createForgottenPasswords(deps: ForgottenDeps): ForgottenPasswords {
  const { clock, audit, codes, post } = deps;
  const users = deps.store.collection(userCollection);
  const letters = createBackoff(LETTERS, clock);
  const askers = createBackoff(ASKERS, clock);
  const background = createBackground(post.onFailure);

  async function send(mailer: Mailer, emailKey: string, visitor: Visitor): Promise<void> {
    const user = await users.findOne({ emailKey });
    if (user?.status !== "active") return;
    const { code } = await codes.issue(user);
    const { name, email, preferences } = user;
    const url = post.passwordUrl(code);
    const letter = passwordLetter({ name, url, cinemaName: await post.cinemaName(), language: preferences.language });
    await mailer.send({ to: email, ...letter });
    await audit.record({ ...actorOf(visitor), action: "account.password-letter", subject: user.id, outcome: "done" });
  }

  function ask(email: string, visitor: Visitor): void {
    const emailKey = foldEmail(email);
    const { mailer } = post;
    if (mailer === null || letters.wait(emailKey) > 0 || askers.wait(visitor.address) > 0) return;
    letters.attempt(emailKey);
    askers.attempt(visitor.address);
    background.run("a letter with a new password", () => send(mailer, emailKey, visitor));
  }

  async function ownerOf(code: string): Promise<UserDoc | null> {
    const found = await codes.read(code);
    const user = found && (await users.get(found.userId));
    return user?.status === "active" && markOf(user) === found?.mark ? user : null;
  }

  async function reset({ code, password }: { code: string; password: string }, visitor: Visitor) {
    const user = await ownerOf(code);
    if (user === null) {
      await audit.record({ ...actorOf(visitor), action: "account.password-reset", outcome: "denied" });
      return WRONG_CODE;
    }
    const refusal = judgePassword(password, user);
    if (refusal !== null) return refusal;
    // Of two uses at once the second finds another password.
    const replaced = await deps.replacePassword(user, password);
    if (!replaced.ok) return replaced.code === "version_conflict" ? WRONG_CODE : replaced;
    const { id } = user;
    await deps.revocations.revoke("user", id);
    await deps.sessions.endAllOf(id);
    await codes.forgetAllOf(id);
    deps.proof.welcome(user.email, visitor.address);
    await audit.record({ ...actorOf(visitor), action: "account.password-reset", subject: id, outcome: "done" });
    return { ok: true as const };
  }

  return { ask, reset, settled: background.settled };
}
