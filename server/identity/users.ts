import type { Audit } from "../audit/audit.ts";
import type { Clock } from "../basics/clock.ts";
import { foldText } from "../basics/fold.ts";
import { newId } from "../basics/ids.ts";
import { createDocuments, type DocumentPage, type PageRequest } from "../catalogue/documents.ts";
import { type FieldError, type Outcome, type Refusal, refuse } from "../protocol/errors.ts";
import type { Preferences, User } from "../protocol/resources.ts";
import { roles as roleCollection, type UserDoc, users as userCollection } from "../store/collections.ts";
import type { Query, Store } from "../store/port.ts";
import { type Actor, actorOf } from "./actors.ts";
import type { LastAdministrator } from "./administrators.ts";
import type { Erasure } from "./erasure.ts";
import type { PasswordCode, PasswordCodes } from "./password-codes.ts";
import { judgePassword } from "./password-rules.ts";
import type { Passwords } from "./passwords.ts";
import { EMAIL_TAKEN, NO_PREFERENCES, NO_SUCH_USER, personFields, type UserViews } from "./people.ts";
import { changedPreferences, judgePreferences, type PreferencesChange } from "./preferences.ts";
import type { Revocations } from "./revocations.ts";
import type { Rights } from "./rights.ts";
import { ADMIN_ROLE, CUSTOMER_ROLE, mayGrant, TOO_MUCH } from "./roles.ts";
import type { Sessions } from "./sessions.ts";

export interface UserFields {
  name: string;
  email: string;
  password: string;
  roleIds?: string[] | undefined;
  preferences?: Preferences | undefined;
  status?: "active" | "disabled" | undefined;
}

export type UserChange = { [F in keyof Omit<UserFields, "preferences">]?: UserFields[F] | undefined } & {
  preferences?: PreferencesChange | undefined;
};

export interface UserFilter {
  /** The beginning of a name, a part of it or an e-mail address; case and accents do not matter. */
  q?: string | undefined;
  roleId?: string | undefined;
  status?: "active" | "disabled" | undefined;
}

/**
 * People, as whoever manages them sees them. Nobody gives a role that goes beyond their own permissions, or
 * touches somebody who has more; one administrator always stays.
 */
export interface Users {
  list(page: PageRequest & UserFilter): Promise<Outcome<DocumentPage<User>>>;
  get(id: string): Promise<User | null>;
  create(wanted: UserFields, actor: Actor): Promise<Outcome<{ user: User }>>;
  /** A disabled user, or one with a new password, is signed out everywhere within 5 s. */
  update(id: string, ifVersion: number | null, wanted: UserChange, actor: Actor): Promise<Outcome<{ user: User }>>;
  /** A code to hand over to somebody who has forgotten their password. */
  passwordCode(id: string, actor: Actor): Promise<Outcome<{ code: PasswordCode }>>;
  /** Forgets the person and keeps the books, see `Erasure`. */
  remove(id: string, ifVersion: number | null, actor: Actor): Promise<Outcome<object>>;
}

export interface UsersDeps {
  store: Store;
  clock: Clock;
  audit: Audit;
  rights: Rights;
  passwords: Passwords;
  sessions: Sessions;
  revocations: Revocations;
  views: UserViews;
  codes: PasswordCodes;
  erasure: Erasure;
  lastAdministrator: LastAdministrator;
}

