import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { sessions as sessionCollection, users as userCollection } from "../../server/store/collections.ts";
import { FIRST, granted, type IdentityRig, identityRig, NOBODY, principalOf } from "../support/identity.ts";

const ANA = { name: "Ana", email: "Ana@Cinema.test", password: "una contraseña larga" };

let rig: IdentityRig;
beforeEach(async () => {
  rig = await identityRig();
});
afterEach(() => rig.close());

const register = async () => granted(await rig.identity.accounts.register(ANA, NOBODY));

describe("coming in", () => {
  it("[A4] a guest's token renews the same session, anybody else begins a new one", async () => {
    const first = await rig.identity.accounts.openGuest(NOBODY);
    const guest = await principalOf(rig.identity, first.token);
    const again = await rig.identity.accounts.openGuest({ ...NOBODY, principal: guest });
    expect((await principalOf(rig.identity, again.token)).sessionId).toBe(guest.sessionId);
    const other = await rig.identity.accounts.openGuest(NOBODY);
    expect((await principalOf(rig.identity, other.token)).sessionId).not.toBe(guest.sessionId);
    expect(Date.parse(first.expiresAt) - rig.clock.now()).toBe(24 * 60 * 60 * 1000);
  });

  it("[A5] registering and signing in with a guest's token keep its session", async () => {
    const guest = await principalOf(rig.identity, (await rig.identity.accounts.openGuest(NOBODY)).token);
    const visitor = { ...NOBODY, principal: guest };
    const registered = granted(await rig.identity.accounts.register(ANA, visitor));
    const customer = await principalOf(rig.identity, registered.token);
    expect(customer).toMatchObject({ class: "customer", sessionId: guest.sessionId, userId: registered.user.id });
    const signedIn = granted(await rig.identity.accounts.signIn(ANA, visitor));
    expect((await principalOf(rig.identity, signedIn.token)).sessionId).toBe(guest.sessionId);
  });

  it("[A5] a guest's session that went to one account does not go to a second", async () => {
    const guest = await principalOf(rig.identity, (await rig.identity.accounts.openGuest(NOBODY)).token);
    const visitor = { ...NOBODY, principal: guest };
    granted(await rig.identity.accounts.register(ANA, visitor));
    const second = granted(await rig.identity.accounts.signIn(FIRST, visitor));
    expect((await principalOf(rig.identity, second.token)).sessionId).not.toBe(guest.sessionId);
  });

  it("[A6] e-mail addresses are unique whatever their case, also when two register at once", async () => {
    const both = await Promise.all([
      rig.identity.accounts.register(ANA, NOBODY),
      rig.identity.accounts.register({ ...ANA, email: "ANA@cinema.TEST" }, NOBODY),
    ]);
    expect(both.map((one) => (one.ok ? "ok" : one.code)).sort()).toEqual(["duplicate", "ok"]);
    granted(await rig.identity.accounts.signIn({ ...ANA, email: " aNa@cinema.test " }, NOBODY));
  });

  it("[A7] who has a permission signs in as staff, who has none as customer; rights are read from the roles", async () => {
    const boss = granted(await rig.identity.accounts.signIn(FIRST, NOBODY));
    const staff = await principalOf(rig.identity, boss.token);
    expect(staff.class).toBe("staff");
    expect(staff.permissions.has("audit:read")).toBe(true);
    expect(boss.user.permissions).toContain("audit:read");
    const { token } = await register();
    expect(await principalOf(rig.identity, token)).toMatchObject({ class: "customer", permissions: new Set() });
  });

  it("[A8] a wrong password and an unknown address get the same answer and cost the same work", async () => {
    await register();
    const wrong = await rig.identity.accounts.signIn({ ...ANA, password: "nope nope nope" }, NOBODY);
    const unknown = await rig.identity.accounts.signIn({ email: "no@cinema.test", password: "nope nope" }, NOBODY);
    expect(unknown).toEqual(wrong);
    expect(wrong).toMatchObject({ ok: false, code: "unauthorized" });
    const cpu = async (email: string) => {
      const before = process.cpuUsage();
      for (let at = 0; at < 3; at++) await rig.identity.accounts.prove({ email, password: "nope" }, NOBODY.address);
      const { user } = process.cpuUsage(before);
      return user;
    };
    const [known, strange] = [await cpu(ANA.email), await cpu("stranger@cinema.test")];
    expect(Math.max(known, strange) / Math.min(known, strange)).toBeLessThan(3);
  });
});

