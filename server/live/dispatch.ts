import { type ErrorCode, type Refusal, refuse } from "../protocol/errors.ts";
import type { Ack } from "../protocol/events.ts";
import type { Connection } from "./connection.ts";
import { failureOf, type LiveLogger } from "./failures.ts";
import type { Answer, Handler } from "./handlers.ts";
import type { Trust } from "./trust.ts";

export interface DispatchDeps {
  handlers: ReadonlyMap<string, Handler>;
  trust: Trust;
  logger: LiveLogger;
  /** Told of every refusal by lack of rights. */
  onDenied(connection: Connection, event: string): void;
  onLimited(): void;
  /** Told of each answer; an event that does not exist is `unknown`. */
  onAnswered?(event: string, code: ErrorCode | "ok"): void;
}

/** A packet's parts as they came: an event's name, what it carries, and perhaps an acknowledgement. */
export type Dispatch = (connection: Connection, packet: readonly unknown[]) => Promise<void>;

type SendAck = (ack: Ack<object>) => void;

/** How long a socket that asked too much should wait: in that time its bucket holds enough for a screen again. */
const RETRY_AFTER_MS = 1_000;

const LIMITED = refuse("rate_limited", "Too many events, slow down", { retryAfterMs: RETRY_AFTER_MS });
const UNKNOWN_EVENT = refuse("invalid_request", "There is no such event", {
  errors: [{ path: "", message: "is not an event" }],
});
const ONE_OBJECT = refuse("invalid_request", "An event carries one object and an acknowledgement", {
  errors: [{ path: "", message: "must be one object" }],
});

/**
 * Judges whatever comes in and answers it exactly once, never throwing: too fast, unknown, malformed, a token
 * that counts no more, then the handler. Without an acknowledgement the answer goes nowhere.
 */
export function createDispatch(deps: DispatchDeps): Dispatch {
  const { handlers, trust, logger, onDenied, onLimited } = deps;

  async function answer(connection: Connection, event: string, handler: Handler, payload: unknown): Promise<Answer> {
    const proved = await trust.prove(connection);
    if (!proved.ok) {
      onDenied(connection, event);
      return proved;
    }
    const answered = await handler(connection, payload);
    if (typeof answered !== "function" && !answered.ok && answered.code === "forbidden") onDenied(connection, event);
    return answered;
  }

  return async (connection, [event, ...rest]) => {
    const reply = typeof rest.at(-1) === "function" ? (rest.pop() as SendAck) : () => {};
    const send: SendAck = (ack) => {
      deps.onAnswered?.(handlers.has(event as string) ? (event as string) : "unknown", ack.ok ? "ok" : ack.error.code);
      reply(ack);
    };
    if (!connection.mayAsk()) {
      onLimited();
      return send(refused(LIMITED));
    }
    const handler = typeof event === "string" ? handlers.get(event) : undefined;
    if (typeof event !== "string" || handler === undefined) return send(refused(UNKNOWN_EVENT));
    // Bytes are an object with a hundred inherited fields, each of which would be told as unknown.
    if (rest.length !== 1 || ArrayBuffer.isView(rest[0])) return send(refused(ONE_OBJECT));
    try {
      const answered = await answer(connection, event, handler, rest[0]);
      const outcome = typeof answered === "function" ? answered() : answered;
      send(outcome.ok ? outcome : refused(outcome));
      if (!outcome.ok && outcome.code === "unauthorized") connection.dismiss();
    } catch (error) {
      send(refused(failureOf(error, event, logger)));
    }
  };
}

function refused({ ok: _, ...error }: Refusal): Ack<never> {
  return { ok: false, error };
}
