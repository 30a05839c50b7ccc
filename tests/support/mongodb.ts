/**
 * A MongoDB for tests: a real wire server on disk, its own process, random port, every commit synced.
 *
 * Where it is missing, `hasMongo` is false and suites skip (counted); under CI they fail. It is looked for in
 * `SECANTUS`, on the PATH as `secantusd-py`, then where `.ci/run` puts it.
 */
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { MongoClient } from "mongodb";
import { type Service, startService } from "./service.ts";

const FROM_CI = new URL("../../.cache/secantus/bin/secantusd-py", import.meta.url).pathname;

function find(): string | null {
  const named = process.env.SECANTUS;
  if (named !== undefined && named !== "") return existsSync(named) ? named : null;
  const onPath = spawnSync("/bin/sh", ["-c", "command -v secantusd-py"], { encoding: "utf8" }).stdout.trim();
  return onPath || (existsSync(FROM_CI) ? FROM_CI : null);
}

const program = find();
if (program === null && process.env.CI) throw new Error("there is no secantusd-py, and CI must not skip");

/** For `describe.skipIf(!hasMongo)`. */
export const hasMongo: boolean = program !== null;

/** A Python process on a machine that is busy with tests. */
const READY_WITHIN_MS = 20_000;
/** The same process when it runs, and may have much to do. */
const ANSWERS_WITHIN_MS = 10_000;

export interface TestMongo extends Omit<Service, "dir" | "pid"> {
  /** The URL of a database that nobody has used yet. */
  database(): string;
  /** Makes the next `times` commands of these names fail as `failCommand` of MongoDB's own tests does. */
  failCommands(names: readonly string[], how: object, times: number): Promise<void>;
}

/** Starts a server and waits until it answers. */
export async function startMongo(): Promise<TestMongo> {
  const service = await startService({
    name: "mongodb",
    program: program ?? "secantusd-py",
    args: ({ port, dir }) => [
      ...["--port", String(port), "--storage-path", join(dir, "data"), "--sync-on-commit"],
      ...["--enable-test-commands", "--log-level", "ERROR"],
    ],
    isReady: (port) => command(port, { ping: 1 }).then(Boolean),
    readyWithinMs: READY_WITHIN_MS,
  });
  const { port } = service;
  let databases = 0;
  return {
    ...service,
    database: () => `mongodb://127.0.0.1:${port}/cinema${databases++}`,
    failCommands: async (failCommands, how, times) => {
      const data = { failCommands, ...how };
      await command(port, { configureFailPoint: "failCommand", mode: { times }, data }, ANSWERS_WITHIN_MS);
    },
  };
}

/** A client of its own for each: one whose first connection failed never connects again. */
async function command(port: number, what: object, serverSelectionTimeoutMS = 500): Promise<object> {
  const client = new MongoClient(`mongodb://127.0.0.1:${port}/`, { serverSelectionTimeoutMS });
  try {
    return await client.db("admin").command(what);
  } finally {
    await client.close();
  }
}