describe("guessing", () => {
  const guess = (email: string, address = NOBODY.address) =>
    rig.identity.accounts.prove({ email, password: "wrong wrong" }, address);

  it("[A9] wrong guesses on one account wait longer and longer, from whatever address, also all at once", async () => {
    await register();
    const burst = await Promise.all(Array.from({ length: 30 }, (_, at) => guess(ANA.email, `203.0.113.${at}`)));
    const codes = burst.map((one) => (one.ok ? "ok" : one.code));
    expect(codes.filter((code) => code === "unauthorized")).toHaveLength(10);
    expect(codes.filter((code) => code === "rate_limited")).toHaveLength(20);
    const waits: number[] = [];
    for (let round = 0; round < 8; round++) {
      const refused = await guess(ANA.email, "198.51.100.1");
      if (refused.ok || refused.retryAfterMs === undefined) throw new Error("should have to wait");
      waits.push(refused.retryAfterMs);
      rig.clock.advance(refused.retryAfterMs);
      expect(await guess(ANA.email, "198.51.100.1")).toMatchObject({ code: "unauthorized" });
    }
    expect(waits).toEqual([1000, 2000, 4000, 8000, 16_000, 32_000, 60_000, 60_000]);
  });

  it("[A9] the right password after the wait counts, and the account starts anew", async () => {
    await register();
    for (let at = 0; at < 10; at++) await guess(ANA.email);
    expect(await rig.identity.accounts.signIn(ANA, NOBODY)).toMatchObject({ code: "rate_limited" });
    rig.clock.advance(1_000);
    granted(await rig.identity.accounts.signIn(ANA, NOBODY));
    expect(await guess(ANA.email)).toMatchObject({ code: "unauthorized" });
  });

  it("[A9] one address that tries many accounts waits too", async () => {
    const codes: string[] = [];
    for (let at = 0; at < 55; at++) {
      const one = await guess(`user${at}@cinema.test`);
      codes.push(one.ok ? "ok" : one.code);
    }
    expect(codes.indexOf("rate_limited")).toBe(50);
    expect(await guess("elsewhere@cinema.test", "198.51.100.7")).toMatchObject({ code: "unauthorized" });
  }, 20_000);

  it("[A9] more sign-ins at once than can be hashed soon are told to come back", async () => {
    const many = await Promise.all(Array.from({ length: 60 }, (_, at) => guess(`u${at}@x.test`, `198.51.100.${at}`)));
    const refused = many.filter((one) => !one.ok && one.code === "rate_limited");
    expect(refused.length).toBe(18);
  }, 20_000);
});

