import type { Audit } from "../audit/audit.ts";
import type { Clock } from "../basics/clock.ts";
import { newId } from "../basics/ids.ts";
import { createDocuments, type DocumentPage, type PageRequest } from "../catalogue/documents.ts";
import { type FieldError, type Outcome, type Refusal, refuse } from "../protocol/errors.ts";
import type { Preferences, User } from "../protocol/resources.ts";
import {
  bookings as bookingCollection,
  roles as roleCollection,
  type UserDoc,
  users as userCollection,
} from "../store/collections.ts";
import type { Store } from "../store/port.ts";
import { EMAIL_TAKEN, foldEmail, NO_PREFERENCES, toUser } from "./accounts.ts";
import { type Actor, actorOf } from "./actors.ts";
import type { Passwords } from "./passwords.ts";
import { judgePreferences } from "./preferences.ts";
import type { Revocations } from "./revocations.ts";
import type { Rights } from "./rights.ts";
import { ADMIN_ROLE, CUSTOMER_ROLE, mayGrant, TOO_MUCH } from "./roles.ts";
import type { Sessions } from "./sessions.ts";

export interface UserFields {
  name: string;
  email: string;
  password: string;
  roleIds?: string[];
  preferences?: Preferences;
  status?: "active" | "disabled";
}

/**
 * People, as whoever manages them sees them. Nobody gives a role that goes beyond their own permissions, or
 * touches somebody who has more; one administrator always stays.
 */
export interface Users {
  list(page: PageRequest): Promise<Outcome<DocumentPage<User>>>;
  /** With `permissions` where `withRights`. */
  get(id: string, options?: { withRights: boolean }): Promise<User | null>;
  create(wanted: UserFields, actor: Actor): Promise<Outcome<{ user: User }>>;
  /** A disabled user, or one with a new password, is signed out everywhere within 5 s. */
  update(
    id: string,
    ifVersion: number | null,
    wanted: Partial<UserFields>,
    actor: Actor,
  ): Promise<Outcome<{ user: User }>>;
  /** `in_use` while orders name the user: disable them instead. */
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
}

const LAST_ADMINISTRATOR = refuse("in_use", "This is the last administrator");

