import type { User } from "../../../server/protocol/resources.ts";
import { useLook } from "../../../ui/look.ts";
import "../styles/people.css";
import { FilterSelect } from "../parts/FilterSelect.tsx";
import { useResource } from "../parts/managed.ts";
import { type Column, ResourceTable } from "../parts/ResourceTable.tsx";
import { AddLink, SectionHead } from "../parts/SectionHead.tsx";
import type { SectionProps } from "../sections.ts";
import { useResourceList } from "../state/list.ts";
import type { Resource } from "../state/resource.ts";
import { useWordsOf } from "../words/use.ts";
import { type RoleNames, useRoles } from "./roles.ts";
import { UserEditor } from "./UserEditor.tsx";
import { peopleWords } from "./words.ts";

/** Who works here and who buys. */
export default function UsersSection({ id }: SectionProps) {
  const users = useResource<User>("/users");
  const roles = useRoles();
  return id === undefined ? (
    <UserList users={users} roles={roles} />
  ) : (
    <UserEditor key={id} users={users} roles={roles} id={id} />
  );
}

const STATUSES = ["active", "disabled"] as const;

function UserList({ users, roles }: { users: Resource<User>; roles: RoleNames }) {
  const words = useWordsOf(peopleWords);
  const list = useResourceList(users, "users");
  const filters = (
    <>
      {roles.all !== null && roles.all.length > 0 && (
        <FilterSelect
          {...{ list, by: "roleId", label: words.roleFilter, any: words.anyRole }}
          options={roles.all.map((role) => ({ value: role.id, label: roles.nameOf(role) }))}
        />
      )}
      <FilterSelect
        {...{ list, by: "status", label: words.statusFilter, any: words.anyStatus }}
        options={STATUSES.map((one) => ({ value: one, label: words.status[one] }))}
      />
    </>
  );
  return (
    <section class="section fills" data-testid="section-users">
      <SectionHead title={words.users}>
        <AddLink to={{ screen: "users", id: "new" }} label={words.addUser} />
      </SectionHead>
      <ResourceTable
        list={list}
        label={words.users}
        columns={useColumns(roles)}
        to={({ id }) => ({ screen: "users", id })}
        filters={filters}
        rowClass={(user) => (user.status === "active" ? undefined : "muted")}
        empty={<p>{words.usersEmpty}</p>}
      />
    </section>
  );
}

function useColumns(roles: RoleNames): Column<User>[] {
  const words = useWordsOf(peopleWords);
  const formats = useLook().formats.value;
  const rolesText = (user: User) => user.roleIds.map((id) => roles.nameOf({ id })).join(", ");
  return [
    { key: "name", label: words.columns.name, cell: (user) => user.name, sort: (user) => user.name },
    { key: "email", label: words.columns.email, cell: (user) => user.email, sort: (user) => user.email },
    { key: "roles", label: words.columns.roles, cell: rolesText, sort: rolesText },
    {
      ...{ key: "status", label: words.columns.status, sort: (user) => user.status },
      cell: ({ status }) => (
        <span class={status === "active" ? "badge good" : "badge bad"}>{words.status[status]}</span>
      ),
    },
    {
      ...{ key: "since", label: words.columns.since, isNumber: true, isExtra: true },
      cell: (user) => formats.shortDay(user.createdAt),
      sort: (user) => user.createdAt,
    },
  ];
}
