import { ErrorReply } from "redis";
import { MapUnavailable } from "../port.ts";
import type { RedisClient } from "./client.ts";
import { textOf } from "./link.ts";
import type { Script } from "./scripts.ts";

/** What scripts answer: strings and integers, in one flat list or alone. */
export type Reply = string | number | (string | number)[];

/** Scripts over one connection, to the one Redis that `runId` names. */
export interface Connection {
  runId: string;
  /** Runs a script; whether Redis still knows it does not matter. Rejects with `MapUnavailable`. */
  run(script: Script, keys: readonly string[], args: readonly string[]): Promise<Reply>;
  /** Any other command. Rejects with `MapUnavailable`. */
  send(args: readonly string[]): Promise<unknown>;
  /** Stops the watchdog; the connection is lost. */
  end(): void;
}

/** Redis answered with an error; nothing was done. */
export class RedisRefused extends MapUnavailable {
  override name = "RedisRefused";
  /** The first word of the error, as in `MOVED` or `READONLY`. */
  code: string;
  /** What follows it. */
  rest: string;
  constructor(cause: ErrorReply) {
    super(cause.message, { cause });
    const [code = "", ...rest] = cause.message.split(" ");
    this.code = code;
    this.rest = rest.join(" ");
  }
}

/** The error as the port knows it. */
export function asUnavailable(error: unknown): MapUnavailable {
  if (error instanceof MapUnavailable) return error;
  return error instanceof ErrorReply ? new RedisRefused(error) : new MapUnavailable(textOf(error), { cause: error });
}

/** How often the watchdog looks. Coarse on purpose: a timer per command would cost more than the command. */
const WATCH_EVERY_MS = 250;
/** A command that is unanswered after so many looks is given up, and the connection with it: 1.5 s to 1.75 s. */
const LOOKS_ALLOWED = 6;

/** Wraps a client whose Redis has been asked for its run id. */
export function createConnection(client: RedisClient, runId: string): Connection {
  let sent = 0;
  let answered = 0;
  /** `sent` as of the latest looks, oldest first. */
  const looks: number[] = [];

  const watchdog = setInterval(() => {
    if (!client.isOpen) return clearInterval(watchdog);
    // Answers come in the order of the commands: fewer answers than were asked for that long ago means silence.
    const askedThen = looks.length < LOOKS_ALLOWED ? 0 : (looks.shift() ?? 0);
    looks.push(sent);
    if (answered < askedThen) client.emit("error", new Error("Redis does not answer"));
  }, WATCH_EVERY_MS);
  watchdog.unref();

  async function send(args: readonly string[]): Promise<unknown> {
    sent++;
    try {
      return await client.sendCommand(args);
    } finally {
      answered++;
    }
  }

  /** What a failed command rejects with. */
  function failure(error: unknown): MapUnavailable {
    const unavailable = asUnavailable(error);
    // It was a primary and is a replica now: whoever is primary is reached by another connection.
    if (unavailable instanceof RedisRefused && unavailable.code === "READONLY") client.emit("error", error);
    return unavailable;
  }

  return {
    runId,
    async send(args) {
      try {
        return await send(args);
      } catch (error) {
        throw failure(error);
      }
    },
    async run(script, keys, args) {
      const rest = [String(keys.length), ...keys, ...args];
      try {
        return (await send(["EVALSHA", script.sha, ...rest])) as Reply;
      } catch (error) {
        if (!textOf(error).startsWith("NOSCRIPT")) throw failure(error);
      }
      try {
        return (await send(["EVAL", script.source, ...rest])) as Reply;
      } catch (error) {
        throw failure(error);
      }
    },
    end: () => clearInterval(watchdog),
  };
}
