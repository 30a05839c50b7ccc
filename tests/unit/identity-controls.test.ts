import { describe, expect, it } from "vitest";
import { createKeys } from "../../server/identity/keys.ts";
import { keys as keyCollection } from "../../server/store/collections.ts";
import type { Collection, Store, Stored } from "../../server/store/port.ts";
import { FIRST, granted, identityRig, NOBODY, principalOf } from "../support/identity.ts";

const pause = () => new Promise((resolve) => setTimeout(resolve, 5));

/** The store with some of its guards replaced by read, sleep, write. */
function without(guards: <D extends Stored>(inner: Collection<D>) => Partial<Collection<D>>): (store: Store) => Store {
  return (store) => ({
    ...store,
    collection: (spec) => {
      const inner = store.collection(spec);
      return { ...inner, ...guards(inner) };
    },
  });
}

const withoutCompareAndSet = without((inner) => ({
  async update(id, _expected, patch) {
    await inner.get(id);
    await pause();
    return inner.update(id, {}, patch);
  },
}));

describe("negative controls: without the store's guards the races are lost", () => {
  it("[A14] one code enrols several devices", async () => {
    const rig = await identityRig({ guardless: withoutCompareAndSet });
    try {
      const { token } = granted(await rig.identity.accounts.signIn(FIRST, NOBODY));
      const boss = { principal: await principalOf(rig.identity, token), address: NOBODY.address };
      const { device } = granted(await rig.identity.devices.create({ name: "K", kind: "kiosk" }, boss));
      const code = device.enrolmentCode as string;
      const all = await Promise.all(
        Array.from({ length: 8 }, (_, at) =>
          rig.identity.enrolment.enrol(code, { principal: null, address: `192.0.2.${at}` }),
        ),
      );
      expect(all.filter((one) => one.ok).length).toBeGreaterThan(1);
    } finally {
      await rig.close();
    }
  });

  it("[A3] servers that start at once make several keys", async () => {
    let made = 0;
    const withoutFixedIds = without((inner) => ({
      insert: (document) => inner.insert({ ...document, id: `${document.id}-${++made}` }),
    }));
    const rig = await identityRig();
    try {
      const store = withoutFixedIds(rig.store);
      const rings = Array.from({ length: 8 }, () => createKeys({ store, clock: rig.clock }));
      await Promise.all(rings.map((keys) => keys.signing("device")));
      expect(await rig.store.collection(keyCollection).count({ use: "device" })).toBeGreaterThan(1);
    } finally {
      await rig.close();
    }
  });
});
