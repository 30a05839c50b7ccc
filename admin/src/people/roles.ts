import { useEffect, useState } from "preact/hooks";
import type { Permission, Role } from "../../../server/protocol/resources.ts";
import { useDesk } from "../desk.ts";
import { useResource } from "../parts/managed.ts";
import { useWordsOf } from "../words/use.ts";
import { type PeopleWords, peopleWords } from "./words.ts";

/** Permissions as people think of them: what belongs together stands together. */
export const PERMISSION_GROUPS: readonly (readonly [keyof PeopleWords["groups"], readonly Permission[]])[] = [
  ["programme", ["catalogue:write", "showtimes:write"]],
  ["counter", ["sell", "seats:block", "seats:details", "tickets:check"]],
  ["money", ["orders:read", "orders:refund", "reports:read"]],
  ["house", ["users:write", "roles:write", "devices:write", "settings:write", "audit:read"]],
];

/** All roles, for who may read them; `all` is null until they are read, and empty for others. */
export interface RoleNames {
  all: readonly Role[] | null;
  nameOf(role: { id: string; name?: string }): string;
}

export function useRoles(): RoleNames {
  const { session } = useDesk();
  const words = useWordsOf(peopleWords);
  const resource = useResource<Role>("/roles");
  const mayRead = session.may("roles:write");
  const [all, setAll] = useState<readonly Role[] | null>(mayRead ? null : []);
  useEffect(() => {
    if (mayRead) void resource.all().then((answer) => setAll(answer.ok ? answer.items : []));
  }, [resource, mayRead]);
  return {
    all,
    nameOf: ({ id, name }) => words.roleNames[id] ?? name ?? all?.find((role) => role.id === id)?.name ?? id,
  };
}

/** What of these permissions somebody lacks: nobody gives what they do not have. */
export function lackedOf(
  permissions: readonly Permission[],
  may: (permission: Permission) => boolean,
): readonly Permission[] {
  return permissions.filter((permission) => !may(permission));
}
