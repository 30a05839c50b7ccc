/**
 * A connection to Redis that comes back by itself, for ever.
 *
 * Promises: every connection is a client of its own with what was learnt over it, so nothing that was
 * learnt from one Redis is ever sent to another; a lost connection rejects all that waits on it. The
 * process never exits because Redis went away.
 */
import { MapUnavailable } from "../port.ts";
import { pause, within } from "../waiting.ts";
import { makeClient, type RedisClient } from "./client.ts";

export interface LinkLogger {
  warn(details: object, message: string): void;
}

export interface LinkDeps<S> {
  /** Where to connect, asked before every attempt: what stood at an address may have moved. */
  find(): Promise<string>;
  /** Makes a fresh client ready for use; what it answers is `current()` as long as that client lives. */
  prepare(client: RedisClient): Promise<S>;
  /** Called whenever a connection has become current. */
  onUp?: ((state: S) => void) | undefined;
  logger?: LinkLogger | undefined;
}

export interface Link<S> {
  /** Null: not connected at this moment. */
  current(): S | null;
  /** Resolves with the first connection, rejects when the first attempts fail; later ones are repeated until `close`. */
  first: Promise<void>;
  /** Gives the connection up, unless it leads to this URL. */
  leadTo(url: string): void;
  close(): void;
}

/** How often Redis is asked whether it is there, also where nobody else asks anything. */
const PING_EVERY_MS = 300;
/** How often a connection is looked at. */
const LOOK_EVERY_MS = 250;
/** Looks since a ping was answered, before a silent Redis is given up: 1.25 s to 1.5 s, so calls answer within two seconds. */
const LOOKS_ALLOWED = 6;
const CONNECT_TIMEOUT_MS = 500;
/** Connecting and preparing together: beyond it Redis is up but not answering. */
const PREPARE_TIMEOUT_MS = 1_500;
/** Waits between attempts, doubled each time between these two: a restarted Redis is found quickly, a dead one not hammered. */
const RETRY_FIRST_MS = 20;
const RETRY_MOST_MS = 500;
/** A start is not given up for one moment of a busy machine. */
export const FIRST_ATTEMPTS = 3;
/** Commands that may wait for their answers: a third of a second of work for Redis. */
const QUEUE_MOST = 10_000;

function newClient(url: string) {
  return makeClient({
    url,
    disableOfflineQueue: true,
    commandsQueueMaxLength: QUEUE_MOST,
    pingInterval: PING_EVERY_MS,
    // With them a client moves to another Redis by itself.
    maintNotifications: "disabled",
    // Any other value creates an AbortSignal per command, at a third of the throughput.
    commandOptions: { timeout: 0 },
    socket: { connectTimeout: CONNECT_TIMEOUT_MS, reconnectStrategy: false },
  });
}

/**
 * Calls back when a connected client gets no answers any more. Counts looks instead of time: a process that stood
 * still for a while finds at its first look that time has passed, and only then the answers that came meanwhile.
 */
function watchForSilence(client: RedisClient, onSilence: (error: Error) => void): void {
  let looks = 0;
  client.on("ping-interval", () => {
    looks = 0;
  });
  const timer = setInterval(() => {
    if (!client.isOpen) return clearInterval(timer);
    looks++;
    if (looks >= LOOKS_ALLOWED) onSilence(new Error("Redis is silent"));
  }, LOOK_EVERY_MS);
  timer.unref();
}

/** Begins to connect. */
export function createLink<S>(deps: LinkDeps<S>): Link<S> {
  let live: { client: RedisClient; url: string; state: S; lose(error: Error): void } | null = null;
  let isClosed = false;
  let retryTimer: NodeJS.Timeout | undefined;
  let lastFailure = "";

  async function connect(): Promise<void> {
    const url = await within(PREPARE_TIMEOUT_MS, deps.find(), "finding Redis");
    const client = newClient(url);
    const attempt = { isLost: false };
    const lose = (error?: unknown) => {
      if (attempt.isLost) return;
      attempt.isLost = true;
      client.destroy();
      if (live?.client !== client) return;
      live = null;
      deps.logger?.warn({ error: textOf(error) }, "connection to Redis lost");
      retry(RETRY_FIRST_MS);
    };
    client.on("error", lose);
    client.on("terminated", lose);
    try {
      const state = await within(PREPARE_TIMEOUT_MS, client.connect().then(deps.prepare), "connecting to Redis");
      if (attempt.isLost || isClosed) throw new MapUnavailable("the connection was lost while it was made ready");
      watchForSilence(client, lose);
      live = { client, url, state, lose };
      lastFailure = "";
      deps.onUp?.(state);
    } catch (error) {
      lose(error);
      throw error;
    }
  }

  function retry(afterMs: number): void {
    if (isClosed) return;
    // Jittered, so that many servers do not all come back in the same moment.
    const wait = afterMs * (0.5 + Math.random());
    retryTimer = setTimeout(() => {
      connect().catch((error: unknown) => {
        // Once per kind of failure: an outage of an hour is not seven thousand lines.
        if (lastFailure !== textOf(error)) deps.logger?.warn({ error: textOf(error) }, "cannot connect to Redis");
        lastFailure = textOf(error);
        retry(Math.min(afterMs * 2, RETRY_MOST_MS));
      });
    }, wait);
    retryTimer.unref();
  }

  const first = persist(FIRST_ATTEMPTS, connect);
  first.catch(() => retry(RETRY_FIRST_MS));
  return {
    current: () => live?.state ?? null,
    first,
    leadTo(url) {
      if (live !== null && live.url !== url) live.lose(new MapUnavailable("Redis is elsewhere now"));
    },
    close() {
      isClosed = true;
      clearTimeout(retryTimer);
      const last = live;
      live = null;
      last?.client.destroy();
    },
  };
}

/** Tries until it works; rejects with the last failure. */
export async function persist<T>(attempts: number, work: () => Promise<T>): Promise<T> {
  for (let left = attempts - 1; ; left--) {
    try {
      return await work();
    } catch (error) {
      if (left <= 0) throw error;
      await pause(RETRY_FIRST_MS);
    }
  }
}

export function textOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
