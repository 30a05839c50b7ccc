import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Actor } from "../../server/identity/actors.ts";
import { concerns } from "../../server/identity/identity.ts";
import type { DeviceKind, Permission } from "../../server/protocol/resources.ts";
import { FIRST, granted, type IdentityRig, identityRig, NOBODY, principalOf } from "../support/identity.ts";

let rig: IdentityRig;
let boss: Actor;
beforeEach(async () => {
  rig = await identityRig();
  const { token } = granted(await rig.identity.accounts.signIn(FIRST, NOBODY));
  boss = { principal: await principalOf(rig.identity, token), address: NOBODY.address };
});
afterEach(() => rig.close());

async function codeFor(kind: DeviceKind = "kiosk"): Promise<string> {
  const { device } = granted(await rig.identity.devices.create({ name: "Lobby 1", kind }, boss));
  return device.enrolmentCode as string;
}
const enrol = (code: string, address = NOBODY.address) =>
  rig.identity.enrolment.enrol(code, { principal: null, address });
const enrolled = async (kind: DeviceKind = "kiosk") => granted(await enrol(await codeFor(kind)));

describe("enrolment", () => {
  it("[A14] a code enrols one device, once, also when many type it at the same moment", async () => {
    const code = await codeFor();
    const all = await Promise.all(Array.from({ length: 8 }, (_, at) => enrol(code, `192.0.2.${at}`)));
    expect(all.filter((one) => one.ok)).toHaveLength(1);
    expect(await enrol(code)).toMatchObject({ ok: false, code: "unauthorized" });
  });

  it("[A14] a code ends after 10 minutes", async () => {
    const [early, late] = [await codeFor(), await codeFor()];
    rig.clock.advance(10 * 60 * 1000 - 1);
    granted(await enrol(early));
    rig.clock.advance(1);
    expect((await enrol(late)).ok).toBe(false);
  });

  it("[A14] a code may be typed in lower case and without its dash, and has no letters that look alike", async () => {
    const code = await codeFor();
    expect(code).toMatch(/^[ACDEFGHJKMNPQRTWXY34679]{4}-[ACDEFGHJKMNPQRTWXY34679]{4}$/);
    granted(await enrol(` ${code.replace("-", "").toLowerCase()} `));
  });

  it("[A14] wrong codes make their address wait", async () => {
    const code = await codeFor();
    const codes: string[] = [];
    for (let at = 0; at < 12; at++) {
      const one = await enrol("AAAA-AAAA", "198.51.100.9");
      codes.push(one.ok ? "ok" : one.code);
    }
    expect(codes).toEqual([...Array(10).fill("unauthorized"), "rate_limited", "rate_limited"]);
    granted(await enrol(code));
  });

  it("[A15] a device has the rights of its kind and renews by its cookie", async () => {
    const kiosk = await enrolled();
    expect(await principalOf(rig.identity, kiosk.token)).toMatchObject({
      class: "device",
      deviceId: kiosk.device.id,
      deviceKind: "kiosk",
      permissions: new Set(),
    });
    const scanner = await enrolled("scanner");
    expect((await principalOf(rig.identity, scanner.token)).permissions).toEqual(new Set(["tickets:check"]));
    const renewed = granted(await rig.identity.enrolment.renew(kiosk.refresh.value));
    const [before, after] = [
      await principalOf(rig.identity, kiosk.token),
      await principalOf(rig.identity, renewed.token),
    ];
    expect(after.sessionId).toBe(before.sessionId);
  });

  it("[A16] a revoked device loses tokens, cookie and visits, on every server", async () => {
    const other = rig.another();
    const kiosk = await enrolled();
    const principal = await principalOf(other.identity, kiosk.token);
    const visit = granted(await rig.identity.enrolment.startVisit(principal));
    const cut: boolean[] = [];
    other.identity.revocations.onRevoked((revoked) => cut.push(concerns(revoked, principal)));
    granted(await rig.identity.devices.revoke(kiosk.device.id, null, boss));
    await other.identity.revocations.poll();
    for (const { identity } of [rig, other])
      for (const { token } of [kiosk, visit]) expect((await identity.authenticate(token)).ok).toBe(false);
    expect((await rig.identity.enrolment.renew(kiosk.refresh.value)).ok).toBe(false);
    expect(cut).toContain(true);
    expect((await rig.identity.devices.get(kiosk.device.id))?.status).toBe("revoked");
  });

  it("[A15] a clerk who signs in on a box-office device carries the device, and dies with it", async () => {
    const counter = await enrolled("box-office");
    const device = await principalOf(rig.identity, counter.token);
    const { token } = granted(await rig.identity.accounts.signIn(FIRST, { ...NOBODY, principal: device }));
    expect(await principalOf(rig.identity, token)).toMatchObject({ class: "staff", deviceId: counter.device.id });
    granted(await rig.identity.devices.revoke(counter.device.id, null, boss));
    expect((await rig.identity.authenticate(token)).ok).toBe(false);
  });
});

