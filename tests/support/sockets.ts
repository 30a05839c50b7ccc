/**
 * A socket edge of its own, and clients on real sockets. Real: the http server, Socket.IO, the seat
 * map. Made up: people (a token is a name), the programme, the ledger.
 */
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { io, type Socket } from "socket.io-client";
import type { Clock } from "../../server/basics/clock.ts";
import { createHolds, type HoldLimits, type Holds } from "../../server/booking/holds.ts";
import { createHeldBy } from "../../server/booking/live-showtimes.ts";
import type { Principal } from "../../server/identity/principal.ts";
import type { Revoked } from "../../server/identity/revocations.ts";
import { createLive, type Live, type LiveDeps } from "../../server/live/live.ts";
import { refuse } from "../../server/protocol/errors.ts";
import type { AckError, ClientEvents, ServerEvents } from "../../server/protocol/events.ts";
import { applyDelta } from "../../server/protocol/feed.ts";
import type { MapPosition, SeatDelta, SeatSnapshot } from "../../server/protocol/states.ts";
import { createMapLoader, loadedMap } from "../../server/seatmap/loader.ts";
import { createMemorySeatMap } from "../../server/seatmap/memory/map.ts";
import type { SeatMap } from "../../server/seatmap/port.ts";
import { type MadeUpCinema, madeUpCinema } from "./made-up-cinema.ts";
import { eventually } from "./poll.ts";

// ---- an edge

export interface EdgeOptions {
  cinema?: MadeUpCinema;
  /** As it is, without loading; closed by whoever made it. */
  map?: SeatMap;
  limits?: Partial<HoldLimits>;
  config?: Partial<LiveDeps["config"]>;
  clock?: Clock;
  rates?: LiveDeps["limits"];
  notesOf?: LiveDeps["notesOf"];
  buyersOf?: LiveDeps["buyersOf"];
  /** How often due holds are ended, standing in for the sweeper; 0: never. */
  sweepMs?: number;
  port?: number;
}

export interface Edge {
  url: string;
  port: number;
  live: Live;
  holds: Holds;
  /** A map that loads itself. */
  map: SeatMap;
  cinema: MadeUpCinema;
  /** Who each token proves; a token that is not here is a guest called as it is. */
  people: Map<string, Principal | null>;
  denied: string[];
  logged: string[];
  revoke(revoked: Pick<Revoked, "kind" | "subjectId">): void;
  close(): Promise<void>;
}

export function guest(sessionId: string, overrides: Partial<Principal> = {}): Principal {
  const expiresAt = Math.floor(Date.now() / 1000) + 3_600;
  return { class: "guest", sessionId, subjectId: sessionId, permissions: new Set(), expiresAt, ...overrides };
}

export async function startEdge(options: EdgeOptions = {}): Promise<Edge> {
  const cinema = options.cinema ?? madeUpCinema();
  const bare = options.map ?? createMemorySeatMap();
  const map = loadedMap(bare, createMapLoader({ map: bare, ...mapSource(cinema) }));
  const clock = options.clock ?? { now: () => Date.now() };
  const limits = { ttlMs: 600_000, kioskTtlMs: 300_000, capMs: 900_000, maxSeats: 10, maxSeatsStaff: 200 };
  const heldBy = createHeldBy({ live: async () => [...cinema.showtimes.keys()], map: bare });
  const holds = createHolds({ map, showtimes: cinema, heldBy, clock, limits: { ...limits, ...options.limits } });
  const people: Edge["people"] = new Map();
  const listeners = new Set<(revoked: Revoked) => void>();
  const denied: string[] = [];
  const logged: string[] = [];
  const log = (details: object, message: string) => void logged.push(`${message} ${(details as { err?: Error }).err}`);
  const server = createServer((_request, response) => response.writeHead(404).end());
  const live = createLive({
    ...{ server, map, holds, clock, showtimes: cinema },
    async authenticate(token) {
      const principal = people.has(token) ? people.get(token) : guest(token);
      return principal ? { ok: true, principal } : refuse("unauthorized", "Who is that?");
    },
    onRevoked: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    onDenied: ({ event }) => void denied.push(event),
    list: async (from, to) =>
      [...cinema.showtimes.values()].filter(({ startsAt }) => from <= startsAt && startsAt < to),
    notesOf: options.notesOf ?? (async () => new Map()),
    buyersOf: options.buyersOf ?? (async () => new Map()),
    config: { ALLOWED_ORIGINS: [], TRUST_PROXY: [], RATE_LIMITS: "off", ...options.config },
    limits: options.rates,
    logger: { warn: log, error: log },
  });
  server.listen({ port: options.port ?? 0, host: "127.0.0.1", backlog: 4096 });
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  const stopSweep = sweep(map, cinema, options.sweepMs ?? 200);
  return {
    ...{ url: `http://127.0.0.1:${port}`, port, live, holds, map, cinema, people, denied, logged },
    revoke(revoked) {
      for (const listener of listeners) listener({ ...revoked, at: Date.now() });
    },
    async close() {
      stopSweep();
      const closed = once(server, "close");
      await live.close();
      server.close();
      await closed;
    },
  };
}

