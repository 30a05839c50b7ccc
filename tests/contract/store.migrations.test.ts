import { rm } from "node:fs/promises";
import { afterEach, describe, expect, it } from "vitest";
import { COLLECTIONS, films, genres, installation } from "../../server/store/collections.ts";
import { openEmbeddedStore } from "../../server/store/embedded/store.ts";
import { MIGRATIONS, type Migration } from "../../server/store/migrations/list.ts";
import { currentNumber, migrate, numberOf, StoreIsNewer } from "../../server/store/migrations/migrate.ts";
import type { AnyCollection } from "../../server/store/plan.ts";
import {
  type CollectionSpec,
  type Store,
  type Stored,
  StoreUnavailable,
  UnindexedQuery,
} from "../../server/store/port.ts";
import { tempDir } from "../support/store.ts";

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
  indexes: { title: { fields: ["title"], unique: true }, country: { fields: ["country", "year"] } },
};

describe("an embedded store of another version", () => {
  const endings: (() => Promise<unknown>)[] = [];
  afterEach(async () => {
    for (const end of endings.splice(0).reverse()) await end();
  });
  const newDir = async () => {
    const dir = await tempDir();
    endings.push(() => rm(dir, { recursive: true, force: true }));
    return dir;
  };
  const open = async (
    dataDir: string,
    options: { collections?: readonly AnyCollection[]; migrations?: readonly Migration[] } = {},
  ) => {
    const store = await openEmbeddedStore({ dataDir, ...options });
    endings.push(() => store.close());
    return store;
  };
  const recorded = (store: Store) => numberOf(store.collection(installation));

  it("[S30] numbers go up by one, from 1", () => {
    expect(MIGRATIONS.map(({ number }) => number)).toEqual(MIGRATIONS.map((_, i) => i + 1));
  });

  it("[S30] a store of an earlier number is migrated at open and keeps its documents", async () => {
    const dataDir = await newDir();
    const older = await open(dataDir, { migrations: [] });
    expect(await recorded(older)).toBe(0);
    const about = older.collection(installation);
    expect(await about.get("identity")).toBeNull();
    const at = { createdAt: "2026-01-01T00:00:00.000Z", updatedAt: "2026-01-01T00:00:00.000Z" };
    await older.collection(genres).insert({ id: "gen_1", name: "Drama", nameKey: "drama", ...at });
    await older.close();

    const store = await open(dataDir);
    expect(await recorded(store)).toBe(currentNumber());
    expect((await store.collection(installation).get("identity"))?.value.storeId).toMatch(/^\w{20}$/);
    expect(await store.collection(genres).findOne({ nameKey: "drama" })).toMatchObject({ id: "gen_1", version: 1 });
    const version = (await store.collection(installation).get("schema"))?.version;
    await migrate(store);
    expect((await store.collection(installation).get("schema"))?.version).toBe(version);
  });

  it("[S31] a migration that died halfway runs again to its end before its number is recorded", async () => {
    const dataDir = await newDir();
    const store = await open(dataDir);
    const at = { createdAt: "x", updatedAt: "x", durationMinutes: 90, status: "draft" as const };
    for (const id of ["a", "b", "c"]) await store.collection(films).insert({ id, title: id, titleKey: id, ...at });
    let die = true;
    const shout: Migration = {
      number: currentNumber() + 1,
      name: "titles in capitals",
      up: async (it) => {
        const box = it.collection(films);
        for (const film of await box.find({})) {
          if (die && film.id === "c") throw new Error("the power went");
          await box.update(film.id, {}, { set: { title: film.title.toUpperCase() } });
        }
      },
    };
    const list = [...MIGRATIONS, shout];
    await expect(migrate(store, list)).rejects.toThrow("the power went");
    expect(await recorded(store)).toBe(currentNumber());
    die = false;
    await migrate(store, list);
    expect(await recorded(store)).toBe(currentNumber() + 1);
    expect((await store.collection(films).find({})).map(({ title }) => title)).toEqual(["A", "B", "C"]);
  });

  it("[S31] of several servers that start at once one migrates and the others wait for it", async () => {
    const dataDir = await newDir();
    const stores = [await open(dataDir), await open(dataDir), await open(dataDir)];
    let runs = 0;
    const slow: Migration = {
      number: currentNumber() + 1,
      name: "slow",
      up: async () => {
        runs += 1;
        await new Promise((resolve) => setTimeout(resolve, 100));
      },
    };
    await Promise.all(stores.map((store) => migrate(store, [...MIGRATIONS, slow])));
    expect(runs).toBe(1);
  });

  it("[S32] a store of a later number is refused in one line and left as it is", async () => {
    const dataDir = await newDir();
    const later: Migration = { number: currentNumber() + 1, name: "later", up: async () => {} };
    const tomorrow = [...COLLECTIONS, after];
    const store = await open(dataDir, { collections: tomorrow, migrations: [...MIGRATIONS, later] });
    await store.collection(after).insert({ id: "a", title: "t", country: "es", year: 1 });
    await store.close();

    const refused = openEmbeddedStore({ dataDir, collections: [...COLLECTIONS, before] });
    await expect(refused).rejects.toThrow(StoreIsNewer);
    await expect(refused).rejects.toThrow(
      /^the store has number \d+ and this version knows numbers up to \d+: [^\n]+$/,
    );

    const again = await open(dataDir, { collections: tomorrow, migrations: [...MIGRATIONS, later] });
    expect(await again.collection(after).count({ country: "es" })).toBe(1);
  });

  it("[S33] indexes that were added, changed or dropped follow the new declaration at open", async () => {
    const dataDir = await newDir();
    const old = await open(dataDir, { collections: [before] });
    for (let i = 0; i < 50; i++) {
      await old.collection(before).insert({ id: `f${i}`, title: `t${i}`, year: i, country: i % 2 ? "es" : "fr" });
    }
    await old.close();
    const store = await open(dataDir, { collections: [after] });
    const box = store.collection(after);
    expect((await box.find({ country: "es", year: { lt: 6 } })).map(({ id }) => id)).toEqual(["f1", "f3", "f5"]);
    expect(await box.insert({ id: "x", title: "t7" })).toEqual({ ok: false, code: "duplicate", index: "title" });
    await expect(box.find({ year: 7 })).rejects.toThrow(UnindexedQuery);
    await box.remove("f8");
    await store.close();
    const back = await open(dataDir, { collections: [before] });
    expect(await back.collection(before).count({ year: { gte: 0 } })).toBe(49);
    expect(await back.collection(before).count({ title: { prefix: "t" } })).toBe(49);
  });

  it("[S33] a unique index over values that are not is refused by name, and nothing changes", async () => {
    const dataDir = await newDir();
    const old = await open(dataDir, { collections: [before] });
    await old.collection(before).insert({ id: "a", title: "same", year: 1 });
    await old.collection(before).insert({ id: "b", title: "same", year: 2 });
    await old.close();
    await expect(open(dataDir, { collections: [after] })).rejects.toThrow("old a and b have the same title");
    const again = await open(dataDir, { collections: [before] });
    expect(await again.collection(before).count({ title: "same" })).toBe(2);
  });

  it("[S34] a server whose indexes are no longer those on disk writes nothing any more", async () => {
    const dataDir = await newDir();
    const old = await open(dataDir, { collections: [before] });
    await old.collection(before).insert({ id: "a", title: "t", country: "es", year: 1 });
    const store = await open(dataDir, { collections: [after] });
    await expect(old.collection(before).insert({ id: "b", country: "es", year: 2 })).rejects.toThrow(StoreUnavailable);
    expect(await store.collection(after).count({ country: "es" })).toBe(1);
    expect(await store.collection(after).get("b")).toBeNull();
  });
});
