/** What a guest has in the hand: the HTTP interface, one socket, one live map. Waits as long as the server asks it to. */
import { randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { io, type Socket } from "socket.io-client";
import type { Problem } from "../protocol/errors.ts";
import type { Ack, AckError, ClientEvents, ServerEvents } from "../protocol/events.ts";
import { applyDelta } from "../protocol/feed.ts";
import { PROTOCOL_VERSION } from "../protocol/limits.ts";
import type { SessionAnswer } from "../protocol/resources.ts";
import type { SeatDelta, SeatSnapshot } from "../protocol/states.ts";

/** An answer is awaited this long; `GET /orders/:id?wait=` holds its own for up to 20 s. */
const ANSWER_MS = 25_000;
const ACK_MS = 5_000;
/** When the server says "later" without saying when, or is away. */
const RETRY_MS = 2_000;

export type Answer<T> = { ok: true; body: T } | { ok: false; problem: Pick<Problem, "code" | "detail"> };

/** Payload and answer of an event, as declared in the protocol. */
type Payload<E extends keyof ClientEvents> = Parameters<ClientEvents[E]>[0];
type Acked<E extends keyof ClientEvents> = Parameters<Parameters<ClientEvents[E]>[1]>[0];

export interface CrowdClient {
  /** One HTTP call. Waits and repeats while the server is away or asks for patience. Rejects when stopped. */
  call<T>(method: "GET" | "POST", path: string, body?: object, headers?: Record<string, string>): Promise<Answer<T>>;
  /** One socket event. Waits and repeats as above; `requestId` makes that safe. */
  ask<E extends keyof ClientEvents>(event: E, payload: Payload<E>): Promise<Acked<E>>;
  /** Follows the seats of a showtime until told otherwise, or null for none. False: the server refuses to show it. */
  watch(showtimeId: string | null): Promise<boolean>;
  /** The map that is followed, as it is now. */
  map(): SeatSnapshot | null;
  /** Becomes somebody else: a new session, a new socket. */
  renew(): Promise<void>;
  /** Lets go of what it holds in the showtime that it follows, and hangs up. Works after the stop, never rejects. */
  leave(): Promise<void>;
}

export function createCrowdClient(url: string, signal: AbortSignal): CrowdClient {
  let token: string | undefined;
  let socket: Socket<ServerEvents, ClientEvents> | undefined;
  let watched: string | null = null;
  let map: SeatSnapshot | null = null;

  const patience = (ms = RETRY_MS) => sleep(ms * (1 + Math.random() / 2), undefined, { signal });

  async function call<T>(method: string, path: string, body?: object, headers = {}): Promise<Answer<T>> {
    for (;;) {
      const response = await send(method, path, body, headers);
      if (response === null) await patience();
      else if (response.ok) return { ok: true, body: (await response.json()) as T };
      else if (response.status === 429 || response.status === 503) await patience(retryAfterMs(response));
      else return { ok: false, problem: (await response.json()) as Problem };
    }
  }

  async function send(method: string, path: string, body?: object, headers = {}): Promise<Response | null> {
    try {
      return await fetch(`${url}/api/v1${path}`, {
        method,
        headers: {
          ...(body === undefined ? {} : { "content-type": "application/json" }),
          ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
          ...headers,
        },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
        signal: AbortSignal.any([signal, AbortSignal.timeout(ANSWER_MS)]),
      });
    } catch {
      signal.throwIfAborted();
      return null;
    }
  }

  async function ask<E extends keyof ClientEvents>(event: E, payload: Payload<E>): Promise<Acked<E>> {
    for (;;) {
      signal.throwIfAborted();
      const answer = await emit(event, payload);
      if (answer === null) await patience();
      else if (answer.ok || !isPassing(answer.error)) return answer as Acked<E>;
      else await patience(answer.error.retryAfterMs);
    }
  }

  /** Null when no answer came: the link is down, or was cut on the way. */
  async function emit(event: string, payload: object): Promise<Ack<object> | null> {
    try {
      const loose = socket as unknown as Socket | undefined;
      return loose?.connected ? await loose.timeout(ACK_MS).emitWithAck(event, payload) : null;
    } catch {
      return null;
    }
  }

  function open(): void {
    socket = io(url, {
      transports: ["websocket"],
      forceNew: true,
      auth: (give) => give({ token, protocol: PROTOCOL_VERSION }),
      reconnectionDelay: 500,
      reconnectionDelayMax: 5_000,
    });
    socket.on("connect", () => void rejoin());
    socket.on("connect_error", (error) => {
      // A refused handshake is final for this token: the server has forgotten us
      if ((error as { data?: AckError }).data?.code === "unauthorized") void renew().catch(() => {});
    });
    socket.on("disconnect", (reason) => {
      // Whoever is cut by the server does not come back by itself
      if (reason === "io server disconnect")
        void patience().then(
          () => socket?.connect(),
          () => {},
        );
    });
    socket.on("seats:snapshot", (snapshot) => {
      if (snapshot.showtimeId === watched) map = snapshot;
    });
    socket.on("seats:changed", apply);
  }

  function apply(delta: SeatDelta): void {
    if (map === null || delta.showtimeId !== map.showtimeId) return;
    const step = applyDelta(map, delta);
    if (step.step === "applied") map = step.map;
    if (step.step === "gap") void rejoin();
  }

  async function rejoin(): Promise<boolean> {
    const showtimeId = watched;
    if (showtimeId === null) return false;
    const answer = (await emit("showtime:join", { showtimeId })) as Ack<{ snapshot: SeatSnapshot }> | null;
    if (answer?.ok && showtimeId === watched) map = answer.snapshot;
    return answer?.ok ?? false;
  }

  async function watch(showtimeId: string | null): Promise<boolean> {
    if (watched !== null && watched !== showtimeId) await emit("showtime:leave", { showtimeId: watched });
    watched = showtimeId;
    map = null;
    if (showtimeId === null) return true;
    const answer = await ask("showtime:join", { showtimeId });
    if (answer.ok && "snapshot" in answer) map = answer.snapshot;
    return answer.ok;
  }

  async function renew(): Promise<void> {
    socket?.disconnect();
    token = undefined;
    const answer = await call<SessionAnswer>("POST", "/auth/guest", {});
    if (!answer.ok) throw new Error(`guests are not let in: ${answer.problem.detail}`);
    token = answer.body.token;
    open();
  }

  async function leave(): Promise<void> {
    if (watched !== null) await emit("seats:release", { requestId: randomUUID(), showtimeId: watched });
    socket?.disconnect();
  }

  return { call, ask, watch, map: () => map, renew, leave };
}

/** Refusals that go away by themselves. */
function isPassing(error: AckError): boolean {
  return error.code === "rate_limited" || error.code === "unavailable";
}

function retryAfterMs(response: Response): number | undefined {
  const seconds = Number(response.headers.get("retry-after"));
  return seconds > 0 ? seconds * 1000 : undefined;
}