describe("who adds a device", () => {
  it("[A91] needs what its kind may do, for its first code and for another; renaming and revoking do not", async () => {
    const { devices } = rig.identity;
    const scanner = granted(await devices.create({ name: "Door", kind: "scanner" }, boss)).device;
    const only = (...permissions: Permission[]): Actor => ({
      ...boss,
      principal: { ...boss.principal, permissions: new Set(permissions) },
    });
    const porter = only("devices:write");
    expect(await devices.create({ name: "Door 2", kind: "scanner" }, porter)).toMatchObject({ code: "forbidden" });
    expect(await devices.renewCode(scanner.id, null, porter)).toMatchObject({ code: "forbidden" });
    expect(granted(await devices.list({ limit: 5 })).items).toHaveLength(1);
    granted(await enrol(scanner.enrolmentCode as string));
    for (const kind of ["kiosk", "box-office"] as const) granted(await devices.create({ name: "L", kind }, porter));
    granted(await devices.create({ name: "Door 2", kind: "scanner" }, only("devices:write", "tickets:check")));
    granted(await devices.update(scanner.id, null, { name: "Door left" }, porter));
    granted(await devices.revoke(scanner.id, null, porter));
  });
});

describe("a device that was set up anew", () => {
  it("[A57] gets another code; the one before is good no more, and what it was signed in with ends when it is used", async () => {
    const first = granted(await rig.identity.devices.create({ name: "Lobby 1", kind: "kiosk" }, boss)).device;
    const { id } = first;
    const renew = async () =>
      granted(await rig.identity.devices.renewCode(id, null, boss)).device.enrolmentCode as string;
    const second = await renew();
    expect((await enrol(first.enrolmentCode as string)).ok).toBe(false);
    const before = granted(await enrol(second));
    const visit = granted(await rig.identity.enrolment.startVisit(await principalOf(rig.identity, before.token)));
    const third = await renew();
    expect((await rig.identity.authenticate(before.token)).ok).toBe(true);
    const after = granted(await enrol(third));
    expect(after.device).toMatchObject({ id, name: "Lobby 1", kind: "kiosk", status: "active" });
    for (const { token } of [before, visit]) expect((await rig.identity.authenticate(token)).ok).toBe(false);
    expect((await rig.identity.enrolment.renew(before.refresh.value)).ok).toBe(false);
    expect((await rig.identity.authenticate(after.token)).ok).toBe(true);
    granted(await rig.identity.enrolment.renew(after.refresh.value));
  });

  it("[A57] one that was revoked stays so; the code goes by the version seen", async () => {
    const { id, version } = granted(await rig.identity.devices.create({ name: "Lobby 1", kind: "kiosk" }, boss)).device;
    const renew = (ifVersion: number | null) => rig.identity.devices.renewCode(id, ifVersion, boss);
    expect(await renew(version + 1)).toMatchObject({ ok: false, code: "version_conflict" });
    granted(await renew(version));
    granted(await rig.identity.devices.revoke(id, null, boss));
    expect(await renew(null)).toMatchObject({ ok: false, code: "revoked" });
  });
});

