import { rm } from "node:fs/promises";
import { afterEach, describe, expect, it } from "vitest";
import { bookings } from "../../server/store/collections.ts";
import { openEmbeddedStore } from "../../server/store/embedded/store.ts";
import type { Store } from "../../server/store/port.ts";
import { times } from "../support/counts.ts";
import { tempDir } from "../support/store.ts";
import { storeProcess } from "../support/store-process.ts";

describe("the embedded store when its process dies", () => {
  const dirs: string[] = [];
  afterEach(async () => {
    for (const dir of dirs.splice(0)) await rm(dir, { recursive: true, force: true });
  });
  const newDir = async () => {
    const dir = await tempDir();
    dirs.push(dir);
    return dir;
  };

  it("[S15] everything acknowledged before a SIGKILL is there, whole, with its index entries", async () => {
    const dataDir = await newDir();
    let acknowledged = 0;
    for (let round = 0; round < times(4, 20, 100); round++) {
      // In odd rounds another process has the store open all along: it must not hang on the dead one's locks.
      const witness = round % 2 ? await openEmbeddedStore({ dataDir }) : null;
      const writer = storeProcess("writer", dataDir);
      await writer.says(200 + Math.floor(Math.random() * 1_000));
      await writer.end("SIGKILL");
      const store = witness ?? (await openEmbeddedStore({ dataDir }));
      acknowledged += await expectAll(store, writer.lines());
      const after = await store.collection(bookings).insert(plainBooking(`after-${round}`));
      expect(after.ok).toBe(true);
      await store.close();
    }
    expect(acknowledged).toBeGreaterThan(times(4, 20, 100) * 200);
  }, 300_000);

  it("[S16] a full disk is StoreUnavailable, keeps what was acknowledged, and ends when there is room", async () => {
    const dataDir = await newDir();
    await (await openEmbeddedStore({ dataDir })).close();
    // Files of this process may grow to 2,000 blocks of 1,024 bytes (512 in some shells).
    const filler = storeProcess("filler", dataDir, "ulimit -f 2000");
    await filler.says(4);
    await filler.ended();
    const lines = filler.lines();
    const inserted = lines.filter((line) => line.startsWith("inserted")).length;
    expect(inserted).toBeGreaterThan(3);
    expect(inserted).toBeLessThan(40);
    expect(lines.slice(inserted)).toEqual(["StoreUnavailable, healthy false", `reads true ${inserted}`, "closed"]);
    const store = await openEmbeddedStore({ dataDir });
    const box = store.collection(bookings);
    expect(await box.count({})).toBe(inserted);
    expect((await box.insert({ ...plainBooking("more"), note: "x".repeat(100_000) })).ok).toBe(true);
    await store.close();
  }, 60_000);
});

/** Checks every line of a writer against the store. Answers how many there were. */
async function expectAll(store: Store, lines: string[]): Promise<number> {
  const box = store.collection(bookings);
  const inserted = lines.filter((line) => line.startsWith("inserted")).map((line) => line.slice(9));
  const updated = new Set(lines.filter((line) => line.startsWith("updated")).map((line) => line.slice(8)));
  const found = new Map((await box.getMany(inserted)).map((booking) => [booking.id, booking]));
  for (const id of inserted) {
    const booking = found.get(id);
    expect(booking, id).toBeDefined();
    if (updated.has(id)) expect(booking?.version).toBe(2);
    const owner = await box.findOne({ claims: `${id}:A2` });
    expect(owner?.id).toBe(booking?.claims ? id : undefined);
  }
  // No entry points at a document that is not there, and none is missing, acknowledged or not.
  expect(await box.count({ showtimeId: "s" })).toBe(await box.count({}));
  const all = await box.find({}, { limit: 1_000_000 });
  expect(await box.count({ claims: { prefix: "" } })).toBe(all.filter(({ claims }) => claims).length);
  return inserted.length;
}

function plainBooking(id: string) {
  return { id, kind: "order" as const, showtimeId: "s", createdAt: id, updatedAt: id };
}
