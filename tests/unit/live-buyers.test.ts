import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Actor } from "../../server/identity/actors.ts";
import { type Buyers, createBuyers } from "../../server/live/buyers.ts";
import { createKioskVisits } from "../../server/live/kiosk-visits.ts";
import type { Store } from "../../server/store/port.ts";
import { FIRST, granted, type IdentityRig, identityRig, NOBODY, principalOf } from "../support/identity.ts";

let rig: IdentityRig;
let boss: Actor;
let finds: string[];
let store: Store;
let buyers: Buyers;
beforeEach(async () => {
  rig = await identityRig();
  const { token } = granted(await rig.identity.accounts.signIn(FIRST, NOBODY));
  boss = { principal: await principalOf(rig.identity, token), address: NOBODY.address };
  finds = [];
  store = toldOfFinds(rig.store, finds);
  buyers = createBuyers(store);
});
afterEach(() => rig.close());

/** A store that writes down in which collections was searched. Reading by id is no search. */
function toldOfFinds(real: Store, told: string[]): Store {
  const collection: Store["collection"] = (spec) => {
    const documents = real.collection(spec);
    return {
      ...documents,
      find(query, options) {
        told.push(spec.name);
        return documents.find(query, options);
      },
    };
  };
  return { ...real, collection };
}

async function openKiosk(name: string) {
  const { device: made } = granted(await rig.identity.devices.create({ name, kind: "kiosk" }, boss));
  const visitor = { principal: null, address: NOBODY.address };
  const { device, token } = granted(await rig.identity.enrolment.enrol(made.enrolmentCode as string, visitor));
  const atStart = await principalOf(rig.identity, token);
  const visit = async () => {
    const begun = granted(await rig.identity.enrolment.startVisit(atStart));
    return (await principalOf(rig.identity, begun.token)).sessionId;
  };
  return { device, visit };
}

async function openGuest() {
  const principal = await principalOf(rig.identity, (await rig.identity.accounts.openGuest(NOBODY)).token);
  return { principal, sessionId: principal.sessionId };
}

const whoIs = async (sessionId: string) => (await buyers.ofSessions([sessionId])).get(sessionId);

describe("who has seats, again and again", () => {
  it("[D73] all devices are read for newcomers alone", async () => {
    const [kiosk, guest] = [await openKiosk("Lobby 1"), await openGuest()];
    const visit = await kiosk.visit();
    expect(finds).toEqual([]);
    const seen = [await buyers.ofSessions([guest.sessionId, visit]), await buyers.ofSessions([visit, guest.sessionId])];
    for (const who of seen) {
      expect(who.get(guest.sessionId)).toEqual({ kind: "guest" });
      expect(who.get(visit)).toEqual({ kind: "device", name: "Lobby 1" });
    }
    expect(finds).toEqual(["devices", "sessions"]);
    const next = await kiosk.visit();
    expect(await whoIs(next)).toEqual({ kind: "device", name: "Lobby 1" });
    expect(finds).toHaveLength(4);
  });

  it("[D73] a new name is said at once, and so is that a guest has become a customer", async () => {
    const [kiosk, guest] = [await openKiosk("Lobby 1"), await openGuest()];
    const visit = await kiosk.visit();
    expect(await whoIs(visit)).toEqual({ kind: "device", name: "Lobby 1" });
    expect(await whoIs(guest.sessionId)).toEqual({ kind: "guest" });
    granted(await rig.identity.devices.update(kiosk.device.id, null, { name: "By the bar" }, boss));
    const account = { name: "Eva", email: "eva@cinema.test", password: "long enough" };
    granted(await rig.identity.accounts.register(account, { principal: guest.principal, address: NOBODY.address }));
    expect(await whoIs(visit)).toEqual({ kind: "device", name: "By the bar" });
    expect(await whoIs(guest.sessionId)).toEqual({ kind: "customer" });
  });

  it("[D73] the session that was asked about least lately is forgotten, and looked up again", async () => {
    const kiosk = await openKiosk("Lobby 1");
    const visits = createKioskVisits(store, 2);
    const visit = await kiosk.visit();
    const isAtKiosk = async (sessionId: string) =>
      (await visits.kiosksOf([sessionId])).get(sessionId) === kiosk.device.id;
    expect([await isAtKiosk(visit), await isAtKiosk("ses_a"), await isAtKiosk(visit)]).toEqual([true, false, true]);
    expect(finds).toHaveLength(4);
    expect([await isAtKiosk("ses_b"), await isAtKiosk(visit)]).toEqual([false, true]);
    expect(finds).toHaveLength(6);
    expect(await isAtKiosk("ses_a")).toBe(false);
    expect(finds).toHaveLength(8);
  });
});
