import type { Audit, AuditRow } from "../audit/audit.ts";
import { type Clock, timestamp } from "../basics/clock.ts";
import { createDocuments } from "../catalogue/documents.ts";
import { type Outcome, refuse } from "../protocol/errors.ts";
import type { User } from "../protocol/resources.ts";
import { users as userCollection } from "../store/collections.ts";
import type { Store } from "../store/port.ts";
import { type Actor, actorOf } from "./actors.ts";
import type { Erasure } from "./erasure.ts";
import type { ReplacePassword } from "./new-password.ts";
import { judgePassword } from "./password-rules.ts";
import { EMAIL_TAKEN, NO_SUCH_USER, personFields, type UserViews } from "./people.ts";
import { changedPreferences, judgePreferences, type PreferencesChange } from "./preferences.ts";
import type { Principal } from "./principal.ts";
import type { Proof } from "./proof.ts";
import type { Rights } from "./rights.ts";
import type { Sessions } from "./sessions.ts";

export interface AccountChange {
  name?: string | undefined;
  email?: string | undefined;
  preferences?: PreferencesChange | undefined;
}

/** A renewable session, as its owner is told of it. */
export interface OwnSession {
  id: string;
  class: string;
  /** RFC 3339: when it was last renewed, and when it ends unless it is renewed. */
  renewedAt: string;
  expiresAt: string;
}

/** What the audit says of somebody; where from, when it was they. */
export type Activity = Pick<AuditRow, "at" | "action" | "outcome" | "from" | "count">;

/** What the house holds about somebody besides their orders, which are the books' to tell. */
export interface OwnData {
  exportedAt: string;
  account: User;
  sessions: OwnSession[];
  /** Newest first; of somebody very busy the newest two thousand. */
  activity: Activity[];
}

/** The account of whoever asks. */
export interface OwnAccount {
  /** Staff see their permissions too. */
  get(principal: Principal): Promise<User | null>;
  update(ifVersion: number | null, wanted: AccountChange, actor: Actor): Promise<Outcome<{ user: User }>>;
  /** The account's other sessions end within 5 s, and codes for a new password with them. Wrong guesses cost waiting time. */
  changePassword(wanted: { currentPassword: string; newPassword: string }, actor: Actor): Promise<Outcome<object>>;
  /** See `Erasure`. Safe to repeat as long as the token is good. */
  remove(ifVersion: number | null, actor: Actor): Promise<Outcome<object>>;
  exportData(actor: Actor): Promise<Outcome<{ data: OwnData }>>;
}

export interface OwnAccountDeps {
  store: Store;
  clock: Clock;
  audit: Audit;
  rights: Rights;
  replacePassword: ReplacePassword;
  proof: Proof;
  sessions: Sessions;
  views: UserViews;
  erasure: Erasure;
}

const ACTIVITY_PAGE = 200;
/** By somebody, and the same number about them: a file that a phone still opens. */
const ACTIVITY_MAX = 1_000;

const WRONG_PASSWORD = refuse("invalid_request", "The current password is wrong", {
  errors: [{ path: "currentPassword", message: "is wrong" }],
});

export function createOwnAccount(deps: OwnAccountDeps): OwnAccount {
  const { store, clock, audit, rights, proof, sessions, views } = deps;
  const documents = createDocuments({ store, clock, collection: userCollection, noun: "user" });
  const collection = store.collection(userCollection);

  const show = async (principal: Principal): Promise<User | null> => {
    const found = await rights.ofUserNow(principal.subjectId);
    return found && views.one(found.user, principal.class === "staff" ? found.permissions : undefined);
  };

  async function note(action: string, actor: Actor, details?: Record<string, unknown>): Promise<void> {
    rights.forget();
    const subject = actor.principal.subjectId;
    await audit.record({ ...actorOf(actor), action, subject, outcome: "done", ...(details && { details }) });
  }

  async function update(ifVersion: number | null, wanted: AccountChange, actor: Actor) {
    const unknown = await judgePreferences(store, wanted.preferences);
    if (unknown !== null) return unknown;
    const updated = await documents.update(actor.principal.subjectId, ifVersion, async (user) => {
      const { name = user.name, email = user.email, preferences } = wanted;
      const liked = preferences && { preferences: changedPreferences(user.preferences, preferences) };
      return { ok: true, patch: { set: { ...personFields(name, email), ...liked } } };
    });
    if (!updated.ok) return updated.code === "duplicate" ? EMAIL_TAKEN : updated;
    if (updated.changed) await note("account.update", actor, { fields: Object.keys(wanted) });
    const user = await show(actor.principal);
    return user === null ? NO_SUCH_USER : { ok: true as const, user };
  }

  async function changePassword(
    { currentPassword, newPassword }: { currentPassword: string; newPassword: string },
    actor: Actor,
  ): Promise<Outcome<object>> {
    const { subjectId, sessionId } = actor.principal;
    const user = await collection.get(subjectId);
    if (user === null) return NO_SUCH_USER;
    const refusal = judgePassword(newPassword, user, "newPassword");
    if (refusal !== null) return refusal;
    const proved = await proof.prove({ email: user.email, password: currentPassword }, actor.address);
    if (!proved.ok) return proved.code === "unauthorized" ? WRONG_PASSWORD : proved;
    const replaced = await deps.replacePassword(proved.user, newPassword);
    if (!replaced.ok) return replaced;
    await sessions.endAllOf(subjectId, sessionId);
    await note("account.password", actor);
    return { ok: true };
  }

  async function exportData(actor: Actor): Promise<Outcome<{ data: OwnData }>> {
    const account = await show(actor.principal);
    if (account === null) return NO_SUCH_USER;
    const own = (await sessions.of(account.id)).map(({ id, class: tokenClass, rotatedAt, expiresAt }) => ({
      ...{ id, class: tokenClass, renewedAt: timestamp(rotatedAt), expiresAt: timestamp(expiresAt) },
    }));
    await note("account.export", actor);
    const activity = await readActivity(account.id);
    return { ok: true, data: { exportedAt: timestamp(clock.now()), account, sessions: own, activity } };
  }

  async function readActivity(userId: string): Promise<Activity[]> {
    const [done, suffered] = await Promise.all([rowsOf({ actor: userId }), rowsOf({ subject: userId })]);
    const rows = new Map([...done, ...suffered].map((row) => [row.id, row]));
    return [...rows.values()]
      .sort((one, other) => other.at.localeCompare(one.at))
      .map(({ at, action, outcome, count, from, actor }) => ({
        ...{ at, action, outcome, count },
        ...(actor.id === userId && { from }),
      }));
  }

  async function rowsOf(query: { actor: string } | { subject: string }): Promise<AuditRow[]> {
    const rows: AuditRow[] = [];
    let after: string | undefined;
    do {
      const page = await audit.list({ ...query, limit: ACTIVITY_PAGE, after });
      if (!page.ok) break;
      rows.push(...page.items);
      after = page.nextCursor ?? undefined;
    } while (after !== undefined && rows.length < ACTIVITY_MAX);
    return rows;
  }

  return {
    get: show,
    update,
    changePassword,
    async remove(ifVersion, actor) {
      const removed = await deps.erasure.erase(actor.principal.subjectId, ifVersion, async () => null);
      if (removed.ok) await note("account.delete", actor);
      return removed;
    },
    exportData,
  };
}
