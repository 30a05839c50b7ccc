import { type ReadonlySignal, signal } from "@preact/signals";
import { io, type Socket } from "socket.io-client";
import type { AckError, ClientEvents, ServerEvents } from "../../server/protocol/events.ts";
import { PROTOCOL_VERSION } from "../../server/protocol/limits.ts";
import { type ErrorCode, type Refusal, unreachable } from "./outcome.ts";

/** The socket: one per page, reconnecting for ever. */
export type LinkStatus =
  | { status: "connecting" }
  | { status: "live" }
  /** `since`: when it was last live (or began to try). `code`: why the server refused, if it did. */
  | { status: "offline"; since: number; code?: ErrorCode };

export type ClientEvent = keyof ClientEvents;
export type ServerEvent = keyof ServerEvents;
type AckOf<E extends ClientEvent> = Parameters<Parameters<ClientEvents[E]>[1]>[0];
export type AnswerOf<E extends ClientEvent> = Extract<AckOf<E>, { ok: true }> | Refusal;

export interface Link {
  status: ReadonlySignal<LinkStatus>;
  /** Asks and waits for the acknowledgement. No link or no answer in time: `unavailable`, outcome unknown. Never buffered. */
  request<E extends ClientEvent>(event: E, payload: Parameters<ClientEvents[E]>[0]): Promise<AnswerOf<E>>;
  on<E extends ServerEvent>(event: E, listener: ServerEvents[E]): () => void;
  /** Calls back every time the link becomes live, and at once when it is. */
  whenLive(listener: () => void): () => void;
  /** Drops the connection and opens one with the token as it is now: another session. */
  restart(): void;
  close(): void;
}

export interface LinkDeps {
  /** The session's token; null when there is none yet, then the link waits and asks again. */
  token(): Promise<string | null>;
  /** Called when the server says `unauthorized`. */
  renew(): Promise<boolean>;
  /** Stays closed until the first `restart`. */
  manual?: boolean;
  url?: string;
  now?: () => number;
  random?: () => number;
}

/** A seat command is answered in milliseconds; after this long nobody believes it any more. */
const ANSWER_TIMEOUT_MS = 6_000;
/** A healthy server answers in milliseconds; a lost packet should not cost a kiosk more than this. */
const CONNECT_TIMEOUT_MS = 5_000;
const FIRST_DELAY_MS = 400;
/** Longest pause between two tries: a lobby kiosk should be back seconds after its link. */
const LONGEST_DELAY_MS = 6_000;

/** How long to wait before try number `attempt` (from 0): doubling, capped, spread by half to one and a half. */
export function reconnectDelay(attempt: number, random: number): number {
  return Math.min(FIRST_DELAY_MS * 2 ** Math.min(attempt, 10), LONGEST_DELAY_MS) * (0.5 + random);
}

/** How long to wait when a closing server named a time: about that, for two servers may close at once. */
export function handoverDelay(announcedMs: number, random: number): number {
  return announcedMs * (0.75 + random / 2);
}

export function createLink(deps: LinkDeps): Link {
  const now = deps.now ?? Date.now;
  const random = deps.random ?? Math.random;
  const status = signal<LinkStatus>({ status: "connecting" });
  const liveListeners = new Set<() => void>();
  let attempt = 0;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let announcedDelayMs: number | null = null;
  let closed = false;
  let startedAt = now();

  const socket: Socket<ServerEvents, ClientEvents> = io(deps.url ?? "", {
    transports: ["websocket"],
    // The library gives up after a refusal and after a server's goodbye; this link never does.
    reconnection: false,
    autoConnect: false,
    timeout: CONNECT_TIMEOUT_MS,
    auth: (send) => void deps.token().then((token) => send({ token, protocol: PROTOCOL_VERSION })),
  });

  function lost(code?: ErrorCode): void {
    const before = status.peek();
    const since = before.status === "offline" ? before.since : before.status === "live" ? now() : startedAt;
    status.value = { status: "offline", since, code };
    tryLater();
  }

  function tryLater(): void {
    clearTimeout(timer);
    if (closed) return;
    const delay =
      announcedDelayMs === null ? reconnectDelay(attempt, random()) : handoverDelay(announcedDelayMs, random());
    announcedDelayMs = null;
    attempt++;
    timer = setTimeout(() => socket.connect(), delay);
  }

  function tryNow(): void {
    if (closed || socket.connected || document.visibilityState === "hidden") return;
    clearTimeout(timer);
    // A try that began without a network may hang until it times out.
    socket.disconnect();
    socket.connect();
  }

  socket.on("connect", () => {
    attempt = 0;
    status.value = { status: "live" };
    for (const listener of liveListeners) listener();
  });
  socket.on("disconnect", (reason) => {
    if (reason !== "io client disconnect") lost();
  });
  socket.on("connect_error", (error: Error & { data?: { code?: ErrorCode } }) => {
    const code = error.data?.code;
    if (code !== "unauthorized") return lost(code);
    void deps.renew().then(() => lost(code));
  });
  socket.on("server:closing", ({ reconnectInMs }) => {
    announcedDelayMs = reconnectInMs;
  });
  window.addEventListener("online", tryNow);
  document.addEventListener("visibilitychange", tryNow);
  if (!deps.manual) socket.connect();

  return {
    status,
    async request(event, payload) {
      if (!socket.connected) return unreachable("no link");
      try {
        return unwrap(await emitWithAck(socket, event, payload));
      } catch {
        return unreachable("no answer");
      }
    },
    on(event, listener) {
      socket.on(event, listener as never);
      return () => void socket.off(event, listener as never);
    },
    whenLive(listener) {
      liveListeners.add(listener);
      if (socket.connected) listener();
      return () => void liveListeners.delete(listener);
    },
    restart() {
      clearTimeout(timer);
      attempt = 0;
      startedAt = now();
      socket.disconnect();
      status.value = { status: "connecting" };
      socket.connect();
    },
    close() {
      closed = true;
      clearTimeout(timer);
      window.removeEventListener("online", tryNow);
      document.removeEventListener("visibilitychange", tryNow);
      socket.disconnect();
    },
  };
}

function emitWithAck<E extends ClientEvent>(
  socket: Socket<ServerEvents, ClientEvents>,
  event: E,
  payload: Parameters<ClientEvents[E]>[0],
): Promise<AckOf<E>> {
  // The event's own types are right; the library's overloads can't see it for a generic event.
  const untyped = socket.timeout(ANSWER_TIMEOUT_MS) as unknown as {
    emitWithAck(event: string, payload: unknown): Promise<AckOf<E>>;
  };
  return untyped.emitWithAck(event, payload);
}

function unwrap<E extends ClientEvent>(ack: AckOf<E>): AnswerOf<E> {
  if (ack.ok) return ack as AnswerOf<E>;
  const { error } = ack as { error: AckError };
  return { ok: false, ...error };
}
