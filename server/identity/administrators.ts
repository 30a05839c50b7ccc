import { type Refusal, refuse } from "../protocol/errors.ts";
import { type UserDoc, users } from "../store/collections.ts";
import type { Store } from "../store/port.ts";
import { ADMIN_ROLE } from "./roles.ts";

const LAST_ADMINISTRATOR = refuse("in_use", "This is the last administrator");

export const isAdministrator = (user: UserDoc) =>
  user.status === "active" && user.roleIds?.includes(ADMIN_ROLE) === true;

/**
 * Why somebody can't stop being administrator, or null. Asked before the change is written and again once
 * everybody can see it: of two administrators who go at the same moment one is brought back.
 */
export function createLastAdministrator(store: Store) {
  const collection = store.collection(users);
  return async (before: UserDoc): Promise<Refusal | null> => {
    if (!isAdministrator(before)) return null;
    const administrators = await collection.find({ roleIds: ADMIN_ROLE });
    return administrators.some((other) => other.id !== before.id && isAdministrator(other)) ? null : LAST_ADMINISTRATOR;
  };
}

export type LastAdministrator = ReturnType<typeof createLastAdministrator>;
