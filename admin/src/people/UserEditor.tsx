import { useMemo, useState } from "preact/hooks";
import type { User } from "../../../server/protocol/resources.ts";
import { freshKey } from "../../../ui/connection/api.ts";
import { useDesk } from "../desk.ts";
import { FieldFrame, TextField } from "../parts/fields.tsx";
import { useManagedActs } from "../parts/managed.ts";
import { Opening } from "../parts/Opening.tsx";
import { ResourceForm, useFormAround } from "../parts/ResourceForm.tsx";
import { SectionHead } from "../parts/SectionHead.tsx";
import type { FieldValue, Form, FormSpec } from "../state/form.ts";
import type { Resource } from "../state/resource.ts";
import { useWordsOf } from "../words/use.ts";
import { PasswordLink } from "./PasswordLink.tsx";
import { lackedOf, type RoleNames } from "./roles.ts";
import { UserAccess } from "./UserAccess.tsx";
import { peopleWords } from "./words.ts";

const LIST = { screen: "users" } as const;

type UserValues = { name: string; email: string; roleIds: readonly string[] };

/** A new person gets a password that nobody has seen, and a link to choose their own. */
export function userSpec(users: Resource<User>): FormSpec<User, UserValues> {
  return {
    resource: { ...users, create: (body) => users.create({ ...body, password: freshKey() }) },
    valuesOf: (user) => ({ name: user?.name ?? "", email: user?.email ?? "", roleIds: user?.roleIds ?? [] }),
    bodyOf: ({ name, email, roleIds }) => ({ name: name.trim(), email: email.trim(), roleIds: [...roleIds] }),
    faultsOf: ({ name, email }) => ({
      ...(name.trim() === "" && { name: "name" }),
      ...(!/^\S+@\S+\.\S+$/.test(email.trim()) && { email: "email" }),
    }),
  };
}

interface UserEditorProps {
  users: Resource<User>;
  roles: RoleNames;
  id: string;
}

/** One person: who they are, what they may do, and their way in. */
export function UserEditor({ users, roles, id }: UserEditorProps) {
  const spec = useMemo(() => userSpec(users), [users]);
  return (
    <Opening spec={spec} id={id} list={LIST}>
      {(form) => <UserForm form={form} users={users} roles={roles} />}
    </Opening>
  );
}

function UserForm({ form, users, roles }: Omit<UserEditorProps, "id"> & { form: Form<User, UserValues> }) {
  const { route } = useDesk();
  const words = useWordsOf(peopleWords);
  const acts = useManagedActs(users);
  const [isHandingOver, setHandingOver] = useState(false);
  const user = form.base.value;
  const shown = (field: string, value: FieldValue) =>
    field === "roleIds" ? (value as readonly string[]).map((id) => roles.nameOf({ id })).join(", ") : undefined;
  return (
    <section class="section" data-testid="section-user">
      <SectionHead title={user?.name ?? words.newUser} back={LIST} text={user === null && words.newUserText} />
      <div class="with-aside">
        <ResourceForm
          form={form}
          labels={words.fields}
          faultTexts={words.faults}
          shown={shown}
          onSaved={(_, wasNew) => {
            if (wasNew) return setHandingOver(true);
            acts.saySaved(form);
            route.go(LIST);
          }}
          onCancel={() => route.go(LIST)}
        >
          <TextField name="name" isRequired hasFocus={user === null} maxLength={120} />
          <TextField name="email" type="email" isRequired maxLength={254} />
          <RolesField roles={roles} />
        </ResourceForm>
        {user && <UserAccess user={user} users={users} onChange={form.restart} onLink={() => setHandingOver(true)} />}
      </div>
      {isHandingOver && user && <PasswordLink user={user} onClose={() => setHandingOver(false)} />}
    </section>
  );
}

/** Roles that may be given; those beyond one's own permissions are there, locked, and say why. */
function RolesField({ roles }: { roles: RoleNames }) {
  const { session } = useDesk();
  const words = useWordsOf(peopleWords);
  const { form } = useFormAround();
  const chosen = form.values.value.roleIds as readonly string[];
  const offered = roles.all ?? [];
  if (roles.all !== null && offered.length === 0)
    return (
      <div class="field">
        <p class="field-name">{words.fields.roleIds}</p>
        <p>{chosen.map((id) => roles.nameOf({ id })).join(", ")}</p>
        <p class="soft">{words.rolesUnread}</p>
      </div>
    );
  const turn = (id: string, on: boolean) =>
    form.set({ roleIds: on ? [...chosen, id] : chosen.filter((one) => one !== id) });
  return (
    <FieldFrame name="roleIds" help={words.rolesHelp} isGroup>
      {() => (
        <div class="choices">
          {offered.map((role) => {
            const lacked = lackedOf(role.permissions, session.may).map((one) => words.permissions[one][0]);
            return (
              <label key={role.id} class="choice-line" data-testid={`role-${role.id}`}>
                <input
                  type="checkbox"
                  checked={chosen.includes(role.id)}
                  disabled={lacked.length > 0}
                  onChange={(event) => turn(role.id, event.currentTarget.checked)}
                />
                <span>
                  <b>{roles.nameOf(role)}</b>
                  <span class="soft">
                    {lacked.length > 0
                      ? words.roleTooMuch(lacked.join(", "))
                      : role.permissions.map((one) => words.permissions[one][0]).join(", ")}
                  </span>
                </span>
              </label>
            );
          })}
        </div>
      )}
    </FieldFrame>
  );
}
