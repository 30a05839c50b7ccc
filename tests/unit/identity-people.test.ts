import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Actor } from "../../server/identity/actors.ts";
import { createTokens } from "../../server/identity/tokens.ts";
import { erasures, roles, users } from "../../server/store/collections.ts";
import { openEmbeddedStore } from "../../server/store/embedded/store.ts";
import { MIGRATIONS } from "../../server/store/migrations/list.ts";
import type { Store } from "../../server/store/port.ts";
import { times } from "../support/counts.ts";
import { FIRST, granted, type IdentityRig, identityRig, NOBODY, principalOf } from "../support/identity.ts";

/** For many rounds on a machine that does much else. */
const LONG_MS = times(30_000, 120_000, 900_000);

let rig: IdentityRig;
let boss: Actor;
beforeEach(async () => {
  rig = await identityRig();
  boss = await actorFor(rig, FIRST);
});
afterEach(() => rig.close());

async function actorFor(on: IdentityRig, credentials: { email: string; password: string }): Promise<Actor> {
  const { token } = granted(await on.identity.accounts.signIn(credentials, NOBODY));
  return { principal: await principalOf(on.identity, token), address: NOBODY.address };
}

let count = 0;
/** Written as they are: a password hash takes longer than everything else here. */
async function addUser(on: IdentityRig, roleIds: string[]): Promise<string> {
  const id = `usr_x${++count}`;
  const email = `x${count}@cinema.test`;
  const at = new Date(on.clock.now()).toISOString();
  await on.store.collection(users).insert({
    ...{ id, name: "X", email, emailKey: email, findKeys: ["x"], passwordHash: "none", roleIds },
    ...{ preferences: { genreIds: [], language: "es" }, status: "active", createdAt: at, updatedAt: at },
  });
  return id;
}

/** Ways for an administrator to stop being one; a user, and who does it. */
const WAYS = [
  (id: string, actor: Actor, on: IdentityRig) => on.identity.users.update(id, null, { status: "disabled" }, actor),
  (id: string, actor: Actor, on: IdentityRig) => on.identity.users.update(id, null, { roleIds: [] }, actor),
  (id: string, actor: Actor, on: IdentityRig) => on.identity.users.remove(id, null, actor),
  (id: string, actor: Actor, on: IdentityRig) =>
    on.identity.account.remove(null, { ...actor, principal: { ...actor.principal, subjectId: id } }),
];

/** Two administrators go at the same moment, each their own way. How many are left. */
async function twoGo(on: IdentityRig, actor: Actor, ways: readonly number[]): Promise<number> {
  const ids = [await addUser(on, ["rol_admin"]), await addUser(on, ["rol_admin"])];
  await on.store.collection(users).update(actor.principal.subjectId, {}, { set: { status: "disabled" } });
  await Promise.all(ids.map((id, place) => WAYS[ways[place] ?? 0]?.(id, actor, on)));
  const after = await Promise.all(ids.map((id) => on.store.collection(users).get(id)));
  const left = after.filter((user) => user?.status === "active" && user.roleIds?.includes("rol_admin")).length;
  await on.store.collection(users).update(actor.principal.subjectId, {}, { set: { status: "active" } });
  for (const id of ids) await on.store.collection(users).remove(id);
  return left;
}

/** A store whose lists say that everybody is active still: whoever looks again learns nothing. */
function withOldNews(store: Store): Store {
  return {
    ...store,
    collection(spec) {
      const real = store.collection(spec);
      if (spec.name !== "users") return real;
      return {
        ...real,
        find: async (query, options) =>
          (await real.find(query, options)).map((user) => ({ ...user, status: "active" as const })),
      };
    },
  };
}

describe("administrators", () => {
  it(
    "[A81] of two who go at once one stays, whatever ways they take",
    async () => {
      for (let round = 0; round < times(16, 160, 1_600); round++) {
        const ways = [round % WAYS.length, Math.floor(round / WAYS.length) % WAYS.length];
        expect(await twoGo(rig, boss, ways), `ways ${ways.join()}`).toBeGreaterThanOrEqual(1);
      }
    },
    LONG_MS,
  );

  it("[A81] negative control: with old news both go", async () => {
    const blind = await identityRig({ guardless: withOldNews });
    try {
      expect(await twoGo(blind, await actorFor(blind, FIRST), [0, 0])).toBe(0);
    } finally {
      await blind.close();
    }
  });
});

describe("roles", () => {
  it(
    "[A82] a role that somebody is just getting stays, or they do not get it",
    async () => {
      for (let round = 0; round < times(20, 200, 2_000); round++) {
        const { role } = granted(await rig.identity.roles.create({ name: `r ${round}`, permissions: ["sell"] }, boss));
        const id = await addUser(rig, ["rol_customer"]);
        const [given, removed] = await Promise.all([
          rig.identity.users.update(id, null, { roleIds: [role.id] }, boss),
          rig.identity.roles.remove(role.id, null, boss),
        ]);
        const isThere = (await rig.store.collection(roles).get(role.id)) !== null;
        const has = (await rig.store.collection(users).get(id))?.roleIds?.includes(role.id) === true;
        expect([isThere, has]).not.toEqual([false, true]);
        expect([given.ok, removed.ok]).toEqual([has, !isThere]);
      }
    },
    LONG_MS,
  );
});

