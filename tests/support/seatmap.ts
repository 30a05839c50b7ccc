/** Both adapters of the seat map behind one face, and short ways to say what tests say often. */
import { randomText } from "../../server/basics/ids.ts";
import { createMemorySeatMap } from "../../server/seatmap/memory/map.ts";
import type {
  BookingSeats,
  HoldCommand,
  HoldRecord,
  MapAnswer,
  MapMessage,
  MapRefusal,
  MapSnapshot,
  MapStep,
  SeatMap,
} from "../../server/seatmap/port.ts";
import { openRedisSeatMap } from "../../server/seatmap/redis/map.ts";
import { hasRedis, startRedis } from "./redis.ts";
import { startCluster } from "./redis-cluster.ts";

/** An adapter to be tested, with a clock that can be moved on. */
export interface Adapter {
  map: SeatMap;
  /** Another server's map over the same seats; the same one where there is only one server. */
  other: SeatMap;
  /** Lets time go by: at once for a fake clock, by waiting for a real one. */
  passes(ms: number): Promise<void>;
  close(): Promise<void>;
}

export interface AdapterKind {
  name: string;
  isHere: boolean;
  open(): Promise<Adapter>;
}

export const memoryAdapter: AdapterKind = {
  name: "memory",
  isHere: true,
  async open() {
    let time = 0;
    const map = createMemorySeatMap({ monotonic: () => time });
    return {
      map,
      other: map,
      async passes(ms) {
        time += ms;
      },
      close: () => map.close(),
    };
  },
};

/** Two servers' maps over what is started for each opening. */
function serversAdapter(name: string, start: () => Promise<{ url: string; stop(): Promise<unknown> }>): AdapterKind {
  return {
    name,
    isHere: hasRedis,
    async open() {
      const redis = await start();
      const open = () => openRedisSeatMap({ url: redis.url, storeId: "store" });
      const [map, other] = await Promise.all([open(), open()]).catch(async (error: unknown) => {
        await redis.stop();
        throw error;
      });
      return {
        map,
        other,
        passes: (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
        async close() {
          await Promise.all([map.close(), other.close()]);
          await redis.stop();
        },
      };
    },
  };
}

export const redisAdapter = serversAdapter("redis", startRedis);

export const clusterAdapter = serversAdapter("redis cluster", startCluster);

/** Long enough that a busy machine does not end it by accident, short enough to wait for. */
export const SHORT_MS = 120;

export const ADAPTERS = [memoryAdapter, redisAdapter];

export const newShowtimeId = () => `sht_${randomText(12)}`;

export interface LoadOptions {
  showtimeId?: string;
  seatCount?: number;
  layoutVersion?: number;
  keepMs?: number;
  bookings?: BookingSeats[];
}

const HOUR_MS = 3_600_000;

/** Loads a showtime's map and answers its id. */
export async function load(map: SeatMap, options: LoadOptions = {}): Promise<string> {
  const { showtimeId = newShowtimeId(), seatCount = 20, layoutVersion = 1, keepMs = HOUR_MS, bookings = [] } = options;
  const { epoch } = await map.beginLoad({ showtimeId, seatCount, layoutVersion, keepMs });
  if (!(await map.finishLoad({ showtimeId, epoch, bookings }))) throw new Error("the load was overtaken");
  return showtimeId;
}

/** A hold command with every field that a test does not care about. */
export function wants(showtimeId: string, sessionId: string, seats: number[], more: Partial<HoldCommand> = {}) {
  return {
    showtimeId,
    sessionId,
    seats,
    requestId: randomText(12),
    payloadHash: "hash",
    freshToken: `hld_${randomText(12)}`,
    ttlMs: 600_000,
    capMs: 900_000,
    maxSeats: 10,
    ...more,
  };
}

export const request = () => ({ requestId: randomText(12), payloadHash: "hash" });

/** The answer, which must be ok. */
export function accepted<T>(answer: MapAnswer<T>): { ok: true } & MapStep & T {
  if (!answer.ok) throw new Error(`refused: ${answer.why}`);
  return answer;
}

/** The refusal, which it must be. */
export function refused(answer: MapAnswer<unknown>): MapRefusal {
  if (answer.ok) throw new Error("accepted");
  return answer;
}

/** Holds seats, and answers the hold. */
export async function holds(map: SeatMap, showtimeId: string, sessionId: string, seats: number[], more = {}) {
  return accepted(await map.hold(wants(showtimeId, sessionId, seats, more))).hold;
}

export async function snapshotOf(map: SeatMap, showtimeId: string): Promise<MapSnapshot> {
  return accepted(await map.snapshot(showtimeId)).snapshot;
}

export async function statesOf(map: SeatMap, showtimeId: string): Promise<string> {
  return (await snapshotOf(map, showtimeId)).states;
}

/** The session's hold put into payment. */
export async function pays(map: SeatMap, showtimeId: string, hold: HoldRecord, bookingId: string, windowMs = 60_000) {
  const { sessionId, token, seats } = hold;
  return accepted(await map.beginPayment({ showtimeId, sessionId, hold: token, seats, bookingId, windowMs }));
}

/** What a decline gives back. */
export function backOf(hold: HoldRecord, more: { minLeftMs?: number; maxGraces?: number } = {}) {
  const { token, sessionId, expiresAt, capAt, graces } = hold;
  return { token, sessionId, expiresAt, capAt, graces, minLeftMs: 60_000, maxGraces: 2, ...more };
}

/** Collects what a watcher is told. */
export async function listen(map: SeatMap, showtimeId: string) {
  const messages: MapMessage[] = [];
  const unwatch = await map.watch(showtimeId, (message) => messages.push(message));
  const only = <K extends MapMessage["kind"]>(kind: K) =>
    messages.filter((message): message is Extract<MapMessage, { kind: K }> => message.kind === kind);
  return { messages, unwatch, only };
}