export function createUsers(deps: UsersDeps): Users {
  const { store, audit, rights, passwords, views } = deps;
  const documents = createDocuments({ ...deps, collection: userCollection, noun: "user" });
  const roles = createDocuments({ ...deps, collection: roleCollection, noun: "role" });

  async function unknownRoles({ roleIds = [] }: { roleIds?: string[] | undefined }): Promise<Refusal | null> {
    const errors = await roles.faultsOf("roleIds", roleIds);
    return errors.length > 0 ? invalid(errors) : null;
  }

  async function judgeRoles(roleIds: string[], actor: Actor): Promise<Refusal | null> {
    const unknown = await unknownRoles({ roleIds });
    if (unknown !== null) return unknown;
    return mayGrant(actor, await rights.ofRoles(roleIds)) ? null : TOO_MUCH;
  }

  /** Null when this actor may touch this user at all. */
  const judgeTarget = async (user: UserDoc, actor: Actor) =>
    mayGrant(actor, await rights.ofRoles(user.roleIds ?? [])) ? null : TOO_MUCH;

  async function changed(action: string, subject: string, actor: Actor, fields: string[]): Promise<void> {
    rights.forget();
    await audit.record({ ...actorOf(actor), action, subject, outcome: "done", details: { fields } });
  }

  async function create(wanted: UserFields, actor: Actor): Promise<Outcome<{ user: User }>> {
    const roleIds = [...new Set(wanted.roleIds ?? [CUSTOMER_ROLE])];
    const refusal =
      (await judgeRoles(roleIds, actor)) ??
      judgePassword(wanted.password, wanted) ??
      (await judgePreferences(store, wanted.preferences));
    if (refusal !== null) return refusal;
    const hashed = await passwords.hash(wanted.password);
    if (!hashed.ok) return hashed;
    const { name, email, preferences = NO_PREFERENCES, status = "active" } = wanted;
    const fields = { ...personFields(name, email), ...roleFields(roleIds), preferences, status };
    const created = await documents.create(newId("usr"), { ...fields, passwordHash: hashed.hash }, unknownRoles);
    if (!created.ok) return created.code === "duplicate" ? EMAIL_TAKEN : created;
    await changed("user.create", created.document.id, actor, Object.keys(wanted));
    return { ok: true, user: await views.one(created.document) };
  }

  /** What a change writes; judged by the user as they are, and once more by what others see of it. */
  async function judgeChange(user: UserDoc, wanted: UserChange, passwordHash: string | null, actor: Actor) {
    const { name = user.name, email = user.email, password, roleIds, preferences, status } = wanted;
    const refusal =
      (await judgeTarget(user, actor)) ??
      (roleIds === undefined ? null : await judgeRoles(roleIds, actor)) ??
      (password === undefined ? null : judgePassword(password, { name, email }));
    if (refusal !== null) return refusal;
    const leaves = status === "disabled" || (roleIds !== undefined && !roleIds.includes(ADMIN_ROLE));
    const isLast = leaves ? await deps.lastAdministrator(user) : null;
    if (isLast !== null) return isLast;
    const set = {
      ...personFields(name, email),
      ...(status !== undefined && { status }),
      ...(preferences && { preferences: changedPreferences(user.preferences, preferences) }),
      ...(roleIds !== undefined && roleFields([...new Set(roleIds)])),
      ...(passwordHash !== null && { passwordHash }),
    };
    const confirm = async (after: UserDoc) =>
      (leaves ? await deps.lastAdministrator(user) : null) ?? (roleIds === undefined ? null : unknownRoles(after));
    const patch = roleIds?.length === 0 ? { set, unset: ["roleIds"] as const } : { set };
    return { ok: true as const, patch, confirm };
  }

  async function update(id: string, ifVersion: number | null, wanted: UserChange, actor: Actor) {
    const { password, roleIds, status } = wanted;
    const unknown = await judgePreferences(store, wanted.preferences);
    if (unknown !== null) return unknown;
    const hashed = password === undefined ? null : await passwords.hash(password);
    if (hashed !== null && !hashed.ok) return hashed;
    const updated = await documents.update(id, ifVersion, (user) =>
      judgeChange(user, wanted, hashed?.hash ?? null, actor),
    );
    if (!updated.ok) return updated.code === "duplicate" ? EMAIL_TAKEN : updated;
    if (status === "disabled" || password !== undefined) await signOutEverywhere(id);
    else if (roleIds !== undefined) await deps.revocations.revoke("rights", id);
    if (updated.changed) await changed("user.update", id, actor, Object.keys(wanted));
    return { ok: true as const, user: await views.one(updated.document) };
  }

  async function signOutEverywhere(userId: string): Promise<void> {
    await deps.revocations.revoke("user", userId);
    await deps.sessions.endAllOf(userId);
  }

  async function passwordCode(id: string, actor: Actor): Promise<Outcome<{ code: PasswordCode }>> {
    const user = await documents.get(id);
    if (user === null) return NO_SUCH_USER;
    const refusal = await judgeTarget(user, actor);
    if (refusal !== null) return refusal;
    const code = await deps.codes.issue(user);
    await changed("user.password-link", id, actor, []);
    return { ok: true, code };
  }

  async function remove(id: string, ifVersion: number | null, actor: Actor): Promise<Outcome<object>> {
    const removed = await deps.erasure.erase(id, ifVersion, (user) => judgeTarget(user, actor));
    if (removed.ok) await changed("user.delete", id, actor, []);
    return removed;
  }

  return {
    async list({ q, roleId, status, ...page }) {
      const listed = await documents.list({ ...page, ...searchFor({ q, roleId, status }) });
      return listed.ok ? { ...listed, items: await views.many(listed.items) } : listed;
    },
    async get(id) {
      const user = await documents.get(id);
      return user === null ? null : views.one(user);
    },
    create,
    update,
    passwordCode,
    remove,
  };
}

/** The narrowest index for a filter; `keep` does the rest. */
function searchFor({ q = "", roleId, status }: UserFilter): { query: Query<UserDoc>; keep(user: UserDoc): boolean } {
  const words = foldText(q)
    .split(" ")
    .filter((word) => word !== "")
    .sort((one, other) => other.length - one.length);
  const keep = (user: UserDoc) =>
    words.every((word) => user.findKeys.some((key) => key.startsWith(word))) &&
    (roleId === undefined || user.roleIds?.includes(roleId) === true) &&
    (status === undefined || user.status === status);
  const [longest] = words;
  if (longest !== undefined) return { query: { findKeys: { prefix: longest } }, keep };
  if (roleId !== undefined) return { query: { roleIds: roleId }, keep };
  if (status !== undefined) return { query: { status, emailKey: { gte: "" } }, keep };
  return { query: { emailKey: { gte: "" } }, keep };
}

/** Without roles the field is left out: indexes know no empty arrays. */
const roleFields = (roleIds: string[]) => (roleIds.length === 0 ? {} : { roleIds });

const invalid = (errors: FieldError[]) => refuse("invalid_request", "The request is not valid", { errors });
