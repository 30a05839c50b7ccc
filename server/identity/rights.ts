import type { Clock } from "../basics/clock.ts";
import { DEVICE_PERMISSIONS, type DeviceKind, type Permission } from "../protocol/resources.ts";
import { roles as roleCollection, type UserDoc, users as userCollection } from "../store/collections.ts";
import type { Store } from "../store/port.ts";

/** A user as they are now, with what their roles give them. */
export interface UserRights {
  user: UserDoc;
  permissions: ReadonlySet<Permission>;
}

/** What users may do, from their roles in the store. */
export interface Rights {
  /** At most 2 s old. Null: no such user. */
  ofUser(userId: string): Promise<UserRights | null>;
  /** As the store has it now. */
  ofUserNow(userId: string): Promise<UserRights | null>;
  ofRoles(roleIds: readonly string[]): Promise<ReadonlySet<Permission>>;
  /** Drops what is remembered: call after a change of users or roles. */
  forget(): void;
}

/** A change made on another server counts here after this time. */
const FRESH_MS = 2_000;
/** Past this many users the memory starts anew; it is a cache of two seconds. */
const REMEMBERED_USERS = 10_000;

export function createRights({ store, clock }: { store: Store; clock: Clock }): Rights {
  const users = store.collection(userCollection);
  const roles = store.collection(roleCollection);
  const remembered = new Map<string, { readAt: number; rights: Promise<UserRights | null> }>();

  async function ofRoles(roleIds: readonly string[]): Promise<ReadonlySet<Permission>> {
    if (roleIds.length === 0) return new Set();
    return new Set((await roles.getMany(roleIds)).flatMap((role) => role.permissions));
  }

  async function ofUserNow(userId: string): Promise<UserRights | null> {
    const user = await users.get(userId);
    return user === null ? null : { user, permissions: await ofRoles(user.roleIds ?? []) };
  }

  function ofUser(userId: string): Promise<UserRights | null> {
    const now = clock.now();
    const known = remembered.get(userId);
    if (known !== undefined && Math.abs(now - known.readAt) < FRESH_MS) return known.rights;
    if (remembered.size >= REMEMBERED_USERS) remembered.clear();
    const rights = ofUserNow(userId);
    remembered.set(userId, { readAt: now, rights });
    rights.catch(() => remembered.delete(userId));
    return rights;
  }

  return { ofUser, ofUserNow, ofRoles, forget: () => remembered.clear() };
}

/** A device's rights follow from its kind. */
export function permissionsOfDevice(kind: DeviceKind): ReadonlySet<Permission> {
  return new Set(DEVICE_PERMISSIONS[kind]);
}