describe("sign-in", () => {
  const ANA = { name: "Ana", email: "ana@cinema.test", password: "a long enough password" };
  const guess = (address: string, password = "wrong wrong") =>
    rig.identity.accounts.signIn({ email: ANA.email, password }, { principal: null, address });

  it("[A84] strangers who guess without end do not keep the owner out where they have been before", async () => {
    granted(await rig.identity.accounts.register(ANA, { principal: null, address: "198.51.100.7" }));
    const signsIn = async (address: string) => (await guess(address, ANA.password)).ok;
    for (let round = 0; round < 15; round++) await guess(`203.0.113.${round}`);
    expect(await guess("203.0.113.200")).toMatchObject({ code: "rate_limited" });
    expect(await signsIn("198.51.100.8")).toBe(false);
    expect(await signsIn("198.51.100.7")).toBe(true);
    expect(await guess("203.0.113.200")).toMatchObject({ code: "rate_limited" });
    for (let round = 0; round < 11; round++) await guess("198.51.100.7");
    expect(await guess("198.51.100.7", ANA.password)).toMatchObject({ code: "rate_limited" });
  });

  it("[A84] a new password by link lets the owner in where strangers have made everybody wait", async () => {
    const { user } = granted(await rig.identity.accounts.register(ANA, NOBODY));
    for (let round = 0; round < 15; round++) await guess(`203.0.113.${round}`);
    const { code } = granted(await rig.identity.users.passwordCode(user.id, boss)).code;
    const home = { principal: null, address: "198.51.100.9" };
    granted(await rig.identity.forgotten.reset({ code, password: "a whole new phrase" }, home));
    granted(await guess(home.address, "a whole new phrase"));
  });

  it(
    "[A89] a session that begins while its password is changed ends itself",
    async () => {
      granted(await rig.identity.accounts.register(ANA, NOBODY));
      const owner = await actorFor(rig, ANA);
      for (let round = 0; round < times(3, 20, 100); round++) {
        const [old, next] = [`a long enough password ${round || ""}`.trim(), `a long enough password ${round + 1}`];
        const [begun, changed] = await Promise.all([
          guess(NOBODY.address, old),
          rig.identity.account.changePassword({ currentPassword: old, newPassword: next }, owner),
        ]);
        expect(changed.ok).toBe(true);
        rig.clock.advance(60_000);
        if (begun.ok) expect((await rig.identity.authenticate(begun.token)).ok).toBe(false);
        expect((await rig.identity.authenticate(await tokenOf(owner))).ok).toBe(true);
      }
    },
    LONG_MS,
  );

  /** A fresh token of the session that somebody has: signing in again as they are. */
  async function tokenOf(owner: Actor): Promise<string> {
    const { sessionId, subjectId } = owner.principal;
    const tokens = createTokens({ keys: rig.keys, clock: rig.clock });
    return (await tokens.sign({ class: "customer", subjectId, sessionId }, 60)).token;
  }
});

describe("codes for a new password", () => {
  it("[A77] end after an hour, and are kept as hashes", async () => {
    const id = await addUser(rig, ["rol_customer"]);
    const { code } = granted(await rig.identity.users.passwordCode(id, boss)).code;
    rig.clock.advance(3_600_000);
    expect(await rig.identity.forgotten.reset({ code, password: "a whole new phrase" }, NOBODY)).toMatchObject({
      code: "invalid_request",
      errors: [{ path: "code" }],
    });
    await rig.identity.sweep();
    const later = granted(await rig.identity.users.passwordCode(id, boss)).code;
    granted(await rig.identity.forgotten.reset({ code: later.code, password: "a whole new phrase" }, NOBODY));
  });

  it("[A77] let no disabled user in", async () => {
    const id = await addUser(rig, ["rol_customer"]);
    const { code } = granted(await rig.identity.users.passwordCode(id, boss)).code;
    granted(await rig.identity.users.update(id, null, { status: "disabled" }, boss));
    expect((await rig.identity.forgotten.reset({ code, password: "a whole new phrase" }, NOBODY)).ok).toBe(false);
  });
});

describe("people of an older store", () => {
  it("[A80] are found as those of today", async () => {
    const dataDir = await mkdtemp(join(tmpdir(), "butaca-people-"));
    try {
      const older = await openEmbeddedStore({ dataDir, migrations: MIGRATIONS.slice(0, 2) });
      const at = new Date(0).toISOString();
      const bare = { id: "usr_old", name: "Inés Núñez", email: "Ines@cinema.test", emailKey: "ines@cinema.test" };
      const rest = { passwordHash: "none", preferences: { genreIds: [], language: "es" }, status: "active" } as const;
      await older.collection(users).insert({ ...bare, ...rest, createdAt: at, updatedAt: at } as never);
      await older.close();
      const newer = await openEmbeddedStore({ dataDir });
      for (const prefix of ["nun", "ines n", "ines@"])
        expect(await newer.collection(users).find({ findKeys: { prefix } })).toMatchObject([{ id: "usr_old" }]);
      await newer.close();
    } finally {
      await rm(dataDir, { recursive: true, force: true });
    }
  });
});

describe("forgetting", () => {
  it("[A74] what a dying server left is finished by the next one, and orders under way lose their buyer", async () => {
    const gone = await addUser(rig, ["rol_customer"]);
    const stays = await addUser(rig, ["rol_customer"]);
    const intents = rig.store.collection(erasures);
    for (const id of [gone, stays]) await intents.insert({ id, at: rig.clock.now() });
    await rig.store.collection(users).remove(gone);
    const { disowned } = rig;
    await rig.identity.sweep();
    expect(disowned).toEqual([]);
    rig.clock.advance(6 * 60_000);
    await rig.identity.sweep();
    expect(disowned).toEqual([gone]);
    expect(await intents.find({ at: { gte: 0 } })).toEqual([]);
    expect(await rig.store.collection(users).get(stays)).not.toBeNull();
  });
});
