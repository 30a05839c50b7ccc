import { spawn } from "node:child_process";
import { once } from "node:events";
import { rm } from "node:fs/promises";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { bookings, COLLECTIONS, films, installation } from "../../server/store/collections.ts";
import { identify, serveTogether } from "../../server/store/installation.ts";
import { beginFilling } from "../../server/store/mongodb/fill.ts";
import { openMongoStore } from "../../server/store/mongodb/store.ts";
import { hasTime } from "../support/counts.ts";
import { hasMongo, startMongo, type TestMongo } from "../support/mongodb.ts";
import { tempDir, tempStore } from "../support/store.ts";

describe.skipIf(!hasMongo || !hasTime)("copying a cinema into MongoDB", { timeout: 120_000 }, () => {
  let mongo: TestMongo;
  const endings: (() => Promise<unknown>)[] = [];
  beforeAll(async () => {
    mongo = await startMongo();
  });
  afterEach(async () => {
    for (const end of endings.splice(0).reverse()) await end();
  });
  afterAll(() => mongo.stop());

  const cinema = async () => {
    const temp = await tempStore();
    endings.push(temp.cleanUp);
    const box = temp.store.collection(bookings);
    for (let i = 0; i < 250; i++)
      await box.insert({ ...booking(`b${i}`), claims: [`s:A${i}`], note: "ñ\u0000😀", total: i / 4 });
    for (let i = 0; i < 3; i++) await box.update("b7", {}, { set: { note: `${i}` } });
    const film = { title: "El sur", titleKey: "el sur", durationMinutes: 95, status: "showing" as const, ...dates };
    await temp.store.collection(films).insert({ id: "f", ...film });
    return { ...temp, identity: await identify(temp.store) };
  };

  it("[S60] every document is there with its version, under the same identity, without leases", async () => {
    const { store, dataDir, identity } = await cinema();
    const url = mongo.database();
    // The identity, the number, a film and the bookings.
    const said = `253 documents of ${dataDir} are in MongoDB: start the servers with MONGODB_URL now\n`;
    expect(await copy(dataDir, url)).toEqual({ code: 0, out: said, err: "" });
    const copied = await openMongoStore({ url });
    endings.push(() => copied.close());
    for (const spec of [bookings, films, installation]) {
      const all = (from: typeof store) => from.collection(spec as typeof bookings).find({});
      expect(await all(copied)).toEqual(await all(store));
    }
    expect(await copied.collection(bookings).get("b7")).toMatchObject({ version: 4, note: "2" });
    expect(await copied.collection(bookings).insert({ ...booking("x"), claims: ["s:A3"] })).toMatchObject({
      code: "duplicate",
      index: "claims",
    });
    expect(await identify(copied)).toBe(identity);
  });

  it("[S61] a source that is served and a target that is not empty are refused in one line and left as they were", async () => {
    const { store, dataDir } = await cinema();
    const url = mongo.database();
    const lease = await serveTogether(store);
    const served = await copy(dataDir, url);
    expect(served).toMatchObject({ code: 1, out: "" });
    expect(served.err).toMatch(/^butaca: DATA_DIR: .* is served by process \d+ on .*: stop that first\n$/);
    if (lease.ok) await lease.lease.release();

    const other = await openMongoStore({ url });
    endings.push(() => other.close());
    const before = await other.collection(installation).find({});
    expect(await copy(dataDir, url)).toEqual({
      code: 1,
      out: "",
      err: "butaca: MONGODB_URL: that database is not empty, and a copy never writes over a cinema\n",
    });
    expect(await other.collection(installation).find({})).toEqual(before);
    const nowhere = await tempDir();
    endings.push(() => rm(nowhere, { recursive: true }));
    const none = await copy(nowhere, url);
    expect(none.err).toBe(`butaca: DATA_DIR: there is no store in ${nowhere}\n`);
    expect((await copy(dataDir, "")).err).toMatch(/^butaca: MONGODB_URL: [^\n]+\n$/);
  });

  it("[S62] a database whose copy did not come to its end is served by nobody and filled by nobody", async () => {
    const { dataDir } = await cinema();
    const url = mongo.database();
    const filling = await beginFilling(url, COLLECTIONS);
    await filling.add("films", [{ id: "f", version: 1 }]);
    await filling.close();
    await expect(openMongoStore({ url })).rejects.toThrow("was not finished");
    expect((await copy(dataDir, url)).err).toContain("not empty");
  });

  it("[S62] documents that arrive otherwise than they were sent are noticed", async () => {
    const { store, dataDir } = await cinema();
    const url = mongo.database();
    // Half a character: the embedded store keeps it, MongoDB's encoding can't.
    await store.collection(bookings).update("b9", {}, { set: { note: "\ud83d" } });
    expect(await copy(dataDir, url)).toEqual({
      code: 1,
      out: "",
      err: "butaca: MONGODB_URL: the documents of bookings differ: copy again\n",
    });
    await expect(openMongoStore({ url })).rejects.toThrow("was not finished");
  });
});

const dates = { createdAt: "2026-01-01T00:00:00.000Z", updatedAt: "2026-01-01T00:00:00.000Z" };

function booking(id: string) {
  return { id, kind: "order" as const, showtimeId: "s", ...dates };
}

async function copy(dataDir: string, url: string) {
  const script = new URL("../../server/store/copy.ts", import.meta.url).pathname;
  const env = { PATH: process.env.PATH, DATA_DIR: dataDir, MONGODB_URL: url };
  const child = spawn(process.execPath, ["--import", "tsx", script], { env });
  let [out, err] = ["", ""];
  child.stdout.setEncoding("utf8").on("data", (chunk: string) => {
    out += chunk;
  });
  child.stderr.setEncoding("utf8").on("data", (chunk: string) => {
    err += chunk;
  });
  const [code] = (await once(child, "close")) as [number | null];
  return { code, out, err };
}
