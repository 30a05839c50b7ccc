/** A socket that comes back: what apps do when a server goes away, so that a load test meets servers as guests do. */
import type { AckError, ClientEvents, ServerEvents } from "../../server/protocol/events.ts";
import { type Answer, type Connection, connect, LinkLost, type Listener, type Payload } from "./engine.ts";
import { figures } from "./figures.ts";
import { pause, spread } from "./time.ts";

export interface Link {
  /**
   * Asks until there is an answer that is not a passing one, over as many connections as it takes. Payloads with a
   * `requestId` are safe to repeat, and so is everything that only reads. Rejects with `LinkLost` after `withinMs`.
   */
  ask<E extends keyof ClientEvents>(event: E, payload: Payload<E>, withinMs?: number): Promise<Answer<E>>;
  on<E extends keyof ServerEvents>(event: E, listener: Listener<E>): void;
  /** Called at every connection but the first: what was joined must be joined again. */
  onBack(again: () => void): void;
  /** Cuts the connection and comes back at once, as after a short loss. Comes true when it is back. */
  bounce(): Promise<void>;
  close(): void;
}

/** An acknowledgement that takes longer is asked for again. */
const ACK_MS = 5_000;
/** How long a question may stay open altogether. */
const PATIENCE_MS = 30_000;
/** Between two attempts to connect, at first; doubled up to the most. */
const RETRY_MS = 250;
const RETRY_MAX_MS = 3_000;

/** Opens a link. Rejects with `LinkLost` when nobody lets us in within half a minute. */
export async function openLink(token: string): Promise<Link> {
  const listeners: [keyof ServerEvents, Listener<keyof ServerEvents>][] = [];
  const again: (() => void)[] = [];
  let isClosed = false;
  let reconnectInMs: number | null = null;
  let current = follow(await dial(token));
  let opening: Promise<void> | null = null;

  function follow(connection: Connection): Connection {
    for (const [event, listener] of listeners) connection.on(event, listener);
    connection.on("server:closing", (notice) => {
      reconnectInMs = notice.reconnectInMs;
    });
    void connection.ended.then(() => {
      if (!isClosed && connection === current) reopen().catch(() => {});
    });
    return connection;
  }

  /** One at a time, however many ask. */
  function reopen(): Promise<void> {
    opening ??= comeBack().finally(() => {
      opening = null;
    });
    return opening;
  }

  async function comeBack(): Promise<void> {
    await pause(reconnectInMs ?? spread(RETRY_MS));
    reconnectInMs = null;
    const connection = await dial(token);
    figures.reconnects.add(1);
    if (isClosed) return connection.close();
    current = follow(connection);
    for (const tell of again) tell();
  }

  async function ask<E extends keyof ClientEvents>(event: E, payload: Payload<E>, withinMs = PATIENCE_MS) {
    const until = Date.now() + withinMs;
    for (;;) {
      const answer = await askOnce(event, payload);
      if (answer !== null && (answer.ok || !isPassing(answer.error))) return answer;
      if (isClosed || Date.now() > until) throw new LinkLost(answer === null ? "no answer" : "out of patience");
      if (answer !== null && !answer.ok) await pause(answer.error.retryAfterMs ?? spread(RETRY_MS));
    }
  }

  /** Null: the outcome is open. */
  async function askOnce<E extends keyof ClientEvents>(event: E, payload: Payload<E>): Promise<Answer<E> | null> {
    try {
      if (!current.isOpen()) await reopen();
      return await current.ask(event, payload, ACK_MS);
    } catch (error) {
      if (!(error instanceof LinkLost)) throw error;
      if (!current.isOpen()) return null;
      figures.lateAnswers.add(1);
      return null;
    }
  }

  return {
    ask,
    on(event, listener) {
      listeners.push([event, listener as Listener<keyof ServerEvents>]);
      current.on(event, listener);
    },
    onBack: (tell) => void again.push(tell),
    async bounce() {
      reconnectInMs = 0;
      current.close();
      await reopen();
    },
    close() {
      isClosed = true;
      current.close();
    },
  };
}

/** Tries until somebody lets us in. */
async function dial(token: string): Promise<Connection> {
  const until = Date.now() + PATIENCE_MS;
  for (let retryMs = RETRY_MS; ; retryMs = Math.min(2 * retryMs, RETRY_MAX_MS)) {
    try {
      return await connect(token);
    } catch (error) {
      if (!(error instanceof LinkLost) || error.code === "unauthorized" || Date.now() > until) throw error;
    }
    await pause(spread(retryMs));
  }
}

/** Refusals that go away by themselves. */
function isPassing({ code }: AckError): boolean {
  return code === "rate_limited" || code === "unavailable";
}
