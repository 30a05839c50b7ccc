/**
 * A MongoDB for tests: a real wire server on disk, its own process, random port, every commit synced.
 *
 * Where it is missing, `hasMongo` is false and suites skip (counted); under CI they fail. It is looked for in
 * `SECANTUS`, on the PATH as `secantusd-py`, then where `.ci/run` puts it.
 */
import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { existsSync, readFileSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { MongoClient } from "mongodb";
import { eventually } from "./poll.ts";

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

export interface TestMongo {
  port: number;
  /** The URL of a database that nobody has used yet. */
  database(): string;
  /** SIGKILL, and waits until it is gone. */
  kill(): Promise<void>;
  /** Starts it again on the same port and files; kills it first when it still runs. */
  restart(): Promise<void>;
  /** SIGSTOP and SIGCONT: up, but not answering. */
  pause(): Promise<void>;
  resume(): void;
  /** Makes the next `times` commands of these names fail as `failCommand` of MongoDB's own tests does. */
  failCommands(names: readonly string[], how: object, times: number): Promise<void>;
  /** Ends it and removes its files. */
  stop(): Promise<void>;
}

/** Starts a server and waits until it answers. */
export async function startMongo(): Promise<TestMongo> {
  const dir = await mkdtemp(join(tmpdir(), "butaca-mongodb-"));
  const port = await freePort();
  let child: ChildProcess | null = null;
  let databases = 0;

  const start = async () => {
    child = spawn(
      program ?? "secantusd-py",
      [
        ...["--port", String(port), "--storage-path", join(dir, "data"), "--sync-on-commit"],
        ...["--enable-test-commands", "--log-level", "ERROR"],
      ],
      { stdio: "ignore", cwd: dir },
    );
    await eventually(() => command(port, { ping: 1 }).then(Boolean, () => false), READY_WITHIN_MS, "a MongoDB");
  };
  const kill = async () => {
    const dying = child;
    child = null;
    if (dying === null || dying.exitCode !== null || dying.signalCode !== null) return;
    const gone = once(dying, "exit");
    dying.kill("SIGKILL");
    await gone;
  };

  const killNow = () => void child?.kill("SIGKILL");
  process.once("exit", killNow);
  await start();
  return {
    port,
    database: () => `mongodb://127.0.0.1:${port}/cinema${databases++}`,
    kill,
    restart: async () => {
      await kill();
      await start();
    },
    pause: async () => {
      child?.kill("SIGSTOP");
      // Its threads stop one after the other.
      const isStopped = () => readFileSync(`/proc/${child?.pid}/stat`, "utf8").includes(") T ");
      await eventually(isStopped, 1_000, "the database's standstill");
    },
    resume: () => void child?.kill("SIGCONT"),
    failCommands: async (failCommands, how, times) => {
      const data = { failCommands, ...how };
      await command(port, { configureFailPoint: "failCommand", mode: { times }, data });
    },
    stop: async () => {
      await kill();
      process.off("exit", killNow);
      await rm(dir, { recursive: true, force: true });
    },
  };
}

/** A client of its own for each: one whose first connection failed never connects again. */
async function command(port: number, what: object): Promise<object> {
  const client = new MongoClient(`mongodb://127.0.0.1:${port}/`, { serverSelectionTimeoutMS: 500 });
  try {
    return await client.db("admin").command(what);
  } finally {
    await client.close();
  }
}

async function freePort(): Promise<number> {
  const server = createServer();
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  server.close();
  await once(server, "close");
  if (address === null || typeof address === "string") throw new Error("no port");
  return address.port;
}