describe("what a device says of itself", () => {
  it("[A58] is shown with when it was seen, replaces what it said before, and leaves its version alone", async () => {
    const { device } = await enrolled();
    const { devices } = rig.identity;
    await devices.report(device.id, { appVersion: "1.0.0", link: "ok", printer: "ok" });
    rig.clock.advance(60_000);
    await devices.report(device.id, { appVersion: "1.0.1", link: "warning" });
    const shown = await devices.get(device.id);
    const lastSeenAt = new Date(rig.clock.now()).toISOString();
    expect(shown).toEqual({ ...device, appVersion: "1.0.1", health: { link: "warning" }, lastSeenAt });
    expect(granted(await devices.list({ limit: 5 })).items).toEqual([shown]);
    granted(await devices.update(device.id, device.version, { name: "Lobby 2" }, boss));
  });
});

describe("visits", () => {
  it("[A17] each visit is a fresh session, and the holds of the one before end", async () => {
    const kiosk = await principalOf(rig.identity, (await enrolled()).token);
    const first = await principalOf(rig.identity, granted(await rig.identity.enrolment.startVisit(kiosk)).token);
    const second = await principalOf(rig.identity, granted(await rig.identity.enrolment.startVisit(first)).token);
    expect(new Set([kiosk.sessionId, first.sessionId, second.sessionId]).size).toBe(3);
    expect(second).toMatchObject({ class: "device", deviceId: kiosk.deviceId, deviceKind: "kiosk" });
    expect(rig.ended).toEqual([kiosk.sessionId, first.sessionId]);
  });

  it("[A17] the token of the visit before dies within 5 s", async () => {
    const kiosk = await principalOf(rig.identity, (await enrolled()).token);
    const { token } = granted(await rig.identity.enrolment.startVisit(kiosk));
    const next = granted(await rig.identity.enrolment.startVisit(await principalOf(rig.identity, token)));
    const told: string[] = [];
    rig.identity.revocations.onRevoked(({ kind }) => told.push(kind));
    rig.clock.advance(3_000);
    await rig.identity.revocations.poll();
    expect((await rig.identity.authenticate(token)).ok).toBe(false);
    expect(told).toEqual(["session"]);
    expect((await rig.identity.authenticate(next.token)).ok).toBe(true);
  });

  it("[A18] what a visit bought stays readable to its device for 2 minutes, to no other", async () => {
    const kiosk = await principalOf(rig.identity, (await enrolled()).token);
    const other = await principalOf(rig.identity, (await enrolled()).token);
    const first = await principalOf(rig.identity, granted(await rig.identity.enrolment.startVisit(kiosk)).token);
    const second = await principalOf(rig.identity, granted(await rig.identity.enrolment.startVisit(kiosk)).token);
    const owns = (principal: typeof first) => rig.identity.ownsSession(principal, first.sessionId);
    rig.clock.advance(119_000);
    expect([await owns(second), await owns(kiosk), await owns(other), await owns(boss.principal)]).toEqual([
      true,
      true,
      false,
      false,
    ]);
    rig.clock.advance(1_000);
    expect([await owns(second), await owns(kiosk)]).toEqual([false, false]);
  });

  it("[A17] visits started at once leave one running", async () => {
    const kiosk = await principalOf(rig.identity, (await enrolled()).token);
    const all = await Promise.all(Array.from({ length: 4 }, () => rig.identity.enrolment.startVisit(kiosk)));
    rig.clock.advance(3_000);
    const alive = await Promise.all(all.map((one) => rig.identity.authenticate(granted(one).token)));
    expect(alive.filter((one) => one.ok)).toHaveLength(1);
  });

  it("[A17] only a kiosk has visits", async () => {
    const scanner = await principalOf(rig.identity, (await enrolled("scanner")).token);
    expect(await rig.identity.enrolment.startVisit(scanner)).toMatchObject({ ok: false, code: "forbidden" });
  });
});
