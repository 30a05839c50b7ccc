import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { bookings, installation } from "../../server/store/collections.ts";
import { openMongoStore } from "../../server/store/mongodb/store.ts";
import { type Store, StoreUnavailable } from "../../server/store/port.ts";
import { hasTime, times } from "../support/counts.ts";
import { hasMongo, startMongo, type TestMongo } from "../support/mongodb.ts";
import { openMongoProxy } from "../support/mongodb-proxy.ts";
import { eventually } from "../support/poll.ts";

/** What a caller waits at most while the database stands still. */
const ANSWERED_WITHIN_MS = 3_000;

describe.skipIf(!hasMongo || !hasTime)("the MongoDB store when its database fails", () => {
  let mongo: TestMongo;
  /** One database for all tests, which keep to ids of their own: making one costs more than most of them. */
  let database: string;
  const endings: (() => Promise<unknown>)[] = [];
  beforeAll(async () => {
    mongo = await startMongo();
    database = mongo.database();
  });
  afterEach(async () => {
    mongo.resume();
    for (const end of endings.splice(0).reverse()) await end();
  });
  afterAll(() => mongo.stop());

  const open = async (url = database): Promise<Store> => {
    const store = await openMongoStore({ url });
    endings.push(() => store.close());
    return store;
  };
  const behindProxy = async () => {
    const proxy = await openMongoProxy(mongo.port, new URL(database).pathname.slice(1));
    endings.push(() => proxy.close());
    return { proxy, store: await open(proxy.url) };
  };

  it("[S50] everything acknowledged before a SIGKILL of the database is there, whole, with its claims", async () => {
    for (let round = 0; round < times(1, 10, 100); round++) {
      const store = await open();
      const written = writeUntilItFails(store, `r${round}`);
      await eventually(() => written.acknowledged.size > 50, 10_000, "some writes");
      await mongo.kill();
      await written.done;
      await mongo.restart();
      await eventually(
        () =>
          store
            .collection(bookings)
            .count({})
            .then(
              () => true,
              () => false,
            ),
        5_000,
        "recovery",
      );
      await expectAll(store, written.acknowledged);
    }
  }, 120_000);

  it("[S51] while the database stands still every call is StoreUnavailable within 3 s, closing ends, and soon after it all is well", async () => {
    const store = await open();
    const closing = await open();
    const box = store.collection(bookings);
    await box.insert(booking("a"));
    for (let round = 0; round < times(1, 5, 30); round++) {
      await mongo.pause();
      if (round === 0) await closesInTime(closing);
      // The first finds connections that look good, the second a server that is known to be silent.
      for (let i = 0; i < 2; i++) {
        const calls = [
          () => box.get("a"),
          () => box.find({}),
          () => box.count({ showtimeId: "s" }),
          () => box.insert(booking(`b${round}-${i}`)),
          () => box.update("a", {}, { set: { note: "x" } }),
          () => box.updateNumbered("a", {}, { query: { receiptSeries: "A" }, field: "receiptSeq" }, () => ({})),
          () => box.findAndUpdate({ showtimeId: "s" }, { set: { note: "x" } }),
          () => box.remove(`b${round}-${i}`),
        ];
        const took = await Promise.all(calls.map(refusedAfter));
        expect(Math.max(...took)).toBeLessThan(ANSWERED_WITHIN_MS);
        expect(store.healthy()).toBe(false);
      }
      mongo.resume();
      await eventually(() => store.healthy(), 5_000, "readiness");
      expect((await box.get("a"))?.id).toBe("a");
    }
  }, 120_000);

  /** Also while the database stands still. */
  async function closesInTime(store: Store): Promise<void> {
    const asked = performance.now();
    const call = store
      .collection(bookings)
      .get("a")
      .catch((error) => error);
    await store.close();
    expect(await call).toBeInstanceOf(StoreUnavailable);
    expect(performance.now() - asked).toBeLessThan(5_000);
  }

  it("[S52] a database that can't be reached or used stops the opening in one line without the password", async () => {
    const urls = [
      "mongodb://box:office@127.0.0.1:1/cinema",
      "mongodb://box:office@:x",
      "mongodb://box:office@127.0.0.1,",
    ];
    for (const url of urls) {
      const asked = performance.now();
      const error = await openMongoStore({ url }).catch((thrown) => thrown);
      expect(error).toBeInstanceOf(StoreUnavailable);
      expect(error.message).not.toMatch(/office|\n/);
      expect(performance.now() - asked).toBeLessThan(ANSWERED_WITHIN_MS);
    }
  });

  it("[S53] an insert whose answer got lost is a success, and another's document is not", async () => {
    const { proxy, store } = await behindProxy();
    const box = store.collection(bookings);
    for (let i = 0; i < times(3, 25, 250); i++) {
      proxy.loseAnswerOf("insert");
      expect(await box.insert({ ...booking(`lost${i}`), claims: [`s:L${i}`] })).toMatchObject({ ok: true });
      expect(await box.get(`lost${i}`)).toMatchObject({ version: 1, claims: [`s:L${i}`] });
      // The very same document from somebody else is a duplicate all the same.
      const again = await box.insert({ ...booking(`lost${i}`), claims: [`s:L${i}`] });
      expect(again).toEqual({ ok: false, code: "duplicate", index: "id" });
    }
    expect(proxy.lost()).toBe(times(3, 25, 250));
  });

  it("[S53] an update whose answer got lost is a success and happens once", async () => {
    const { proxy, store } = await behindProxy();
    const box = store.collection(bookings);
    await box.insert(booking("updated"));
    for (let version = 1; version <= times(3, 25, 250); version++) {
      proxy.loseAnswerOf("update");
      const updated = await box.update("updated", { version }, { set: { note: `${version}` } });
      expect(updated).toMatchObject({ ok: true, document: { version: version + 1, note: `${version}` } });
      expect(await box.get("updated")).toMatchObject({ version: version + 1, note: `${version}` });
    }
  });

  it("[S54] commands that fail before they begin are asked again, and no trace of it is seen", async () => {
    const box = (await open()).collection(bookings);
    for (const how of [{ closeConnection: true }, { errorCode: 91 }, { errorCode: 189 }]) {
      const id = JSON.stringify(how);
      await mongo.failCommands(["insert"], how, 1);
      expect(await box.insert(booking(id))).toMatchObject({ ok: true });
      await mongo.failCommands(["update", "find"], how, 1);
      expect(await box.update(id, { version: 1 }, { set: { note: "x" } })).toMatchObject({ ok: true });
      expect((await box.get(id))?.version).toBe(2);
    }
    await mongo.failCommands(["insert"], { errorCode: 91 }, 2);
    await expect(box.insert(booking("twice"))).rejects.toThrow(StoreUnavailable);
    expect(await box.get("twice")).toBeNull();
  });

  it("[S55] documents show nothing of how they are kept", async () => {
    const about = (await open()).collection(installation);
    await about.insert({ id: "x", value: { a: 1 } });
    await about.update("x", {}, { set: { value: { a: 2 } } });
    expect(await about.get("x")).toStrictEqual({ id: "x", version: 2, value: { a: 2 } });
    expect(await about.update("x", { value: { a: 2 } }, {})).toMatchObject({ ok: true });
  });
});

