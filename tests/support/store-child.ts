/**
 * A process of its own on a store, for tests that kill it: `store-child.ts <role> <dataDir or mongodb URL>`.
 * It says what happened as lines on stdout.
 */
import { writeSync } from "node:fs";
import { setTimeout as pause } from "node:timers/promises";
import { bookings } from "../../server/store/collections.ts";
import { openEmbeddedStore } from "../../server/store/embedded/store.ts";
import { takeLease } from "../../server/store/installation.ts";
import { MIGRATIONS } from "../../server/store/migrations/list.ts";
import { currentNumber, migrate } from "../../server/store/migrations/migrate.ts";
import type { Store } from "../../server/store/port.ts";

type Bookings = ReturnType<typeof bookingsOf>;
const bookingsOf = (store: Store) => store.collection(bookings);

/** Synchronous, so that a line is out before the next thing happens; waits while whoever listens is behind. */
function say(line: string): void {
  for (let rest = Buffer.from(`${line}\n`); rest.length > 0; ) {
    try {
      rest = rest.subarray(writeSync(1, rest));
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "EAGAIN") throw error;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, PIPE_FULL_MS);
    }
  }
}

/** How long a full pipe is left alone. */
const PIPE_FULL_MS = 2;

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
  /** Wants the same seat as its rivals in each round, and says which rounds it won. */
  async racer(store) {
    await race(store, async (box, round) => {
      const id = `${process.pid}-${round}`;
      const claims = [`s:own-${id}`, `s:hot-${round}`];
      return (await box.insert({ ...booking(id), claims })).ok;
    });
  },
  /** The same without a unique index: looks first and writes then. */
  async careless(store) {
    await race(store, async (box, round) => {
      if (await box.findOne({ sessionId: `hot-${round}` })) return false;
      await pause(2);
      return (await box.insert({ ...booking(`${process.pid}-${round}`), sessionId: `hot-${round}` })).ok;
    });
  },
  /** Brings the store to a number of its own, slowly, and says when it does that itself. */
  async migrator(store) {
    const number = currentNumber() + 1;
    const up = async () => {
      say("migrates");
      await pause(500);
    };
    await migrate(store, [...MIGRATIONS, { number, name: "slow", up }]);
    say("ready");
    await store.close();
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

/** All racers begin a round at the same time of day. */
async function race(store: Store, run: (box: Bookings, round: number) => Promise<boolean>) {
  const box = bookingsOf(store);
  say("ready");
  const start = Number(
    await new Promise<string>((resolve) => process.stdin.once("data", (data) => resolve(String(data)))),
  );
  for (let round = 0; round < 40; round++) {
    await pause(Math.max(0, start + round * 25 - Date.now()));
    if (await run(box, round)) say(`won ${round}`);
  }
  say(`sees ${await box.count({})}`);
  process.stdin.destroy();
  await store.close();
}

function booking(id: string) {
  const createdAt = new Date().toISOString();
  return { id, kind: "order" as const, showtimeId: "s", status: "pending" as const, createdAt, updatedAt: createdAt };
}

const [role = "", where = ""] = process.argv.slice(2);
const open = async () => {
  if (!where.startsWith("mongodb:")) return openEmbeddedStore({ dataDir: where });
  const { openMongoStore } = await import("../../server/store/mongodb/store.ts");
  return openMongoStore({ url: where });
};
await roles[role]?.(await open());