describe("staying", () => {
  const renew = (value: string) => rig.identity.accounts.renewUser("customer", value, NOBODY);

  it("[A10] renewing exchanges the refresh token and keeps the session", async () => {
    const first = await register();
    const second = granted(await renew(first.refresh.value));
    expect(second.refresh.value).not.toBe(first.refresh.value);
    const [before, after] = [
      await principalOf(rig.identity, first.token),
      await principalOf(rig.identity, second.token),
    ];
    expect(after.sessionId).toBe(before.sessionId);
    granted(await renew(second.refresh.value));
  });

  it("[A10] a refresh token used twice within 10 s gets the same one again, also all at once", async () => {
    const { refresh } = await register();
    const all = await Promise.all(Array.from({ length: 10 }, () => renew(refresh.value)));
    expect(new Set(all.map((one) => granted(one).refresh.value)).size).toBe(1);
    rig.clock.advance(9_000);
    granted(await renew(refresh.value));
    granted(await renew(granted(all[0]!).refresh.value));
  });

  it("[A11] a refresh token used again after 10 s ends the session for everybody", async () => {
    const { refresh, token } = await register();
    const renewed = granted(await renew(refresh.value));
    rig.clock.advance(10_000);
    expect(await renew(refresh.value)).toMatchObject({ ok: false, code: "unauthorized" });
    expect(await renew(renewed.refresh.value)).toMatchObject({ ok: false, code: "unauthorized" });
    expect((await rig.identity.authenticate(token)).ok).toBe(false);
    expect((await rig.identity.authenticate(renewed.token)).ok).toBe(false);
  });

  it("[A11] an older one is noticed too", async () => {
    const first = await register();
    const second = granted(await renew(first.refresh.value));
    const third = granted(await renew(second.refresh.value));
    expect((await renew(first.refresh.value)).ok).toBe(false);
    expect((await renew(third.refresh.value)).ok).toBe(false);
  });

  it("[A10] a refresh token of one class renews no other", async () => {
    const { refresh } = await register();
    expect((await rig.identity.accounts.renewUser("staff", refresh.value, NOBODY)).ok).toBe(false);
    expect((await rig.identity.enrolment.renew(refresh.value)).ok).toBe(false);
    granted(await renew(refresh.value));
  });

  it("[A12] signing out kills the session's tokens", async () => {
    const { refresh, token } = await register();
    await rig.identity.signOut("customer", refresh.value);
    expect((await rig.identity.authenticate(token)).ok).toBe(false);
    expect((await renew(refresh.value)).ok).toBe(false);
    await rig.identity.signOut("customer", refresh.value);
  });

  it("[A10] a session ends by itself when nobody renews it, and is swept", async () => {
    const { refresh } = await register();
    rig.clock.advance(31 * 24 * 60 * 60 * 1000);
    expect((await renew(refresh.value)).ok).toBe(false);
    await rig.identity.sweep();
    expect(await rig.store.collection(sessionCollection).count({ expiresAt: { gte: 0 } })).toBe(0);
  });
});

describe("the first administrator", () => {
  it("[A13] is made once, however many servers start at once, and never over somebody else", async () => {
    const again = await Promise.all([rig.identity.prepare(FIRST), rig.another().identity.prepare(FIRST)]);
    expect(again).toEqual([{ status: "there" }, { status: "there" }]);
    expect(await rig.store.collection(userCollection).count({ roleIds: "rol_admin" })).toBe(1);
    expect(await rig.identity.prepare({ email: "second@cinema.test" })).toEqual({ status: "there" });
  });

  it("[A13] a generated password signs in; a customer of that address is not made administrator", async () => {
    const users = rig.store.collection(userCollection);
    const boss = await users.findOne({ emailKey: FIRST.email });
    await users.remove(boss!.id);
    const made = await rig.identity.prepare({ email: "new@cinema.test" });
    if (made.status !== "made" || made.generatedPassword === undefined) throw new Error("no password");
    const credentials = { email: "new@cinema.test", password: made.generatedPassword };
    expect(granted(await rig.identity.accounts.signIn(credentials, NOBODY)).user.roleIds).toEqual(["rol_admin"]);
    await users.remove((await users.findOne({ emailKey: "new@cinema.test" }))!.id);
    await register();
    expect(await rig.identity.prepare({ email: ANA.email })).toEqual({ status: "taken" });
  });

  it("[A13] with two servers starting at once on an empty store, one makes the account", async () => {
    const users = rig.store.collection(userCollection);
    await users.remove((await users.findOne({ emailKey: FIRST.email }))!.id);
    const both = await Promise.all([
      rig.identity.prepare({ email: FIRST.email }),
      rig.another().identity.prepare({ email: FIRST.email }),
    ]);
    expect(both.map(({ status }) => status).sort()).toEqual(["made", "there"]);
  });
});
