import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { type Audit, type AuditEntry, createAudit } from "../../server/audit/audit.ts";
import { CHAIN_START, type ChainedRow, hashRow } from "../../server/audit/chain.ts";
import { claimChain } from "../../server/audit/slots.ts";
import { audit as auditCollection, installation } from "../../server/store/collections.ts";
import { openEmbeddedStore } from "../../server/store/embedded/store.ts";
import { openMongoStore } from "../../server/store/mongodb/store.ts";
import type { Store } from "../../server/store/port.ts";
import { granted, type HandClock, handClock } from "../support/identity.ts";
import { hasMongo, startMongo, type TestMongo } from "../support/mongodb.ts";

let mongo: TestMongo;
beforeAll(async () => {
  if (hasMongo) mongo = await startMongo();
});
afterAll(() => mongo?.stop());

const STORES = [
  { name: "the embedded store", isThere: true, open: (dataDir: string) => openEmbeddedStore({ dataDir }) },
  { name: "MongoDB", isThere: hasMongo, open: () => openMongoStore({ url: mongo.database() }) },
];

describe.each(STORES)("the audit on $name", ({ isThere, open }) => {
  describe.skipIf(!isThere)("", () => {
    let folder: string;
    let store: Store;
    let clock: HandClock;
    let one: Audit;
    let two: Audit;
    beforeEach(async () => {
      folder = await mkdtemp(join(tmpdir(), "butaca-audit-"));
      store = await open(folder);
      clock = handClock();
      one = createAudit({ store, clock, chain: "server-1" });
      two = createAudit({ store, clock, chain: "server-2" });
    });
    afterEach(async () => {
      await store.close();
      await rm(folder, { recursive: true, force: true });
    });

    const rows = () => store.collection(auditCollection);
    const rowAt = async (chain: string, seq: number) => (await rows().findOne({ chain, seq })) as ChainedRow;
    const change = (subject: string, more: Partial<AuditEntry> = {}): AuditEntry => ({
      ...{ actor: { kind: "staff", id: "usr_1" }, action: "film.update", subject, outcome: "done", from: "192.0.2.1" },
      ...more,
    });
    const changes = async (audit: Audit, count: number) => {
      for (let at = 1; at <= count; at++) await audit.record(change(`flm_${at}`));
    };
    const reportOf = async (chain: string) => (await one.verify()).chains.find((each) => each.chain === chain);

    it("[A50] two servers at once write two chains, each without a gap", async () => {
      await Promise.all([changes(one, 12), changes(two, 9)]);
      expect(await one.verify()).toMatchObject({
        ok: true,
        chains: [
          { chain: "server-1", rows: 12, ok: true },
          { chain: "server-2", rows: 9, ok: true },
        ],
        open: [],
      });
    });

    it("[A50] a server goes on with the chain of one that is gone, and leaves those of the living", async () => {
      const [first, second] = [await claimChain(store, { alone: false }), await claimChain(store, { alone: false })];
      expect([first.name, second.name]).toEqual(["server-1", "server-2"]);
      await first.release();
      expect((await claimChain(store, { alone: false })).name).toBe("server-1");
      const dead = { holder: { instance: "x", host: "nowhere", pid: 1, birth: null } };
      await store.collection(installation).update("audit-chain:server-1", {}, { set: { value: dead } });
      expect((await claimChain(store, { alone: false })).name).toBe("server-3");
      expect((await claimChain(store, { alone: true })).name).toBe("server-1");
    });

    it("[A51] what was announced ends as the one row that tells of the change, or as none", async () => {
      const { outcome: _outcome, ...announced } = change("flm_1");
      const intent = await one.begin(announced);
      expect((await one.verify()).open).toMatchObject([{ action: "film.update", subject: "flm_1", outcome: "open" }]);
      await one.record(change("flm_1", { details: { title: "New" }, intent }));
      await one.drop(intent);
      const refused = await one.begin(announced);
      await one.drop(refused);
      expect(granted(await one.list({ limit: 10 })).items).toMatchObject([
        { id: intent.row.id, seq: 1, outcome: "done", details: { title: "New" } },
      ]);
      expect(await one.verify()).toMatchObject({ ok: true, open: [] });
    });

    it("[A51] a change whose server died half-way stays open, in the chain of the next", async () => {
      const { outcome: _outcome, ...announced } = change("flm_1");
      await one.begin(announced);
      clock.advance(120_000);
      await two.flush();
      expect(await two.verify()).toMatchObject({ ok: true, open: [{ subject: "flm_1", chain: "server-2", seq: 1 }] });
      const found = granted(await two.list({ limit: 10, outcome: "open" }));
      expect(found.items).toMatchObject([{ subject: "flm_1", outcome: "open" }]);
    });

    it("[A52] a row that says something else is named, also found under another name", async () => {
      await changes(one, 6);
      const { id } = await rowAt("server-1", 3);
      await rows().update(id, {}, { set: { subject: "flm_forged" } });
      expect(await reportOf("server-1")).toMatchObject({ ok: false, brokenAt: 3, fault: "changed", row: id });
      await rows().update(id, {}, { set: { subject: "flm_3", actorId: "usr_nobody" } });
      expect(await reportOf("server-1")).toMatchObject({ ok: false, brokenAt: 3, fault: "changed", row: id });
    });

    it("[A52] a row that was rewritten together with its hash is named", async () => {
      await changes(one, 6);
      const row = await rowAt("server-1", 3);
      const forged = { ...row, subject: "flm_forged" };
      await rows().update(row.id, {}, { set: { subject: forged.subject, hash: hashRow(forged) } });
      expect(await reportOf("server-1")).toMatchObject({ brokenAt: 3, fault: "changed", row: row.id });
    });

    it("[A52] a row that was taken out is named", async () => {
      await changes(one, 6);
      for (const seq of [1, 4]) await rows().remove((await rowAt("server-1", seq)).id);
      expect(await reportOf("server-1")).toMatchObject({ brokenAt: 1, fault: "missing" });
    });

    it("[A52] rows cut off the end are missed by the note, and by the other chain when the note is forged", async () => {
      await changes(one, 6);
      await one.flush();
      await two.anchor();
      for (const seq of [5, 6]) await rows().remove((await rowAt("server-1", seq)).id);
      expect(await reportOf("server-1")).toMatchObject({ brokenAt: 5, fault: "cut-off" });
      const { seq, hash } = await rowAt("server-1", 4);
      await store.collection(installation).update("audit-head:server-1", {}, { set: { value: { seq, hash } } });
      const cut = { rows: 4, ok: false, brokenAt: 5, fault: "cut-off", witness: "server-2" };
      expect(await reportOf("server-1")).toMatchObject(cut);
      for (let at = 1; at <= 4; at++) await rows().remove((await rowAt("server-1", at)).id);
      await store.collection(installation).remove("audit-head:server-1");
      expect(await reportOf("server-1")).toMatchObject({ rows: 0, brokenAt: 1, fault: "cut-off", witness: "server-2" });
    });

    it("[A52] a chain that was forged from a row on to its end is found by the other's anchor; without it, it is not", async () => {
      const forge = async (chain: string) => {
        let previousHash = CHAIN_START;
        for (let seq = 1; seq <= 4; seq++) {
          const row = { ...(await rowAt(chain, seq)), previousHash };
          if (seq === 2) row.subject = "flm_forged";
          previousHash = hashRow(row);
          await rows().update(
            row.id,
            {},
            { set: { subject: row.subject, previousHash: row.previousHash, hash: previousHash } },
          );
        }
      };
      await changes(one, 3);
      await two.anchor();
      await changes(one, 1);
      await forge("server-1");
      expect(await reportOf("server-1")).toMatchObject({ brokenAt: 3, fault: "changed", witness: "server-2" });
      await changes(two, 3);
      await forge("server-2");
      expect((await reportOf("server-2"))?.ok).toBe(true);
    });

    it("[A53] anchors are written when another chain has moved, and do not answer each other", async () => {
      await changes(one, 2);
      for (let round = 0; round < 4; round++) for (const server of [one, two]) await server.anchor();
      const anchors = async () => granted(await one.list({ limit: 50, action: "audit.anchor" })).items.length;
      expect(await anchors()).toBeLessThanOrEqual(3);
      const before = await anchors();
      await changes(one, 1);
      await two.anchor();
      await two.anchor();
      expect(await anchors()).toBe(before + 1);
      expect((await one.verify()).ok).toBe(true);
      expect(granted(await one.list({ limit: 50 })).items).toHaveLength(3);
    });

    it("[A54] rows are found by who, what, on what, outcome and time, together too, page by page", async () => {
      const times: string[] = [];
      for (let at = 0; at < 24; at++) {
        times.push(new Date(clock.now()).toISOString());
        const actor = { kind: "staff", id: `usr_${at % 3}` };
        await one.record(change(`flm_${at % 4}`, { actor, action: at % 2 ? "film.update" : "film.create" }));
        clock.advance(1_000);
      }
      await one.record({ actor: { kind: "guest", id: "ses_1" }, action: "GET /api/v1/users", outcome: "denied" });
      const find = async (query: object) => {
        const found: number[] = [];
        let after: string | undefined;
        do {
          const page = granted(await one.list({ limit: 2, ...query, ...(after !== undefined && { after }) }));
          found.push(...page.items.map((row) => times.indexOf(row.at)));
          after = page.nextCursor ?? undefined;
        } while (after !== undefined);
        return found;
      };
      const those = (fits: (at: number) => boolean) =>
        times
          .map((_, at) => at)
          .filter(fits)
          .reverse();
      expect(await find({ subject: "flm_1" })).toEqual(those((at) => at % 4 === 1));
      expect(await find({ actor: "usr_2" })).toEqual(those((at) => at % 3 === 2));
      expect(await find({ action: "film.create" })).toEqual(those((at) => at % 2 === 0));
      expect(await find({ outcome: "done" })).toEqual(those(() => true));
      expect(await find({ outcome: "denied" })).toHaveLength(1);
      expect(await find({ from: times[5], to: times[9] })).toEqual([8, 7, 6, 5]);
      const all = { actor: "usr_0", action: "film.update", outcome: "done", from: times[4], to: times[20] };
      expect(await find(all)).toEqual(those((at) => at % 6 === 3 && at >= 4 && at < 20));
      expect(await find({ actor: "usr_0", subject: "flm_9" })).toEqual([]);
    });
  });
});

describe("a store from before rows were found by who did it", () => {
  it("[A54] finds its rows by who did it, and its chain holds", async () => {
    const dataDir = await mkdtemp(join(tmpdir(), "butaca-audit-"));
    const clock = handClock();
    const older = await openEmbeddedStore({ dataDir, migrations: [] });
    await createAudit({ store: older, clock, chain: "main" }).record({
      ...{ actor: { kind: "staff", id: "usr_1" }, action: "film.update", subject: "flm_1", outcome: "done" },
    });
    const rows = older.collection(auditCollection);
    const row = await rows.findOne({ chain: "main", seq: 1 });
    await rows.update(row?.id ?? "", {}, { unset: ["actorId"] });
    await older.close();
    const store = await openEmbeddedStore({ dataDir });
    const audit = createAudit({ store, clock, chain: "server-1" });
    expect(granted(await audit.list({ limit: 5, actor: "usr_1" })).items).toMatchObject([{ subject: "flm_1" }]);
    expect(await audit.verify()).toMatchObject({ ok: true, chains: [{ chain: "main", rows: 1 }] });
    await store.close();
    await rm(dataDir, { recursive: true, force: true });
  });
});
