/**
 * Connections to whatever is behind the map: one Redis, wherever it is at the moment, or every primary of a
 * cluster. Who has a key is asked for each command, because it changes.
 */
import { MapUnavailable } from "../port.ts";
import { pause, within } from "../waiting.ts";
import type { Channels } from "./channels.ts";
import type { RedisClient } from "./client.ts";
import { RedisRefused } from "./connection.ts";

/** Connections of one purpose. */
export interface Ring<S> {
  /** The connection to whoever has this key; null: there is none at this moment. */
  at(key: string): S | null;
  /** One for each Redis that there is; null where the connection is lost. */
  all(): (S | null)[];
  /** Finds out who has a key; `node`: who is said to have it. Never rejects. */
  lookAgain(key: string, node?: string): Promise<void>;
  close(): void;
}

export interface RingDeps<S> {
  /** Makes a fresh client ready for use. */
  prepare(client: RedisClient): Promise<S>;
  /** Called whenever a connection has become current. */
  onUp?: (state: S) => void;
  /** Called when keys may have got another owner. */
  onMoved?: () => void;
}

/** What `REDIS_URL` names. */
export interface Backend {
  channels: Channels;
  isCluster: boolean;
  /** Rejects when a Redis can't be reached at the first attempts; later losses repair themselves. */
  open<S>(deps: RingDeps<S>): Promise<Ring<S>>;
  /** Ends what is common to its rings. */
  close(): void;
}

/** All attempts of one command together: it is answered within two seconds, wherever its key went. */
const FOLLOW_WITHIN_MS = 1_900;
/** A slot that is being moved is asked again this soon; moving an ordinary one takes some milliseconds. */
const ASK_AGAIN_MS = 20;

/**
 * Runs work on the connection to whoever has a key, and follows a key that is elsewhere or on its way. Work
 * that is repeated was refused before it did anything. Rejects with `MapUnavailable`.
 */
export async function reach<S, T>(ring: Ring<S>, key: string, work: (connection: S) => Promise<T>): Promise<T> {
  const began = performance.now();
  const connection = ring.at(key);
  if (connection === null) throw new MapUnavailable("not connected to Redis");
  try {
    return await work(connection);
  } catch (error) {
    if (!isElsewhere(error)) throw error;
    const until = began + FOLLOW_WITHIN_MS;
    return within(until - performance.now(), follow(ring, key, work, { why: error, until }), "following a slot");
  }
}

async function follow<S, T>(
  ring: Ring<S>,
  key: string,
  work: (connection: S) => Promise<T>,
  { why, until }: { why: RedisRefused; until: number },
): Promise<T> {
  let elsewhere = why;
  for (;;) {
    if (elsewhere.code === "MOVED") await ring.lookAgain(key, elsewhere.rest.split(" ")[1]);
    // A script has many keys, and some never exist: while its slot is on the way neither side can run it.
    else await pause(ASK_AGAIN_MS);
    const connection = ring.at(key);
    try {
      if (connection !== null) return await work(connection);
      await pause(ASK_AGAIN_MS);
    } catch (error) {
      if (!isElsewhere(error)) throw error;
      elsewhere = error;
    }
    if (performance.now() > until) throw elsewhere;
  }
}

/** Whether a node of a cluster refused because the key is at another one, or on its way there. */
export function isElsewhere(error: unknown): error is RedisRefused {
  return error instanceof RedisRefused && ["MOVED", "ASK", "TRYAGAIN"].includes(error.code);
}
