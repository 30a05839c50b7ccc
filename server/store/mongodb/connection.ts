/**
 * The connection of a store to its MongoDB: one pool, one time limit for every call, one word for every failure.
 *
 * Promises: an operation given to `run` is refused when the database has answered nobody for `SILENCE_MS`; one that is
 * slow under load is waited for. What the driver throws arrives as `StoreUnavailable` in one line without the
 * URL. Closing waits for what is under way.
 * Writes are acknowledged by a majority, journaled; reads are the primary's and of a majority.
 * Must never know documents.
 */
import { setTimeout as pause } from "node:timers/promises";
import { type Db, MongoClient, type MongoClientOptions, type TopologyDescription } from "mongodb";
import { isMistake } from "../failures.ts";
import { StoreUnavailable } from "../port.ts";

/** While the database stands still every call is refused within 3 s; the rest is for an event loop that is busy. */
const SILENCE_MS = 2_700;
/** Longest that a call waits while others are answered: clients have given up by then. */
const LONGEST_MS = 10_000;
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
  // Longer than a silence may take: frees the socket of an operation that nobody waits for any more.
  socketTimeoutMS: 5_000,
  // A burst waits for connections as long as somebody is answered.
  waitQueueTimeoutMS: LONGEST_MS,
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

/**
 * Connects to the database of a URL. Throws `StoreUnavailable` when it is no URL or nobody answers. `isPatient`: waits
 * for an answer as long as the database is there, for what builds indexes or writes thousands of documents at a time.
 */
export async function connect(url: string, { isPatient = false } = {}): Promise<Connection> {
  const client = clientOf(url, isPatient ? { ...OPTIONS, socketTimeoutMS: 0 } : OPTIONS);
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
  let answeredAt = Number.NEGATIVE_INFINITY;
  let closed = false;

  async function runLong<T>(work: () => Promise<T>): Promise<T> {
    if (closed) throw new StoreUnavailable("the store is closed");
    const done = work();
    underWay.add(done);
    try {
      const result = await done;
      answeredAt = performance.now();
      health.worked();
      return result;
    } catch (error) {
      throw failed(error);
    } finally {
      underWay.delete(done);
    }
  }

  function run<T>(work: (budget: Budget) => Promise<T>): Promise<T> {
    const beganAt = performance.now();
    const leftMs = (): number =>
      Math.min(Math.max(beganAt, answeredAt) + SILENCE_MS, beganAt + LONGEST_MS) - performance.now();
    const late = (): StoreUnavailable => {
      health.failed();
      return new StoreUnavailable("the database did not answer in time");
    };
    const check = (): void => {
      if (leftMs() <= 0) throw late();
    };
    return within(leftMs, () => runLong(() => work({ check })), late);
  }

  async function close(): Promise<void> {
    if (closed) return;
    closed = true;
    await atMost(SILENCE_MS, Promise.allSettled(underWay));
    await atMost(CLOSE_WITHIN_MS, client.close());
  }

  return { run, runLong, healthy: () => !closed && health.good(), close };
}

/** The work's own end, or an error when no time is left; the work then goes on with nobody waiting. */
function within<T>(leftMs: () => number, work: () => Promise<T>, late: () => Error): Promise<T> {
  return new Promise((resolve, reject) => {
    let timer: NodeJS.Timeout;
    const look = (): void => {
      const left = leftMs();
      if (left <= 0) reject(late());
      else timer = setTimeout(look, Math.ceil(left));
    };
    look();
    work()
      .then(resolve, reject)
      .finally(() => clearTimeout(timer));
  });
}

/** Waits for the work's end, good or bad, but not longer than the limit. */
async function atMost(limitMs: number, work: Promise<unknown>): Promise<void> {
  const stop = new AbortController();
  const limit = pause(limitMs, undefined, { signal: stop.signal, ref: false }).catch(() => undefined);
  await Promise.race([work.catch(() => undefined), limit]);
  stop.abort();
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

function clientOf(url: string, options: MongoClientOptions): MongoClient {
  try {
    const client = new MongoClient(url, options);
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
