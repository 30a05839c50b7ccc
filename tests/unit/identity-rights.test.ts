import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Actor } from "../../server/identity/actors.ts";
import { PERMISSIONS, type Permission } from "../../server/protocol/resources.ts";
import { FIRST, granted, type IdentityRig, identityRig, NOBODY, principalOf } from "../support/identity.ts";

let rig: IdentityRig;
let boss: Actor;
beforeEach(async () => {
  rig = await identityRig();
  boss = await actorFor(FIRST);
});
afterEach(() => rig.close());

async function actorFor(credentials: { email: string; password: string }): Promise<Actor> {
  const { token } = granted(await rig.identity.accounts.signIn(credentials, NOBODY));
  return { principal: await principalOf(rig.identity, token), address: NOBODY.address };
}

let count = 0;
async function addUser(roleIds: string[], actor = boss) {
  const credentials = { email: `u${++count}@cinema.test`, password: "a long enough password" };
  return { credentials, ...granted(await rig.identity.users.create({ name: "U", ...credentials, roleIds }, actor)) };
}
const addRole = async (permissions: Permission[], actor = boss) =>
  granted(await rig.identity.roles.create({ name: `role ${++count}`, permissions }, actor)).role;

describe("roles and users", () => {
  it("[A19] the built-in roles have the permissions of the house, and stay", async () => {
    const page = granted(await rig.identity.roles.list({ limit: 50 }));
    const byName = new Map(page.items.map((role) => [role.name, new Set(role.permissions)]));
    expect(byName.get("admin")).toEqual(new Set(PERMISSIONS));
    expect(byName.get("manager")).toEqual(new Set(PERMISSIONS.filter((p) => !/^(users|roles|audit):/.test(p))));
    expect(byName.get("box-office")).toEqual(new Set(["sell", "orders:read", "seats:details", "tickets:check"]));
    expect(byName.get("customer")).toEqual(new Set());
    for (const { id } of page.items) {
      expect(await rig.identity.roles.remove(id, null, boss)).toMatchObject({ code: "in_use" });
      expect(await rig.identity.roles.update(id, null, { name: "x" }, boss)).toMatchObject({ code: "in_use" });
    }
  });

  it("[A20] nobody grants what they do not have, nor touches somebody who has more", async () => {
    const hr = await addRole(["users:write", "roles:write", "sell"]);
    const { credentials } = await addUser([hr.id]);
    const clerk = await actorFor(credentials);
    const { users, roles } = rig.identity;
    expect(await roles.create({ name: "more", permissions: ["audit:read"] }, clerk)).toMatchObject({
      code: "forbidden",
    });
    expect(
      await users.create({ ...credentials, name: "N", email: "n@x.test", roleIds: ["rol_admin"] }, clerk),
    ).toMatchObject({ code: "forbidden" });
    expect(await users.update(boss.principal.subjectId, null, { password: "taken over now" }, clerk)).toMatchObject({
      code: "forbidden",
    });
    expect(await users.update(clerk.principal.subjectId, null, { roleIds: ["rol_admin"] }, clerk)).toMatchObject({
      code: "forbidden",
    });
    expect(await users.remove(boss.principal.subjectId, null, clerk)).toMatchObject({ code: "forbidden" });
    expect(await roles.update(hr.id, null, { permissions: ["users:write", "orders:refund"] }, clerk)).toMatchObject({
      code: "forbidden",
    });
    const less = granted(await roles.create({ name: "less", permissions: ["sell"] }, clerk)).role;
    granted(await users.create({ name: "N", email: "n@x.test", password: "long enough", roleIds: [less.id] }, clerk));
  });

  it("[A21] a changed role counts within 2 s on another server, and its holders' sockets are told", async () => {
    const other = rig.another();
    const role = await addRole(["reports:read"]);
    const { credentials, user } = await addUser([role.id]);
    const { token } = granted(await rig.identity.accounts.signIn(credentials, NOBODY));
    const rights = async () => [...(await principalOf(other.identity, token)).permissions];
    expect(await rights()).toEqual(["reports:read"]);
    const told: string[] = [];
    other.identity.revocations.onRevoked(({ kind, subjectId }) => told.push(`${kind}:${subjectId}`));
    granted(await rig.identity.roles.update(role.id, null, { permissions: ["sell"] }, boss));
    rig.clock.advance(2_000);
    await other.identity.revocations.poll();
    expect(await rights()).toEqual(["sell"]);
    expect(told).toEqual([`rights:${user.id}`]);
  });

  it("[A22] a disabled user is refused everywhere; enabled again they may sign in", async () => {
    const other = rig.another();
    const { credentials, user } = await addUser(["rol_box_office"]);
    const { token, refresh } = granted(await rig.identity.accounts.signIn(credentials, NOBODY));
    granted(await rig.identity.users.update(user.id, null, { status: "disabled" }, boss));
    await other.identity.revocations.poll();
    expect((await rig.identity.authenticate(token)).ok).toBe(false);
    expect((await other.identity.authenticate(token)).ok).toBe(false);
    expect((await rig.identity.accounts.renewUser("staff", refresh.value, NOBODY)).ok).toBe(false);
    expect(await rig.identity.accounts.signIn(credentials, NOBODY)).toMatchObject({ code: "unauthorized" });
    granted(await rig.identity.users.update(user.id, null, { status: "active" }, boss));
    rig.clock.advance(1);
    const again = granted(await rig.identity.accounts.signIn(credentials, NOBODY));
    expect((await rig.identity.authenticate(again.token)).ok).toBe(true);
    expect((await rig.identity.authenticate(token)).ok).toBe(false);
  });

  it("[A20] one administrator always stays", async () => {
    const { users } = rig.identity;
    const id = boss.principal.subjectId;
    for (const change of [{ status: "disabled" as const }, { roleIds: [] }])
      expect(await users.update(id, null, change, boss)).toMatchObject({ code: "in_use" });
    expect(await users.remove(id, null, boss)).toMatchObject({ code: "in_use" });
    await addUser(["rol_admin"]);
    granted(await users.remove(id, null, boss));
  });

  it("[A20] a role that somebody has can't be deleted; an unknown role is named", async () => {
    const role = await addRole(["sell"]);
    const { user } = await addUser([role.id]);
    expect(await rig.identity.roles.remove(role.id, null, boss)).toMatchObject({ code: "in_use" });
    expect(await rig.identity.users.update(user.id, null, { roleIds: [role.id, "rol_no"] }, boss)).toMatchObject({
      code: "invalid_request",
      errors: [{ path: "roleIds.1" }],
    });
    granted(await rig.identity.users.update(user.id, null, { roleIds: [] }, boss));
    granted(await rig.identity.roles.remove(role.id, null, boss));
    expect((await rig.identity.users.get(user.id))?.roleIds).toEqual([]);
  });
});