/** Eight writers, each going on when its last write was acknowledged, until one is refused. */
function writeUntilItFails(store: Store, round: string) {
  const box = store.collection(bookings);
  const acknowledged = new Map<string, number>();
  const write = async (worker: number) => {
    for (let i = 0; ; i++) {
      const id = `${round}-${worker}-${i}`;
      await box.insert({ ...booking(id), claims: [`${id}:A1`, `${id}:A2`] });
      acknowledged.set(id, 1);
      if (i % 3 !== 0) continue;
      await box.update(id, { version: 1 }, { set: { status: "expired" }, unset: ["claims"] });
      acknowledged.set(id, 2);
    }
  };
  const ended = Array.from({ length: 8 }, (_, worker) =>
    write(worker).catch((error) => expect(error).toBeInstanceOf(StoreUnavailable)),
  );
  return { acknowledged, done: Promise.all(ended) };
}

async function expectAll(store: Store, acknowledged: Map<string, number>): Promise<void> {
  const box = store.collection(bookings);
  const found = new Map((await box.getMany([...acknowledged.keys()])).map((one) => [one.id, one]));
  for (const [id, version] of acknowledged) {
    expect(found.get(id)?.version, id).toBeGreaterThanOrEqual(version);
    const owner = await box.findOne({ claims: `${id}:A2` });
    expect(owner?.id).toBe(found.get(id)?.claims ? id : undefined);
  }
}

/** How long a call took to be refused, in milliseconds. */
async function refusedAfter(call: () => Promise<unknown>): Promise<number> {
  const asked = performance.now();
  const error = await call().catch((thrown) => thrown);
  expect(error).toBeInstanceOf(StoreUnavailable);
  return performance.now() - asked;
}

function booking(id: string) {
  return { id, kind: "order" as const, showtimeId: "s", createdAt: id, updatedAt: id };
}
