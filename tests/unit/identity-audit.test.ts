import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { AuditEntry } from "../../server/audit/audit.ts";
import { audit as auditCollection } from "../../server/store/collections.ts";
import { FIRST, granted, type IdentityRig, identityRig } from "../support/identity.ts";

let rig: IdentityRig;
beforeEach(async () => {
  rig = await identityRig();
});
afterEach(() => rig.close());

const done = (subject: string): AuditEntry => ({
  actor: { kind: "staff", id: "usr_1" },
  action: "thing.change",
  subject,
  outcome: "done",
  from: "192.0.2.1",
  details: { nested: { b: 2, a: [1, undefined, "x"] } },
});
const denied = (action = "thing.change"): AuditEntry => ({
  actor: { kind: "guest", id: "ses_1" },
  action,
  outcome: "denied",
});
/** But for the first one: the administrator was made. */
const rows = async () => granted(await rig.audit.list({ limit: 200 })).items.filter(({ seq }) => seq !== 1);

describe("audit", () => {
  it("[A23] the first administrator is written down, too, as made by the house itself", async () => {
    const [first] = granted(await rig.audit.list({ limit: 1 })).items;
    expect(first).toMatchObject({ actor: { kind: "system" }, action: "user.create", outcome: "done", seq: 1 });
    await rig.another().identity.prepare(FIRST);
    expect(granted(await rig.audit.list({ limit: 5 })).items).toHaveLength(1);
    expect((await rig.audit.verify()).open).toEqual([]);
  });

  it("[A23] every change is a row, and the chain of rows holds, also with two servers on one chain", async () => {
    const other = rig.another();
    await Promise.all(Array.from({ length: 40 }, (_, at) => (at % 2 ? rig : other).audit.record(done(`thg_${at}`))));
    expect((await rows()).map(({ seq }) => seq).sort((a, b) => a! - b!)).toEqual(
      Array.from({ length: 40 }, (_, at) => at + 2),
    );
    const verified = await rig.audit.verify();
    expect(verified).toMatchObject({ ok: true, chains: [{ chain: "main", rows: 41, ok: true }] });
  });

  it.each([
    ["changed", "update"],
    ["deleted", "remove"],
  ] as const)("[A24] a row that was %s shows, with its place", async (_name, how) => {
    for (let at = 0; at < 6; at++) await rig.audit.record(done(`thg_${at}`));
    const collection = rig.store.collection(auditCollection);
    const third = await collection.findOne({ chain: "main", seq: 3 });
    if (how === "update") await collection.update(third!.id, {}, { set: { subject: "thg_forged" } });
    else await collection.remove(third!.id);
    expect(await rig.audit.verify()).toMatchObject({ ok: false, chains: [{ chain: "main", ok: false, brokenAt: 3 }] });
  });

  it("[A25] repeated denials are one row a minute with a count, there within a second, chained when the minute is over", async () => {
    for (let at = 0; at < 25; at++) await rig.audit.record(denied());
    await rig.audit.record(denied("other.thing"));
    await rig.audit.flush();
    for (let at = 0; at < 5; at++) await rig.audit.record(denied());
    await rig.audit.flush();
    expect((await rows()).map(({ action, count, outcome }) => [action, count, outcome]).sort()).toEqual([
      ["other.thing", 1, "denied"],
      ["thing.change", 30, "denied"],
    ]);
    rig.clock.advance(60_000);
    await rig.audit.flush();
    await rig.audit.record(denied());
    await rig.audit.flush();
    expect((await rows()).map(({ count }) => count).sort()).toEqual([1, 1, 30]);
    expect(await rig.audit.verify()).toMatchObject({ ok: true, chains: [{ rows: 3 }] });
  });

  it("[A25] denials that a crashed server left open are chained by the next one", async () => {
    await rig.audit.record(denied());
    await rig.audit.flush();
    rig.clock.advance(100_000);
    const next = rig.another();
    await next.audit.record(done("thg_1"));
    await next.audit.flush();
    expect(await rig.store.collection(auditCollection).count({ openUntil: { gt: 0 } })).toBe(0);
    expect((await next.audit.verify()).ok).toBe(true);
  });

  it("[A25] a wide attack fills no more than a bounded number of rows", async () => {
    for (let at = 0; at < 5_000; at++)
      await rig.audit.record({
        actor: { kind: "nobody", id: `198.51.${at >> 8}.${at & 255}` },
        action: "sign-in",
        outcome: "denied",
      });
    await rig.audit.flush();
    const collection = rig.store.collection(auditCollection);
    expect(await collection.count({ at: { gte: "" } })).toBeLessThanOrEqual(1_002);
    const total = (await collection.find({ at: { gte: "" } }, { limit: 2_000 })).reduce(
      (sum, { count }) => sum + count,
      0,
    );
    expect(total).toBe(5_001);
  });

  it("[A23] pages go back in time without a gap", async () => {
    for (let at = 0; at < 25; at++) {
      rig.clock.advance(1_000);
      await rig.audit.record(done(`thg_${at}`));
    }
    const seen: string[] = [];
    let after: string | undefined;
    do {
      const page = granted(await rig.audit.list({ limit: 10, ...(after !== undefined && { after }) }));
      seen.push(...page.items.filter(({ seq }) => seq !== 1).map(({ subject }) => subject as string));
      after = page.nextCursor ?? undefined;
    } while (after !== undefined);
    expect(seen).toEqual(Array.from({ length: 25 }, (_, at) => `thg_${24 - at}`));
    expect(await rig.audit.list({ limit: 10, after: "aut_none" })).toMatchObject({ code: "invalid_request" });
  });
});
