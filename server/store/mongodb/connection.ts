/**
 * The connection of a store to its MongoDB: one pool, one time limit for every call, one word for every failure.
 *
 * Promises: an operation given to `run` is answered within `ANSWER_WITHIN_MS`, whatever the server does; what
 * the driver throws arrives as `StoreUnavailable` in one line without the URL; closing waits for what is under way.
 * Writes are acknowledged by a majority, journaled; reads are the primary's and of a majority.
 * Must never know documents.
 */
import { type Db, MongoClient, type MongoClientOptions, type TopologyDescription } from "mongodb";
import { isMistake } from "../failures.ts";
import { StoreUnavailable } from "../port.ts";

/** Every call answers within 3 s while the server stands still; the rest is for a loop that is busy. */
const ANSWER_WITHIN_MS = 2_700;
/** The driver takes leave of the server, which may not answer. */
const CLOSE_WITHIN_MS = 1_000;
/** Of a URL that names none. */
const DEFAULT_DATABASE = "butaca";

const OPTIONS: MongoClientOptions = {
  appName: "butaca",
  writeConcern: { w: "majority", journal: true },
  readConcern: { level: "majority" },
  readPreference: "primary",
  serverSelectionTimeoutMS: 2_000,
  connectTimeoutMS: 2_000,
  // Longer than the answer may take: frees the socket of an operation that nobody waits for any more.
  socketTimeoutMS: 5_000,
  waitQueueTimeoutMS: 1_000,
  // A server that stands still is noticed within 3 s, one that is back within 1 s.
  heartbeatFrequencyMS: 1_000,
  serverMonitoringMode: "poll",
};

/** How long an operation of several steps may still go on. */
export interface Budget {
  /** Throws `StoreUnavailable` when its caller has been answered already: nothing more may be begun. */
  check(): void;
}

export interface Connection {
  readonly db: Db;
  /** Runs an operation. What it throws as a mistake of the caller (see `isMistake`) passes through. */
  run<T>(work: (budget: Budget) => Promise<T>): Promise<T>;
  /** The same without a time limit: for the start and for command lines only. */
  runLong<T>(work: () => Promise<T>): Promise<T>;
  healthy(): boolean;
  close(): Promise<void>;
}

/** Connects to the database of a URL. Throws `StoreUnavailable` when it is no URL or nobody answers. */
export async function connect(url: string): Promise<Connection> {
  const client = clientOf(url);
  const health = watch(client);
  const failed = (error: unknown): unknown => {
    if (isMistake(error)) return error;
    health.failed();
    return inOneLine(error, url);
  };
  try {
    await client.connect();
  } catch (error) {
    await client.close();
    throw failed(error);
  }
  return { db: client.db(databaseOf(url)), ...createRunner(client, health, failed) };
}

function createRunner(
  client: MongoClient,
  health: Health,
  failed: (error: unknown) => unknown,
): Omit<Connection, "db"> {
  const underWay = new Set<Promise<unknown>>();
  let closed = false;

  async function runLong<T>(work: () => Promise<T>): Promise<T> {
    if (closed) throw new StoreUnavailable("the store is closed");
    const done = work();
    underWay.add(done);
    try {
      const result = await done;
      health.worked();
      return result;
    } catch (error) {
      throw failed(error);
    } finally {
      underWay.delete(done);
    }
  }

  return {
    runLong,
    run: (work) => {
      const deadline = performance.now() + ANSWER_WITHIN_MS;
      const late = () => new StoreUnavailable("the database did not answer in time");
      const check = (): void => {
        if (performance.now() >= deadline) throw late();
      };
      return within(
        ANSWER_WITHIN_MS,
        runLong(() => work({ check })),
        () => {
          health.failed();
          return late();
        },
      );
    },
    healthy: () => !closed && health.good(),
    close: async () => {
      if (closed) return;
      closed = true;
      await atMost(ANSWER_WITHIN_MS, Promise.allSettled(underWay));
      await atMost(CLOSE_WITHIN_MS, client.close());
    },
  };
}

/** The work's own end, or an error at the limit; the work then goes on with nobody waiting. */
function within<T>(limitMs: number, work: Promise<T>, late: () => Error): Promise<T> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(late()), limitMs);
    work.then(resolve, reject).finally(() => clearTimeout(timer));
  });
}

/** Waits for the work's end, good or bad, but not longer than the limit. */
async function atMost(limitMs: number, work: Promise<unknown>): Promise<void> {
  await within(limitMs, work, () => new Error("not yet")).catch(() => undefined);
}

interface Health {
  good(): boolean;
  worked(): void;
  failed(): void;
}

/** What the driver's own watch over the servers says, and what operations met since. */
function watch(client: MongoClient): Health {
  let writable = false;
  let failing = false;
  client.on("topologyDescriptionChanged", ({ newDescription }) => {
    writable = hasWritable(newDescription);
  });
  client.on("serverHeartbeatSucceeded", () => {
    failing = false;
  });
  return {
    good: () => writable && !failing,
    worked: () => {
      failing = false;
    },
    failed: () => {
      failing = true;
    },
  };
}

function hasWritable({ servers }: TopologyDescription): boolean {
  return [...servers.values()].some(({ isWritable }) => isWritable);
}

function clientOf(url: string): MongoClient {
  try {
    const client = new MongoClient(url, OPTIONS);
    // The driver lets an empty one pass and fails where nobody can catch it.
    if (client.options.hosts.some(({ host }) => host === "")) throw new TypeError("a host in the URL is empty");
    return client;
  } catch (error) {
    throw inOneLine(error, url);
  }
}

/** The driver takes `test` when the URL names none: nobody's cinema should land there. */
function databaseOf(url: string): string {
  const [, named] = /^mongodb(?:\+srv)?:\/\/[^/]*\/([^?]+)/.exec(url) ?? [];
  return named === undefined ? DEFAULT_DATABASE : decodeURIComponent(named);
}

/** The URL may hold a password, and some messages quote it. */
function inOneLine(error: unknown, url: string): StoreUnavailable {
  if (error instanceof StoreUnavailable) return error;
  const text = error instanceof Error ? error.message : String(error);
  const line = text.replaceAll(url, "the URL").replace(/\s+/g, " ").trim();
  return new StoreUnavailable(line, { cause: error });
}
