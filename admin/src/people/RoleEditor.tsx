import { useMemo } from "preact/hooks";
import type { Permission, Role } from "../../../server/protocol/resources.ts";
import { useDesk } from "../desk.ts";
import { FieldFrame, TextField } from "../parts/fields.tsx";
import { useManagedActs } from "../parts/managed.ts";
import { Opening } from "../parts/Opening.tsx";
import { ResourceForm, useFormAround } from "../parts/ResourceForm.tsx";
import { SectionHead } from "../parts/SectionHead.tsx";
import type { FieldValue, Form, FormSpec } from "../state/form.ts";
import type { Resource } from "../state/resource.ts";
import { useManagingWords, useWordsOf } from "../words/use.ts";
import { lackedOf, PERMISSION_GROUPS } from "./roles.ts";
import { peopleWords } from "./words.ts";

const LIST = { screen: "roles" } as const;

type RoleValues = { name: string; permissions: readonly string[] };

function roleSpec(roles: Resource<Role>): FormSpec<Role, RoleValues> {
  return {
    resource: roles,
    valuesOf: (role) => ({ name: role?.name ?? "", permissions: role?.permissions ?? [] }),
    bodyOf: ({ name, permissions }) => ({ name: name.trim(), permissions: permissions.toSorted() }),
    faultsOf: ({ name }): Record<string, string> => (name.trim() === "" ? { name: "name" } : {}),
  };
}

/** One role and its permissions. */
export function RoleEditor({ roles, id }: { roles: Resource<Role>; id: string }) {
  const spec = useMemo(() => roleSpec(roles), [roles]);
  return (
    <Opening spec={spec} id={id} list={LIST}>
      {(form) => <RoleForm form={form} roles={roles} />}
    </Opening>
  );
}

function RoleForm({ form, roles }: { form: Form<Role, RoleValues>; roles: Resource<Role> }) {
  const { route, session } = useDesk();
  const words = useWordsOf(peopleWords);
  const acts = useManagedActs(roles);
  const role = form.base.value;
  const beyond = role !== null && lackedOf(role.permissions, session.may).length > 0;
  const title = role === null ? words.newRole : (words.roleNames[role.id] ?? role.name);
  const head = <SectionHead title={title} back={LIST} text={role?.builtIn ? words.builtIn : undefined} />;
  if (role && (role.builtIn || beyond))
    return (
      <section class="section" data-testid="section-role">
        {head}
        <div class="form">
          <p class="soft">{role.builtIn ? words.builtInText : words.roleBeyond}</p>
          <PermissionList isChosen={(permission) => role.permissions.includes(permission)} />
        </div>
      </section>
    );
  const shown = (field: string, value: FieldValue) =>
    field === "permissions"
      ? (value as readonly Permission[]).map((one) => words.permissions[one][0]).join(", ")
      : undefined;
  return (
    <section class="section" data-testid="section-role">
      {head}
      <ResourceForm
        form={form}
        labels={words.roleFields}
        faultTexts={words.roleFaults}
        shown={shown}
        onSaved={() => {
          acts.saySaved(form);
          route.go(LIST);
        }}
        onCancel={() => route.go(LIST)}
        acts={role && <RemoveRole role={role} roles={roles} />}
      >
        <TextField name="name" isRequired hasFocus={role === null} maxLength={80} />
        <PermissionsField />
      </ResourceForm>
    </section>
  );
}

function RemoveRole({ role, roles }: { role: Role; roles: Resource<Role> }) {
  const { route } = useDesk();
  const words = useWordsOf(peopleWords);
  const managing = useManagingWords();
  const acts = useManagedActs(roles);
  const question = { title: words.removeRoleAsk(role.name), consequences: words.removeRoleText, danger: true };
  const remove = async () => {
    const again = { name: role.name, permissions: role.permissions };
    if (await acts.remove(role, role.name, { question: { ...question, action: managing.remove }, again }))
      route.go(LIST);
  };
  return (
    <button type="button" class="button danger" data-testid="remove" onClick={() => void remove()}>
      {managing.remove}
    </button>
  );
}

function PermissionsField() {
  const { form } = useFormAround();
  const chosen = form.values.value.permissions as readonly string[];
  return (
    <FieldFrame name="permissions" isGroup>
      {() => (
        <PermissionList
          isChosen={(permission) => chosen.includes(permission)}
          onTurn={(permission, on) =>
            form.set({ permissions: on ? [...chosen, permission].sort() : chosen.filter((one) => one !== permission) })
          }
        />
      )}
    </FieldFrame>
  );
}

interface PermissionListProps {
  isChosen(permission: Permission): boolean;
  /** Left out: only shown. */
  onTurn?(permission: Permission, on: boolean): void;
}

/** All permissions in their groups; one that who looks lacks is locked, and says so. */
function PermissionList({ isChosen, onTurn }: PermissionListProps) {
  const { session } = useDesk();
  const words = useWordsOf(peopleWords);
  return (
    <div class="permission-groups">
      {PERMISSION_GROUPS.map(([group, permissions]) => (
        <fieldset key={group} class="permission-group">
          <legend>{words.groups[group]}</legend>
          {permissions.map((permission) => {
            const [name, text] = words.permissions[permission];
            const isLocked = onTurn !== undefined && !session.may(permission);
            return (
              <label key={permission} class="choice-line">
                <input
                  type="checkbox"
                  data-testid={`may-${permission}`}
                  checked={isChosen(permission)}
                  disabled={onTurn === undefined || isLocked}
                  onChange={(event) => onTurn?.(permission, event.currentTarget.checked)}
                />
                <span>
                  <b>{name}</b>
                  <span class="soft">{isLocked ? words.locked : text}</span>
                </span>
              </label>
            );
          })}
        </fieldset>
      ))}
    </div>
  );
}
