import { afterEach, describe, expect, it } from "vitest";
import { installation } from "../../server/store/collections.ts";
import { leaseId, takeLease } from "../../server/store/lease.ts";
import type { Collection, Store, Stored } from "../../server/store/port.ts";
import { StoreUnavailable } from "../../server/store/port.ts";
import { eventually } from "../support/poll.ts";
import { tempStore } from "../support/store.ts";

const QUICK = { heartbeatMs: 20, ttlMs: 600 };

describe("heartbeats of a lease", () => {
  const endings: (() => Promise<unknown>)[] = [];
  afterEach(async () => {
    for (const end of endings.splice(0).reverse()) await end();
  });

  /** The same store, whose answers to updates get lost while it is told so: what was written is written. */
  async function losingStore() {
    const { store, cleanUp } = await tempStore();
    endings.push(cleanUp);
    const losing = { isOn: false, lost: 0 };
    const wrap = <D extends Stored>(collection: Collection<D>): Collection<D> => ({
      ...collection,
      async update(id, expected, patch) {
        const updated = await collection.update(id, expected, patch);
        if (!losing.isOn) return updated;
        losing.lost++;
        throw new StoreUnavailable("the answer got lost");
      },
    });
    const wrapped: Store = { ...store, collection: (spec) => wrap(store.collection(spec)) };
    return { store, wrapped, losing };
  }

  it("[O85] a heartbeat whose answer got lost is no lost lease", async () => {
    const { store, wrapped, losing } = await losingStore();
    let isLost = false;
    const taken = await takeLease(wrapped, { ...QUICK, onLost: () => (isLost = true) });
    expect(taken.ok).toBe(true);
    losing.isOn = true;
    await eventually(() => losing.lost >= 3);
    losing.isOn = false;
    const beatAt = async () => Number((await store.collection(installation).get(leaseId("server")))?.value.beatAt);
    const before = await beatAt();
    await eventually(async () => (await beatAt()) > before);
    expect(isLost).toBe(false);
    if (taken.ok) await taken.lease.release();
    expect(await store.collection(installation).get(leaseId("server"))).toBeNull();
  });

  it("[O85] but one that somebody else has taken meanwhile is", async () => {
    const { store, wrapped, losing } = await losingStore();
    let isLost = false;
    const taken = await takeLease(wrapped, { ...QUICK, onLost: () => (isLost = true) });
    expect(taken.ok).toBe(true);
    losing.isOn = true;
    await eventually(() => losing.lost >= 1);
    const leases = store.collection(installation);
    await eventually(async () => {
      const held = await leases.get(leaseId("server"));
      const value = { ...held?.value, instance: "somebody else's" };
      return held !== null && (await leases.update(held.id, { version: held.version }, { set: { value } })).ok;
    });
    losing.isOn = false;
    await eventually(() => isLost);
  });
});
