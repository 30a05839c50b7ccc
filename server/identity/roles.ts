import type { Audit } from "../audit/audit.ts";
import { type Clock, timestamp } from "../basics/clock.ts";
import { newId } from "../basics/ids.ts";
import { createDocuments, type DocumentPage, type PageRequest } from "../catalogue/documents.ts";
import { type Outcome, refuse } from "../protocol/errors.ts";
import { PERMISSIONS, type Permission, type Role } from "../protocol/resources.ts";
import { type RoleDoc, roles as roleCollection, users as userCollection } from "../store/collections.ts";
import type { Store } from "../store/port.ts";
import { type Actor, actorOf } from "./actors.ts";
import type { Revocations } from "./revocations.ts";
import type { Rights } from "./rights.ts";

/** Sets of permissions with a name. Nobody makes, changes or removes one that gives more than they have. */
export interface Roles {
  list(page: PageRequest): Promise<Outcome<DocumentPage<Role>>>;
  get(id: string): Promise<Role | null>;
  create(wanted: RoleFields, actor: Actor): Promise<Outcome<{ role: Role }>>;
  /** Counts for everybody who has the role within 2 s. Built-in roles stay as they are: `in_use`. */
  update(
    id: string,
    ifVersion: number | null,
    wanted: Partial<RoleFields>,
    actor: Actor,
  ): Promise<Outcome<{ role: Role }>>;
  /** `in_use`: built in, or somebody has it. */
  remove(id: string, ifVersion: number | null, actor: Actor): Promise<Outcome<object>>;
}

export interface RoleFields {
  name: string;
  permissions: Permission[];
}

export const ADMIN_ROLE = "rol_admin";
export const CUSTOMER_ROLE = "rol_customer";

const NOT_FOR_MANAGERS: ReadonlySet<Permission> = new Set(["users:write", "roles:write", "audit:read"]);

/** The roles that every installation has; their ids are fixed, so two servers can't make them twice. */
const BUILT_IN: readonly { id: string; name: string; permissions: readonly Permission[] }[] = [
  { id: ADMIN_ROLE, name: "admin", permissions: PERMISSIONS },
  {
    id: "rol_manager",
    name: "manager",
    permissions: PERMISSIONS.filter((permission) => !NOT_FOR_MANAGERS.has(permission)),
  },
  {
    id: "rol_box_office",
    name: "box-office",
    permissions: ["sell", "orders:read", "seats:details", "tickets:check"],
  },
  { id: CUSTOMER_ROLE, name: "customer", permissions: [] },
];

/** Makes the built-in roles, and brings those of an older version up to date. Safe to repeat and to run twice at once. */
export async function ensureBuiltInRoles({ store, clock }: { store: Store; clock: Clock }): Promise<void> {
  const roles = store.collection(roleCollection);
  const now = timestamp(clock.now());
  for (const { id, name, permissions } of BUILT_IN) {
    const wanted = [...permissions];
    const inserted = await roles.insert({
      id,
      name,
      nameKey: foldName(name),
      permissions: wanted,
      builtIn: true,
      createdAt: now,
      updatedAt: now,
    });
    if (inserted.ok) continue;
    const known = await roles.get(id);
    if (known !== null && known.permissions.join() !== wanted.join())
      await roles.update(id, { version: known.version }, { set: { permissions: wanted, updatedAt: now } });
  }
}

export interface RolesDeps {
  store: Store;
  clock: Clock;
  audit: Audit;
  rights: Rights;
  revocations: Revocations;
}

/** People with one role that are told of its change at once; beyond, they notice within an hour, when their token ends. */
const HOLDERS_MAX = 5000;

export function createRoles({ store, clock, audit, rights, revocations }: RolesDeps): Roles {
  const documents = createDocuments({ store, clock, collection: roleCollection, noun: "role" });
  const users = store.collection(userCollection);

  async function changed(action: string, subject: string, actor: Actor, details?: Partial<RoleFields>): Promise<void> {
    rights.forget();
    const said = details === undefined ? {} : { details: { ...details } };
    await audit.record({ ...actorOf(actor), action, subject, outcome: "done", ...said });
  }

  async function create({ name, permissions }: RoleFields, actor: Actor): Promise<Outcome<{ role: Role }>> {
    if (!mayGrant(actor, permissions)) return TOO_MUCH;
    const fields = { name, nameKey: foldName(name), permissions: [...new Set(permissions)], builtIn: false };
    const created = await documents.create(newId("rol"), fields);
    if (!created.ok) return created;
    await changed("role.create", created.document.id, actor, { name, permissions });
    return { ok: true, role: toRole(created.document) };
  }

  async function update(id: string, ifVersion: number | null, wanted: Partial<RoleFields>, actor: Actor) {
    const updated = await documents.update(id, ifVersion, async (role) => {
      if (!mayGrant(actor, [...role.permissions, ...(wanted.permissions ?? [])])) return TOO_MUCH;
      if (role.builtIn) return BUILT_IN_STAYS;
      const { name, permissions } = wanted;
      const named = name === undefined ? {} : { name, nameKey: foldName(name) };
      const given = permissions === undefined ? {} : { permissions: [...new Set(permissions)] };
      return { ok: true, patch: { set: { ...named, ...given } } };
    });
    if (!updated.ok) return updated;
    if (!updated.changed) return { ok: true as const, role: toRole(updated.document) };
    await changed("role.update", id, actor, wanted);
    for (const holder of await users.find({ roleIds: id }, { limit: HOLDERS_MAX }))
      await revocations.revoke("rights", holder.id);
    return { ok: true as const, role: toRole(updated.document) };
  }

  async function remove(id: string, ifVersion: number | null, actor: Actor): Promise<Outcome<object>> {
    const removed = await documents.remove(id, ifVersion, {
      async inUse(role) {
        if (!mayGrant(actor, role.permissions)) return TOO_MUCH;
        if (role.builtIn) return BUILT_IN_STAYS;
        return (await users.findOne({ roleIds: id })) === null ? null : SOMEBODY_HAS_IT;
      },
    });
    if (removed.ok) await changed("role.delete", id, actor);
    return removed;
  }

  return {
    async list(page) {
      const listed = await documents.list({ query: { nameKey: { gte: "" } }, ...page });
      return listed.ok ? { ...listed, items: listed.items.map(toRole) } : listed;
    },
    async get(id) {
      const role = await documents.get(id);
      return role === null ? null : toRole(role);
    },
    create,
    update,
    remove,
  };
}

export const TOO_MUCH = refuse("forbidden", "This goes beyond your own permissions");
const SOMEBODY_HAS_IT = refuse("in_use", "Somebody has this role");
const BUILT_IN_STAYS = refuse("in_use", "Built-in roles stay as they are; make one of your own");

/** Nobody can grant what they do not have. */
export function mayGrant({ principal }: Actor, permissions: Iterable<Permission>): boolean {
  return [...permissions].every((permission) => principal.permissions.has(permission));
}

/** Names of roles are the same whatever their case. */
export const foldName = (name: string) => name.trim().normalize("NFC").toLowerCase();

/** A role as clients see it. */
export function toRole({ id, version, createdAt, updatedAt, name, permissions, builtIn }: RoleDoc): Role {
  return { id, version, createdAt, updatedAt, name, permissions, builtIn };
}
