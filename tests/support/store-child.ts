/**
 * A process of its own on an embedded store, for tests that kill it: `store-child.ts <role> <dataDir>`.
 * It says what happened as lines on stdout.
 */
import { writeSync } from "node:fs";
import { bookings } from "../../server/store/collections.ts";
import { openEmbeddedStore } from "../../server/store/embedded/store.ts";
import { takeLease } from "../../server/store/installation.ts";
import type { Store } from "../../server/store/port.ts";

/** Synchronous, so that a line is out before the next thing happens. */
const say = (line: string) => writeSync(1, `${line}\n`);

const roles: Record<string, (store: Store) => Promise<void>> = {
  /** Writes without end, 16 at a time, and says each id that was acknowledged, and each update. */
  async writer(store) {
    const box = store.collection(bookings);
    const write = async (worker: number) => {
      for (let i = 0; ; i++) {
        const id = `${process.pid}-${worker}-${i}`;
        await box.insert({ ...booking(id), claims: [`${id}:A1`, `${id}:A2`] });
        say(`inserted ${id}`);
        if (i % 3 !== 0) continue;
        await box.update(id, { version: 1 }, { set: { status: "expired" }, unset: ["claims"] });
        say(`updated ${id}`);
      }
    };
    await Promise.all(Array.from({ length: 16 }, (_, worker) => write(worker)));
  },
  /** Takes the lease and keeps it until it is told to end. */
  async server(store) {
    const taken = await takeLease(store, { onLost: () => say("lost") });
    say(taken.ok ? "taken" : `${taken.code}: ${taken.who}`);
    if (!taken.ok) return store.close();
    setInterval(() => {}, 1_000);
    process.once("SIGTERM", async () => {
      await taken.lease.release();
      await store.close();
      process.exit(0);
    });
  },
  /** Writes documents of 100 KB until the disk refuses, says how, and whether the rest is still there. */
  async filler(store) {
    const box = store.collection(bookings);
    for (let i = 0; i < 1_000; i++) {
      try {
        await box.insert({ ...booking(`f${i}`), note: "x".repeat(100_000) });
        say(`inserted f${i}`);
      } catch (error) {
        say(`${(error as Error).name}, healthy ${store.healthy()}`);
        say(`reads ${(await box.get("f0")) !== null} ${await box.count({})}`);
        break;
      }
    }
    await store.close();
    say("closed");
  },
};

function booking(id: string) {
  const createdAt = new Date().toISOString();
  return { id, kind: "order" as const, showtimeId: "s", status: "pending" as const, createdAt, updatedAt: createdAt };
}

const [role = "", dataDir = ""] = process.argv.slice(2);
await roles[role]?.(await openEmbeddedStore({ dataDir }));
