import { rm } from "node:fs/promises";
import { afterEach, describe, expect, it } from "vitest";
import { installation } from "../../server/store/collections.ts";
import { openEmbeddedStore } from "../../server/store/embedded/store.ts";
import { identify, serveAlone, serveTogether, takeLease } from "../../server/store/installation.ts";
import { leaseId } from "../../server/store/lease.ts";
import { eventually } from "../support/poll.ts";
import { tempStore } from "../support/store.ts";
import { type StoreProcess, storeProcess } from "../support/store-process.ts";

/** Short for leases that only a heartbeat can judge. */
const QUICK = { heartbeatMs: 50, ttlMs: 600 };

describe("one server per store", () => {
  const endings: (() => Promise<unknown>)[] = [];
  afterEach(async () => {
    for (const end of endings.splice(0).reverse()) await end();
  });
  const start = async () => {
    const temp = await tempStore();
    endings.push(temp.cleanUp);
    return temp;
  };
  const server = (dataDir: string): StoreProcess => {
    const one = storeProcess("server", dataDir);
    endings.push(() => one.end("SIGKILL"));
    return one;
  };
  const forge = async (store: Awaited<ReturnType<typeof start>>["store"], holder: object) => {
    const value = { instance: "x", since: Date.now(), beatAt: Date.now(), ...holder };
    await store.collection(installation).insert({ id: leaseId("server"), value });
  };

  it("[S20] a second process is refused while the first lives, even when that one does not answer", async () => {
    const { dataDir, store } = await start();
    const first = server(dataDir);
    expect(await first.says(1)).toBe("taken");
    first.child.kill("SIGSTOP");
    const refused = await takeLease(store, QUICK);
    expect(refused).toMatchObject({ ok: false, code: "held" });
    expect(refused.ok || refused.who).toContain(`process ${first.child.pid} on `);
    const second = server(dataDir);
    expect(await second.says(1)).toContain("held: process");
    first.child.kill("SIGCONT");
  });

  it("[S21] after a SIGKILL of the holder the next one starts at once", async () => {
    const { dataDir } = await start();
    for (let round = 0; round < 3; round++) {
      const one = server(dataDir);
      // A lease that only ended with its time would keep the next one waiting for 10 s and more.
      const asked = performance.now();
      expect(await one.says(1)).toBe("taken");
      expect(performance.now() - asked).toBeLessThan(8_000);
      await one.end("SIGKILL");
    }
  });

  it("[S21] a holder that closes lets the next one in at once", async () => {
    const { dataDir, store } = await start();
    const first = server(dataDir);
    await first.says(1);
    await first.end("SIGTERM");
    expect(await store.collection(installation).get(leaseId("server"))).toBeNull();
    const taken = await takeLease(store);
    expect(taken.ok).toBe(true);
    if (!taken.ok) return;
    await taken.lease.release();
    await taken.lease.release();
    expect((await takeLease(store)).ok).toBe(true);
  });

  it("[S22] another process with the pid of a dead holder does not keep its lease alive", async () => {
    const { store } = await start();
    const mine = await takeLease(store, { name: "other" });
    const value = (await store.collection(installation).get(leaseId("other")))?.value;
    await forge(store, { ...value, pid: process.ppid, birth: "long ago" });
    expect((await takeLease(store)).ok).toBe(true);
    if (mine.ok) await mine.lease.release();
  });

  it("[S23] a holder elsewhere lives as long as its heartbeat moves, whatever its clock says", async () => {
    const { store } = await start();
    const leases = store.collection(installation);
    await forge(store, { host: "elsewhere", pid: 1, birth: null, beatAt: Date.now() - 60_000 });
    const beat = () => leases.update(leaseId("server"), {}, { set: {} });
    let beaten = beat();
    const beating = setInterval(() => {
      beaten = beat();
    }, 50);
    // A heartbeat may wait for the disk: many of them are watched for.
    const patient = { ...QUICK, heartbeatMs: 500 };
    expect((await takeLease(store, patient)).ok).toBe(false);
    clearInterval(beating);
    await beaten;
    expect((await takeLease(store, patient)).ok).toBe(true);
  });

  it("[S24] of many that find a dead holder one gets the lease", async () => {
    const { store, dataDir } = await start();
    const other = await openEmbeddedStore({ dataDir });
    endings.push(() => other.close());
    await forge(store, { host: "elsewhere", pid: 1, birth: null, beatAt: 0 });
    const tries = await Promise.all(Array.from({ length: 20 }, (_, i) => takeLease(i % 2 ? store : other, QUICK)));
    expect(tries.filter(({ ok }) => ok)).toHaveLength(1);
    for (const one of tries) if (one.ok) await one.lease.release();
  });

  it("[S24] negative control: reading and then overwriting gives it to several", async () => {
    const { store } = await start();
    const leases = store.collection(installation);
    await forge(store, { host: "elsewhere", pid: 1, birth: null, beatAt: 0 });
    const tries = await Promise.all(
      Array.from({ length: 20 }, async (_, i) => {
        if ((await leases.get(leaseId("server")))?.value.host !== "elsewhere") return false;
        await new Promise((resolve) => setTimeout(resolve, 5));
        return (await leases.update(leaseId("server"), {}, { set: { value: { host: `mine ${i}` } } })).ok;
      }),
    );
    expect(tries.filter(Boolean).length).toBeGreaterThan(1);
  });

  it("[S20] one that serves alone and those that serve together keep each other out; together are many", async () => {
    const { store, dataDir } = await start();
    const other = await openEmbeddedStore({ dataDir });
    endings.push(() => other.close());
    const alone = await serveAlone(store, QUICK);
    expect(alone.ok).toBe(true);
    expect(await serveTogether(other, QUICK)).toMatchObject({ ok: false, code: "held" });
    if (alone.ok) await alone.lease.release();
    const together = await Promise.all([serveTogether(store, QUICK), serveTogether(other, QUICK)]);
    expect(together.map(({ ok }) => ok)).toEqual([true, true]);
    expect(await serveAlone(other, QUICK)).toMatchObject({ ok: false, code: "held" });
    for (const one of together) if (one.ok) await one.lease.release();
    const after = await serveAlone(other, QUICK);
    expect(after.ok).toBe(true);
    if (after.ok) await after.lease.release();
  });

  it("[S21] servers that died together keep nobody out, and their leases are tidied away", async () => {
    const { store } = await start();
    const leases = store.collection(installation);
    const dead = { host: "elsewhere", pid: 1, birth: null, since: 0, beatAt: 0 };
    await leases.insert({ id: leaseId("together:dead"), value: dead });
    const taken = await serveAlone(store, QUICK);
    expect(taken.ok).toBe(true);
    expect(await leases.get(leaseId("together:dead"))).toBeNull();
    if (taken.ok) await taken.lease.release();
  });

  it("[S25] a holder whose lease was taken over hears of it once and no longer writes it", async () => {
    const { store } = await start();
    const leases = store.collection(installation);
    let lost = 0;
    const taken = await takeLease(store, { ...QUICK, onLost: () => lost++ });
    await eventually(async () => (await leases.get(leaseId("server")))?.version !== 1, 5_000, "a heartbeat");
    await leases.update(leaseId("server"), {}, { set: { value: { host: "elsewhere" } } });
    await eventually(() => lost > 0, 5_000, "the loss");
    if (taken.ok) await taken.lease.release();
    expect((await leases.get(leaseId("server")))?.value).toEqual({ host: "elsewhere" });
    expect(lost).toBe(1);
  });

  it("[S26] a store has one identity, for everybody and for ever", async () => {
    const { store, dataDir } = await start();
    const other = await openEmbeddedStore({ dataDir });
    endings.push(() => other.close());
    const ids = await Promise.all([store, other, store, other].map(identify));
    expect(new Set(ids).size).toBe(1);
    expect(ids[0]).toMatch(/^[0-9a-z]{20}$/);
    const { store: stranger } = await start();
    expect(await identify(stranger)).not.toBe(ids[0]);
    await rm(dataDir, { recursive: true, force: true });
  });
});
