import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { installation } from "../../server/store/collections.ts";
import { takeLease } from "../../server/store/installation.ts";
import { MIGRATIONS, type Migration } from "../../server/store/migrations/list.ts";
import { currentNumber, numberOf, StoreIsNewer } from "../../server/store/migrations/migrate.ts";
import { type MongoStoreOptions, openMongoStore } from "../../server/store/mongodb/store.ts";
import { type CollectionSpec, type Stored, StoreUnavailable, UnindexedQuery } from "../../server/store/port.ts";
import { hasTime } from "../support/counts.ts";
import { hasMongo, startMongo, type TestMongo } from "../support/mongodb.ts";
import { openMongoProxy } from "../support/mongodb-proxy.ts";
import { storeProcess } from "../support/store-process.ts";

/** The driver's own watch notices silence within some seconds; the rest is for a machine that is busy. */
const SILENT_START_ENDS_MS = 20_000;

interface Film extends Stored {
  title?: string;
  year?: number;
  country?: string;
}
const before: CollectionSpec<Film> = {
  name: "old",
  indexes: { title: { fields: ["title"] }, year: { fields: ["year"] } },
};
const after: CollectionSpec<Film> = {
  name: "old",
  indexes: { title: { fields: ["title"], unique: true }, country: { fields: ["country", "year"], unique: true } },
};

describe.skipIf(!hasMongo || !hasTime)("servers on one MongoDB", () => {
  let mongo: TestMongo;
  const endings: (() => Promise<unknown>)[] = [];
  beforeAll(async () => {
    mongo = await startMongo();
  });
  afterEach(async () => {
    for (const end of endings.splice(0).reverse()) await end();
  });
  afterAll(() => mongo.stop());

  const open = async (url: string, options: Omit<MongoStoreOptions, "url"> = {}) => {
    const store = await openMongoStore({ url, ...options });
    endings.push(() => store.close());
    return store;
  };
  const behindProxy = async () => {
    const proxy = await openMongoProxy(mongo.port, new URL(mongo.database()).pathname.slice(1));
    endings.push(() => proxy.close());
    return proxy;
  };
  const start = (role: string, url: string) => {
    const one = storeProcess(role, url);
    endings.push(() => one.end("SIGKILL"));
    return one;
  };

  it("[S56] of two processes that start at once on an empty database one migrates and the other waits for it", async () => {
    const url = mongo.database();
    const servers = [start("migrator", url), start("migrator", url)];
    for (const server of servers) await server.ended();
    const lines = servers.flatMap((server) => server.lines()).sort();
    expect(lines).toEqual(["migrates", "ready", "ready"]);
    const store = await open(url, { migrations: [...MIGRATIONS, later] });
    expect(await numberOf(store.collection(installation))).toBe(later.number);
    const identities = await store.collection(installation).find({});
    expect(identities.filter(({ id }) => id === "identity")).toHaveLength(1);
  });

  it("[S56] of two processes that race for the same seats each seat has one owner", async () => {
    const url = mongo.database();
    await (await open(url)).close();
    const racers = [start("racer", url), start("racer", url)];
    for (const racer of racers) expect(await racer.says(1)).toBe("ready");
    for (const racer of racers) racer.tell(String(Date.now() + 100));
    for (const racer of racers) await racer.ended();
    const lines = racers.flatMap((racer) => racer.lines());
    for (let round = 0; round < 40; round++) expect(lines.filter((line) => line === `won ${round}`)).toHaveLength(1);
    expect(lines.filter((line) => line === "sees 40").length).toBeGreaterThan(0);
  });

  it("[S57] a process that serves the database alone keeps others out until it is gone", async () => {
    const url = mongo.database();
    const first = start("server", url);
    expect(await first.says(1)).toBe("taken");
    const store = await open(url);
    const refused = await takeLease(store);
    expect(refused.ok || refused.who).toContain(`process ${first.child.pid} on `);
    await first.end("SIGKILL");
    expect((await takeLease(store)).ok).toBe(true);
  });

  it("[S58] a database of a later number is refused and left as it is", async () => {
    const url = mongo.database();
    const store = await open(url, { migrations: [...MIGRATIONS, later] });
    const version = (await store.collection(installation).get("schema"))?.version;
    await expect(open(url)).rejects.toThrow(StoreIsNewer);
    expect((await store.collection(installation).get("schema"))?.version).toBe(version);
  });

  it("[S59] indexes that were added, changed or dropped follow the declaration, under writers of the old one", async () => {
    const url = mongo.database();
    const old = await open(url, { collections: [before] });
    const films = Array.from({ length: 30 }, (_, i) => ({ id: `f${i}`, title: `t${i}`, year: i, country: "es" }));
    await Promise.all(films.map((film) => old.collection(before).insert(film)));
    const box = (await open(url, { collections: [after] })).collection(after);
    // The old server goes on: its documents stand in the new indexes as well.
    await old.collection(before).insert({ id: "new", title: "t", country: "fr", year: 7 });
    expect((await box.find({ country: "fr" })).map(({ id }) => id)).toEqual(["new"]);
    expect((await box.find({ country: "es", year: { lt: 3 } })).map(({ id }) => id)).toEqual(["f0", "f1", "f2"]);
    expect(await box.insert({ id: "x", title: "t7" })).toEqual({ ok: false, code: "duplicate", index: "title" });
    expect(await box.insert({ id: "x", country: "fr", year: 7 })).toMatchObject({
      code: "duplicate",
      index: "country",
    });
    await expect(box.find({ year: 7 })).rejects.toThrow(UnindexedQuery);
    const back = (await open(url, { collections: [before] })).collection(before);
    expect(await back.count({ title: { prefix: "t" } })).toBe(31);
    expect((await back.insert({ id: "y", title: "t7" })).ok).toBe(true);
  });

  it.runIf(hasTime)(
    "[S81] indexes may take their time at a start, as long as the database is there",
    async () => {
      const slow = await behindProxy();
      slow.delayAnswerOf("createIndexes", 7_000);
      const silent = await behindProxy();
      silent.fallSilentAt("createIndexes");
      const began = performance.now();
      const [store, refused] = await Promise.all([
        open(slow.url, { collections: [before] }),
        open(silent.url, { collections: [before] }).then(
          () => null,
          (error) => ({ error, afterMs: performance.now() - began }),
        ),
      ]);
      expect(performance.now() - began).toBeGreaterThan(7_000);
      expect((await store.collection(before).insert({ id: "a", title: "one" })).ok).toBe(true);
      expect(await store.collection(before).count({ title: "one" })).toBe(1);
      expect(refused?.error).toBeInstanceOf(StoreUnavailable);
      expect(refused?.error.message).not.toContain("\n");
      expect(refused?.afterMs).toBeLessThan(SILENT_START_ENDS_MS);
    },
    60_000,
  );

  it("[S59] a unique index over values that are not is refused by name, and the old ones stay", async () => {
    const url = mongo.database();
    const box = (await open(url, { collections: [before] })).collection(before);
    await box.insert({ id: "a", title: "same", year: 1 });
    await box.insert({ id: "b", title: "same", year: 2 });
    await expect(open(url, { collections: [after] })).rejects.toThrow("old a and b have the same title");
    expect((await box.insert({ id: "c", title: "same", year: 2 })).ok).toBe(true);
    expect((await box.insert({ id: "d", country: "es", year: 2 })).ok).toBe(true);
    expect((await box.insert({ id: "e", country: "es", year: 2 })).ok).toBe(true);
  });
});

const later: Migration = { number: currentNumber() + 1, name: "later", up: async () => {} };