export function createUsers(deps: UsersDeps): Users {
  const { store, audit, rights, passwords } = deps;
  const documents = createDocuments({ ...deps, collection: userCollection, noun: "user" });
  const collection = store.collection(userCollection);
  const roles = createDocuments({ ...deps, collection: roleCollection, noun: "role" });
  const bookings = store.collection(bookingCollection);

  async function judgeRoles(roleIds: string[], actor: Actor): Promise<Refusal | null> {
    const errors = await roles.faultsOf("roleIds", roleIds);
    if (errors.length > 0) return invalid(errors);
    return mayGrant(actor, await rights.ofRoles(roleIds)) ? null : TOO_MUCH;
  }

  /** Whether the actor may touch this user at all, and whether an administrator would be left. */
  async function judgeTarget(user: UserDoc, leaves: boolean, actor: Actor): Promise<Refusal | null> {
    if (!mayGrant(actor, await rights.ofRoles(user.roleIds ?? []))) return TOO_MUCH;
    if (!leaves || !isAdministrator(user)) return null;
    const administrators = await collection.find({ roleIds: ADMIN_ROLE });
    return administrators.some((other) => other.id !== user.id && isAdministrator(other)) ? null : LAST_ADMINISTRATOR;
  }

  async function changed(action: string, subject: string, actor: Actor, fields: string[]): Promise<void> {
    rights.forget();
    await audit.record({ ...actorOf(actor), action, subject, outcome: "done", details: { fields } });
  }

  async function signOutEverywhere(userId: string): Promise<void> {
    await deps.revocations.revoke("user", userId);
    await deps.sessions.endAllOf(userId);
  }

  async function create(wanted: UserFields, actor: Actor): Promise<Outcome<{ user: User }>> {
    const roleIds = [...new Set(wanted.roleIds ?? [CUSTOMER_ROLE])];
    const refusal = (await judgeRoles(roleIds, actor)) ?? (await judgePreferences(store, wanted.preferences));
    if (refusal !== null) return refusal;
    const hashed = await passwords.hash(wanted.password);
    if (!hashed.ok) return hashed;
    const { name, preferences = NO_PREFERENCES, status = "active" } = wanted;
    const fields = { name, ...emailFields(wanted.email), ...roleFields(roleIds), preferences, status };
    const created = await documents.create(newId("usr"), { ...fields, passwordHash: hashed.hash });
    if (!created.ok) return EMAIL_TAKEN;
    await changed("user.create", created.document.id, actor, Object.keys(wanted));
    return { ok: true, user: toUser(created.document) };
  }

  async function update(id: string, ifVersion: number | null, wanted: Partial<UserFields>, actor: Actor) {
    const { name, email, password, roleIds, preferences, status } = wanted;
    const unknown = await judgePreferences(store, preferences);
    if (unknown !== null) return unknown;
    const hashed = password === undefined ? null : await passwords.hash(password);
    if (hashed !== null && !hashed.ok) return hashed;
    const updated = await documents.update(id, ifVersion, async (user) => {
      const leaves = status === "disabled" || (roleIds !== undefined && !roleIds.includes(ADMIN_ROLE));
      const refusal =
        (await judgeTarget(user, leaves, actor)) ?? (roleIds === undefined ? null : await judgeRoles(roleIds, actor));
      if (refusal !== null) return refusal;
      const set = {
        ...defined({ name, preferences, status }),
        ...(email === undefined ? {} : emailFields(email)),
        ...(roleIds === undefined ? {} : roleFields([...new Set(roleIds)])),
        ...(hashed === null ? {} : { passwordHash: hashed.hash }),
      };
      return { ok: true, patch: roleIds?.length === 0 ? { set, unset: ["roleIds"] } : { set } };
    });
    if (!updated.ok) return updated.code === "duplicate" ? EMAIL_TAKEN : updated;
    if (status === "disabled" || password !== undefined) await signOutEverywhere(id);
    else if (roleIds !== undefined) await deps.revocations.revoke("rights", id);
    await changed("user.update", id, actor, Object.keys(wanted));
    return { ok: true as const, user: toUser(updated.document) };
  }

  async function remove(id: string, ifVersion: number | null, actor: Actor): Promise<Outcome<object>> {
    const user = await documents.get(id);
    if (user === null) return refuse("not_found", "There is no such user");
    const refusal = await judgeTarget(user, true, actor);
    if (refusal !== null) return refusal;
    if ((await bookings.findOne({ customerId: id })) !== null) return refuse("in_use", "Orders name this user");
    const version = ifVersion ?? user.version;
    if (!(await collection.remove(id, { version }))) return refuse("version_conflict", "Somebody changed this user");
    await signOutEverywhere(id);
    await changed("user.delete", id, actor, []);
    return { ok: true };
  }

  return {
    async list(page) {
      const listed = await documents.list({ query: { emailKey: { gte: "" } }, ...page });
      return listed.ok ? { ...listed, items: listed.items.map((user) => toUser(user)) } : listed;
    },
    async get(id, { withRights } = { withRights: false }) {
      const found = await rights.ofUserNow(id);
      return found === null ? null : toUser(found.user, withRights ? found.permissions : undefined);
    },
    create,
    update,
    remove,
  };
}

const isAdministrator = (user: UserDoc) => user.status === "active" && user.roleIds?.includes(ADMIN_ROLE) === true;

const emailFields = (email: string) => ({ email: email.trim(), emailKey: foldEmail(email) });

/** Without roles the field is left out: indexes know no empty arrays. */
const roleFields = (roleIds: string[]) => (roleIds.length === 0 ? {} : { roleIds });

const invalid = (errors: FieldError[]) => refuse("invalid_request", "The request is not valid", { errors });

function defined<T extends object>(fields: T): Partial<T> {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as Partial<T>;
}
