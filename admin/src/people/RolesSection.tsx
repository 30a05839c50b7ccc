import { Fragment } from "preact";
import { useEffect } from "preact/hooks";
import type { Permission, Role } from "../../../server/protocol/resources.ts";
import { TickIcon } from "../../../ui/parts/icons.tsx";
import "../styles/people.css";
import { useResource } from "../parts/managed.ts";
import { ScreenLink } from "../parts/ScreenLink.tsx";
import { AddLink, SectionHead } from "../parts/SectionHead.tsx";
import type { SectionProps } from "../sections.ts";
import { useResourceList } from "../state/list.ts";
import { PAGE_MAX, type Resource } from "../state/resource.ts";
import { useManagingWords, useWordsOf } from "../words/use.ts";
import { RoleEditor } from "./RoleEditor.tsx";
import { PERMISSION_GROUPS } from "./roles.ts";
import { peopleWords } from "./words.ts";

/** Sets of permissions with a name. */
export default function RolesSection({ id }: SectionProps) {
  const roles = useResource<Role>("/roles");
  return id === undefined ? <RoleMatrix roles={roles} /> : <RoleEditor key={id} roles={roles} id={id} />;
}

/** Every permission against every role: what anybody may do, seen at once. */
function RoleMatrix({ roles }: { roles: Resource<Role> }) {
  const words = useWordsOf(peopleWords);
  const managing = useManagingWords();
  const list = useResourceList(roles, "roles", { limit: PAGE_MAX });
  const state = list.state.value;
  useEffect(() => {
    if (state.status === "ready" && state.hasMore) void list.more();
  }, [state, list]);
  return (
    <section class="section fills" data-testid="section-roles">
      <SectionHead title={words.roles} text={words.rolesText}>
        <AddLink to={{ screen: "roles", id: "new" }} label={words.addRole} />
      </SectionHead>
      {state.status === "loading" && <div class="console-empty" aria-busy="true" />}
      {state.status === "failed" && (
        <div class="console-message" role="alert">
          <p>{managing.listFailed}</p>
          <button type="button" class="button" onClick={() => void list.reload()}>
            {managing.retry}
          </button>
        </div>
      )}
      {state.status === "ready" && <Matrix roles={list.items.value} />}
    </section>
  );
}

function Matrix({ roles }: { roles: readonly Role[] }) {
  const words = useWordsOf(peopleWords);
  return (
    <section class="table-box matrix-box" aria-label={words.rolesTable} tabindex={0}>
      <table class="table matrix" data-testid="matrix">
        <thead>
          <tr>
            <th scope="col">{words.permission}</th>
            {roles.map((role) => (
              <th key={role.id} scope="col">
                <ScreenLink to={{ screen: "roles", id: role.id }} testId={`open-${role.id}`}>
                  {words.roleNames[role.id] ?? role.name}
                </ScreenLink>
                {role.builtIn && <small class="soft">{words.builtIn}</small>}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {PERMISSION_GROUPS.map(([group, permissions]) => (
            <Fragment key={group}>
              <tr class="matrix-group">
                <th scope="rowgroup" colSpan={roles.length + 1}>
                  {words.groups[group]}
                </th>
              </tr>
              {permissions.map((permission) => (
                <MatrixRow key={permission} permission={permission} roles={roles} />
              ))}
            </Fragment>
          ))}
        </tbody>
      </table>
    </section>
  );
}

function MatrixRow({ permission, roles }: { permission: Permission; roles: readonly Role[] }) {
  const words = useWordsOf(peopleWords);
  const [name, text] = words.permissions[permission];
  return (
    <tr>
      <th scope="row">
        {name} <small class="soft">{text}</small>
      </th>
      {roles.map((role) => {
        const has = role.permissions.includes(permission);
        return (
          <td key={role.id} class={has ? "has" : undefined}>
            {has ? <TickIcon /> : <span aria-hidden="true">·</span>}
            <span class="hidden">{has ? words.has : words.hasNot}</span>
          </td>
        );
      })}
    </tr>
  );
}
