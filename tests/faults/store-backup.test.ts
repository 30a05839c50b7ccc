import { spawn } from "node:child_process";
import { readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { gunzipSync, gzipSync } from "node:zlib";
import { afterEach, describe, expect, it } from "vitest";
import { bookings, installation } from "../../server/store/collections.ts";
import { openEmbeddedStore } from "../../server/store/embedded/store.ts";
import { restore } from "../../server/store/embedded/transfer.ts";
import { identify, takeLease } from "../../server/store/installation.ts";
import { eventually } from "../support/poll.ts";
import { tempDir } from "../support/store.ts";
import { storeProcess } from "../support/store-process.ts";

describe("backup and restore", { timeout: 120_000 }, () => {
  const endings: (() => Promise<unknown>)[] = [];
  afterEach(async () => {
    for (const end of endings.splice(0).reverse()) await end();
  });
  const newDir = async () => {
    const dir = await tempDir();
    endings.push(() => rm(dir, { recursive: true, force: true }));
    return dir;
  };
  /** A store with some bookings, and a backup of it. */
  const backedUp = async () => {
    const dataDir = await newDir();
    const store = await openEmbeddedStore({ dataDir });
    const box = store.collection(bookings);
    for (let i = 0; i < 5; i++) await box.insert({ ...booking(`b${i}`), claims: [`s:A${i}`], note: "ñ\u0000😀" });
    await takeLease(store);
    const identity = await identify(store);
    const file = join(await newDir(), "one.backup");
    expect(await command("backup", "--data", dataDir, file)).toMatchObject({ code: 0, err: "" });
    return { dataDir, store, identity, file };
  };

  it("[S40] a backup restores to the same documents and identity, without leases", async () => {
    const { store, identity, file } = await backedUp();
    const target = join(await newDir(), "new", "data");
    const done = await command("restore", "--data", target, file);
    expect(done).toEqual({ code: 0, out: `7 documents of ${file} are in ${target}\n`, err: "" });
    expect((await readdir(target)).filter((name) => !name.endsWith("-lock"))).toEqual(["store.mdb"]);
    const restored = await openEmbeddedStore({ dataDir: target });
    const originals = await store.collection(bookings).find({});
    expect(await restored.collection(bookings).find({})).toEqual(originals);
    expect(await restored.collection(bookings).insert({ ...booking("x"), claims: ["s:A3"] })).toMatchObject({
      code: "duplicate",
      index: "claims",
    });
    expect(await identify(restored)).toBe(identity);
    expect(await restored.collection(installation).get("lease:server")).toBeNull();
    await restored.close();
    await store.close();
  });

  it("[S41] a backup while a server writes is the store at one moment", async () => {
    const dataDir = await newDir();
    const writer = storeProcess("writer", dataDir);
    endings.push(() => writer.end("SIGKILL"));
    await writer.says(2_000);
    const before = writer.lines();
    const file = join(await newDir(), "live.backup");
    expect(await command("backup", "--data", dataDir, file)).toMatchObject({ code: 0 });
    await eventually(() => writer.lines().length > before.length);
    await writer.end("SIGKILL");
    const target = await newDir();
    expect(await command("restore", "--data", target, file)).toMatchObject({ code: 0 });
    const store = await openEmbeddedStore({ dataDir: target });
    endings.push(() => store.close());
    const box = store.collection(bookings);
    const all = await box.find({}, { limit: 1_000_000 });
    const there = new Map(all.map((one) => [one.id, one]));
    for (const line of before) {
      const [what, id = ""] = line.split(" ");
      expect(there.get(id)?.version, line).toBeGreaterThanOrEqual(what === "updated" ? 2 : 1);
    }
    // Each worker of the writer goes on only when its last write was acknowledged: one moment has no gaps.
    for (const id of there.keys()) {
      const [pid, worker, i] = id.split("-");
      const earlier = there.get(`${pid}-${worker}-${Number(i) - 1}`);
      if (Number(i) > 0) expect(earlier?.version, id).toBe((Number(i) - 1) % 3 === 0 ? 2 : 1);
    }
    expect(await box.count({ claims: { prefix: "" } })).toBe(all.filter(({ claims }) => claims).length);
  });

  it("[S42] a restore refuses a directory that is not empty, and a backup a file that exists", async () => {
    const { dataDir, store, file } = await backedUp();
    await store.close();
    const size = (await stat(join(dataDir, "store.mdb"))).size;
    expect(await command("restore", "--data", dataDir, file)).toEqual({
      code: 1,
      out: "",
      err: `butaca: DATA_DIR: ${dataDir} is not empty, and a restore never overwrites a store\n`,
    });
    expect((await stat(join(dataDir, "store.mdb"))).size).toBe(size);
    const again = await command("backup", "--data", dataDir, file);
    expect(again).toMatchObject({ code: 1, err: `butaca: ${file} exists, a backup never overwrites one\n` });
    const nothing = await newDir();
    const none = await command("backup", "--data", nothing, join(nothing, "x"));
    expect(none).toMatchObject({ code: 1, err: `butaca: DATA_DIR: there is no store in ${nothing}\n` });
    expect(await readdir(nothing)).toEqual([]);
    expect(await command("backup")).toMatchObject({
      code: 1,
      err: "butaca: use: npm run backup -- [--data DIR] FILE\n",
    });
    expect((await stat(file)).mode & 0o777).toBe(0o600);
  });

  it("[S82] a restore whose directory can't be made or read says so in one line and ends", async () => {
    const { store, file } = await backedUp();
    await store.close();
    const plain = join(await newDir(), "file");
    await writeFile(plain, "no directory");
    // Whoever is root may write everywhere but in the first of these.
    for (const dataDir of ["/proc/none/below", plain, join(plain, "below")]) {
      const { code, err } = await command("restore", "--data", dataDir, file);
      expect(code).toBe(1);
      expect(err).toMatch(/^butaca: DATA_DIR: .+ can't be made or read: .+\n$/);
      expect(err).toContain(dataDir);
    }
  });

  it("[S43] a file that is broken, cut, edited or newer is refused in one line and nothing is restored", async () => {
    const { store, file } = await backedUp();
    await store.close();
    const good = await readFile(file);
    const lines = gunzipSync(good).toString("utf8").trimEnd().split("\n");
    const edited = (edit: (lines: string[]) => string[]) => gzipSync(`${edit([...lines]).join("\n")}\n`);
    const flipped = Buffer.from(good);
    flipped[good.length >> 1] = (flipped[good.length >> 1] ?? 0) ^ 0x55;
    const bad: [string, Buffer, RegExp][] = [
      ["empty", Buffer.alloc(0), /no backup, or damaged|is empty/],
      ["other", Buffer.from("not a backup at all"), /no backup, or damaged/],
      ["text", gzipSync("hello\n"), /no backup, or damaged/],
      ["null", gzipSync("null\n"), /no backup, or damaged/],
      ["flipped", flipped, /damaged/],
      ["cut", good.subarray(0, good.length - 20), /damaged/],
      ["fewer", edited((all) => all.slice(0, 3)), /bookings has 2 documents instead of 5/],
      [
        "less",
        edited((all) => all.filter((line) => !line.includes('"id":"identity"'))),
        /installation has 1 documents instead of 2/,
      ],
      [
        "edited",
        edited((all) => all.map((line) => line.replace('"s:A3"', '"s:A9"'))),
        /documents of bookings were changed/,
      ],
      [
        "newer",
        edited(([head = "", ...rest]) => [head.replace(/"number":\d+/, '"number":999'), ...rest]),
        /number 999/,
      ],
      [
        "later",
        edited(([head = "", ...rest]) => [head.replace('"formatVersion":1', '"formatVersion":2'), ...rest]),
        /format 2/,
      ],
      ["idless", edited((all) => all.map((line) => line.replace('"id":"b0"', '"ident":0'))), /damaged/],
    ];
    const dir = await newDir();
    const target = join(dir, "data");
    for (const [name, bytes, why] of bad) {
      await writeFile(join(dir, name), bytes);
      const into = `${target}-${name}`;
      const error = (await restore(join(dir, name), into).catch((thrown) => thrown)) as Error;
      expect(["ArchiveRefused", "StoreIsNewer"], name).toContain(error.name);
      expect(error.message, name).toMatch(why);
      expect(error.message, name).not.toContain("\n");
      expect(await readdir(into), name).toEqual([]);
    }
    const cut = await command("restore", "--data", target, join(dir, "cut"));
    expect(cut).toMatchObject({ code: 1, out: "" });
    expect(cut.err).toMatch(/^butaca: .* is no backup, or damaged: [^\n]+\n$/);
    expect(await command("restore", "--data", target, join(dir, "absent"))).toMatchObject({ code: 1 });
  });
});

/** The command lines, from their sources. */
function command(
  name: "backup" | "restore",
  ...args: string[]
): Promise<{ code: number | null; out: string; err: string }> {
  const script = new URL(`../../server/store/embedded/${name}.ts`, import.meta.url).pathname;
  const child = spawn(process.execPath, ["--import", "tsx", script, ...args], { stdio: ["ignore", "pipe", "pipe"] });
  let [out, err] = ["", ""];
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    out += text;
  });
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    err += text;
  });
  return new Promise((resolve) => child.once("close", (code) => resolve({ code, out, err })));
}

function booking(id: string) {
  return { id, kind: "order" as const, showtimeId: "s", createdAt: id, updatedAt: id };
}