function mapSource(cinema: MadeUpCinema) {
  return {
    async describe(id: string) {
      const layout = cinema.showtimes.get(id)?.layout;
      return layout ? { seatCount: layout.seats.length, layoutVersion: layout.version, keepMs: 3_600_000 } : null;
    },
    readBookings: async (id: string) => cinema.bookings.get(id) ?? [],
  };
}

function sweep(map: SeatMap, cinema: MadeUpCinema, everyMs: number): () => void {
  if (everyMs === 0) return () => {};
  const timer = setInterval(() => {
    for (const id of cinema.showtimes.keys()) map.expire(id).catch(() => {});
  }, everyMs);
  return () => clearInterval(timer);
}

// ---- clients

type Payload<E extends keyof ClientEvents> = Parameters<ClientEvents[E]>[0];
type AckOf<E extends keyof ClientEvents> = Parameters<Parameters<ClientEvents[E]>[1]>[0];
type Answered<E extends keyof ClientEvents> = Extract<AckOf<E>, { ok: true }>;

export interface Client {
  socket: Socket;
  /** Whatever the server acknowledged. Rejects after 5 s. */
  ask<E extends keyof ClientEvents>(event: E, payload: Payload<E>): Promise<AckOf<E>>;
  /** The answer; fails the test when it was a refusal. */
  do<E extends keyof ClientEvents>(event: E, payload: Payload<E>): Promise<Answered<E>>;
  /** The refusal; fails the test when there was none. */
  refused<E extends keyof ClientEvents>(event: E, payload: Payload<E>): Promise<AckError>;
  /** Any event with any payload. */
  raw(event: string, ...payload: unknown[]): Promise<AckOf<"showtime:leave">>;
  /** Everything pushed so far by this name, in order. */
  heard<E extends keyof ServerEvents>(event: E): Parameters<ServerEvents[E]>[0][];
  /** The first pushed by this name that is wanted, past or to come. */
  hears<E extends keyof ServerEvents>(
    event: E,
    wanted?: (payload: Parameters<ServerEvents[E]>[0]) => boolean,
    within?: number,
  ): Promise<Parameters<ServerEvents[E]>[0]>;
  close(): void;
}

export interface ClientOptions {
  auth?: Record<string, unknown>;
  headers?: Record<string, string>;
  reconnection?: boolean;
}

