import { findKeysOf } from "../basics/fold.ts";
import { refuse } from "../protocol/errors.ts";
import type { Permission, Preferences, User } from "../protocol/resources.ts";
import { genres, type UserDoc } from "../store/collections.ts";
import type { Store } from "../store/port.ts";

export const NO_PREFERENCES: Preferences = { genreIds: [], language: "es" };
export const EMAIL_TAKEN = refuse("duplicate", "Somebody has this e-mail address already");
export const NO_SUCH_USER = refuse("not_found", "There is no such user");

/** E-mail addresses are the same whatever their case. */
export const foldEmail = (email: string) => email.trim().normalize("NFC").toLowerCase();

/** Name and address of a person, with the keys under which they are unique and found. */
export function personFields(name: string, email: string) {
  return { name, email: email.trim(), emailKey: foldEmail(email), findKeys: findKeysOf(name, email) };
}

/** A user as the store has them; `permissions` where asked for. */
export function toUser(user: UserDoc, permissions?: ReadonlySet<Permission>): User {
  const { id, version, createdAt, updatedAt, name, email, roleIds = [], preferences, status } = user;
  const shown = { id, version, createdAt, updatedAt, name, email, roleIds, preferences, status };
  return permissions === undefined ? shown : { ...shown, permissions: [...permissions] };
}

/**
 * Users as clients see them: genres that are gone are left out of what they prefer, so a genre can be deleted
 * whoever likes it.
 */
export interface UserViews {
  one(user: UserDoc, permissions?: ReadonlySet<Permission>): Promise<User>;
  many(users: readonly UserDoc[]): Promise<User[]>;
}

export function createUserViews(store: Store): UserViews {
  const collection = store.collection(genres);

  async function many(users: readonly UserDoc[]): Promise<User[]> {
    const liked = [...new Set(users.flatMap(({ preferences }) => preferences.genreIds))];
    const there = new Set(liked.length === 0 ? [] : (await collection.getMany(liked)).map(({ id }) => id));
    return users.map((user) => {
      const genreIds = user.preferences.genreIds.filter((id) => there.has(id));
      return toUser({ ...user, preferences: { ...user.preferences, genreIds } });
    });
  }

  return {
    many,
    async one(user, permissions) {
      const [shown = toUser(user)] = await many([user]);
      return permissions === undefined ? shown : { ...shown, permissions: [...permissions] };
    },
  };
}