/** A client that has not connected yet. */
export function newClient(url: string, token: string, options: ClientOptions = {}): Client {
  const socket = io(url, {
    transports: ["websocket"],
    forceNew: true,
    autoConnect: false,
    reconnection: options.reconnection ?? false,
    reconnectionDelay: 20,
    reconnectionDelayMax: 60,
    extraHeaders: options.headers,
    auth: options.auth ?? { token, protocol: 1 },
  });
  const heard = new Map<string, unknown[]>();
  socket.onAny((event: string, payload: unknown) => {
    heard.set(event, [...(heard.get(event) ?? []), payload]);
  });
  const raw = (event: string, ...payload: unknown[]) => socket.timeout(5_000).emitWithAck(event, ...payload);
  const pushed = (event: string) => (heard.get(event) ?? []) as never[];
  return {
    socket,
    ask: raw,
    raw,
    async do(event, payload) {
      const answer = await raw(event, payload);
      if (!answer.ok) throw new Error(`${event} was refused: ${JSON.stringify(answer.error)}`);
      return answer;
    },
    async refused(event, payload) {
      const answer = await raw(event, payload);
      if (answer.ok) throw new Error(`${event} was not refused: ${JSON.stringify(answer)}`);
      return answer.error;
    },
    heard: pushed,
    hears: (event, wanted = () => true, within = 8_000) => eventually(() => pushed(event).find(wanted), within, event),
    close: () => void socket.disconnect(),
  };
}

/** A connected client. Rejects with the code when the handshake is refused. */
export async function connect(url: string, token: string, options: ClientOptions = {}): Promise<Client> {
  const client = newClient(url, token, options);
  client.socket.connect();
  await connected(client);
  return client;
}

/** A refused handshake has a code; a transport that failed describes why. */
type ConnectError = Error & { data?: { code?: string }; description?: unknown };

export function connected({ socket }: Client): Promise<void> {
  if (socket.connected) return Promise.resolve();
  return new Promise((resolve, reject) => {
    socket.once("connect", resolve);
    socket.once("connect_error", (error: ConnectError) =>
      reject(new Error(error.data?.code ?? error.message, { cause: error.description })),
    );
    // One that was cut before it was through says no more than this.
    socket.once("disconnect", (reason, description) => reject(new Error(reason, { cause: description ?? reason })));
  });
}

/** Why the handshake was refused: the code, or the transport's words. */
export async function handshakeRefusal(url: string, options: ClientOptions): Promise<string> {
  try {
    const client = await connect(url, "", options);
    client.close();
    return "connected";
  } catch (error) {
    return (error as Error).message;
  }
}

/** Follows one showtime by the rules of the protocol, and counts what a client should never see. */
export interface Viewer {
  client: Client;
  map(): SeatSnapshot | null;
  gaps: number;
  resyncs: number;
  /** Joins, with what it knows. */
  join(): Promise<void>;
}

export function follow(client: Client, showtimeId: string): Viewer {
  let map: SeatSnapshot | null = null;
  const viewer: Viewer = { client, map: () => map, gaps: 0, resyncs: 0, join };

  function apply(delta: SeatDelta): void {
    if (map === null || delta.showtimeId !== showtimeId) return;
    const step = applyDelta(map, delta);
    if (step.step === "applied") map = step.map;
    if (step.step !== "gap") return;
    viewer.gaps++;
    void join().catch(() => {});
  }

  async function join(): Promise<void> {
    const since: MapPosition | undefined = map ? { epoch: map.epoch, version: map.version } : undefined;
    await new Promise<void>((resolve, reject) => {
      // A callback, not a promise: what comes after the answer must find it applied.
      client.socket
        .timeout(5_000)
        .emit("showtime:join", { showtimeId, since }, (error: Error | null, answer: AckOf<"showtime:join">) => {
          if (error) return reject(error);
          if (!answer.ok) return reject(new Error(answer.error.code));
          if ("snapshot" in answer) map = answer.snapshot;
          else apply(answer.delta);
          resolve();
        });
    });
  }

  client.socket.on("seats:changed", apply);
  client.socket.on("seats:snapshot", (snapshot: SeatSnapshot) => {
    if (snapshot.showtimeId !== showtimeId) return;
    viewer.resyncs++;
    map = snapshot;
  });
  return viewer;
}

/** A connected socket of a new guest of a whole server. */
export async function guestSocket(url: string): Promise<Socket> {
  const response = await fetch(`${url}/api/v1/auth/guest`, { method: "POST" });
  if (response.status !== 201) throw new Error(`no guest token: ${response.status}`);
  const { token } = (await response.json()) as { token: string };
  return (await connect(url, token)).socket;
}
