/**
 * The seat map in Redis, shared by every server of a cinema.
 *
 * Promises: everything the port promises; each command is one Lua script, which also publishes what it
 * changed. No call takes longer than two seconds: an answer, or `MapUnavailable`. Redis may be
 * stopped, restarted, emptied or lose its scripts at any moment.
 * Must never import anything but `protocol`, `basics` and the port.
 */
import { randomText } from "../../basics/ids.ts";
import { type BookingSeats, type MapAnswer, MapUnavailable, type SeatMap } from "../port.ts";
import { createWatchers } from "../watchers.ts";
import {
  type Extra,
  readAnswer,
  readCertainHold,
  readCounts,
  readHold,
  readHolders,
  readLog,
  writeOrderNotice,
} from "./answers.ts";
import { type Connection, createConnection } from "./connection.ts";
import { openFeed } from "./feed.ts";
import { privateChannel, recordedKey, requestsKey, STORE_KEY, stepKeys } from "./keys.ts";
import { type Link, type LinkLogger, openLink, type RedisClient, textOf } from "./link.ts";
import { loadScripts, type Script, type ScriptName } from "./scripts.ts";

export interface RedisSeatMapDeps {
  /** `redis://` or `rediss://`. */
  url: string;
  /** The store whose seats these are; a Redis that belongs to another one is refused. */
  storeId: string;
  logger?: LinkLogger;
}

/** Characters of an epoch: 60 random bits, so no two rebuilds of a showtime share one. */
const EPOCH_LENGTH = 12;

/** Stands for an index that is no index: beyond the last seat of any map. */
const NO_SEAT = 1_000_000;

/**
 * Connects to Redis. Rejects with one clear line that names REDIS_URL when it cannot be reached or
 * belongs to another store; afterwards the map repairs its connections by itself until `close`.
 */
export async function openRedisSeatMap(deps: RedisSeatMapDeps): Promise<SeatMap> {
  const scripts = loadScripts();
  const { storeId, logger } = deps;
  const watchers = createWatchers((error) => logger?.warn({ error: textOf(error) }, "a seat map watcher threw"));
  const link = await openCommandLink(deps, Object.values(scripts));
  const feed = await openFeed({ url: deps.url, watchers, logger }).catch((error: unknown) => {
    link.close();
    throw unreachable(error);
  });

  function connection(): Connection {
    const current = link.current();
    if (current === null) throw new MapUnavailable("not connected to Redis");
    return current;
  }

  /** Runs a script on a showtime; `ninth` is the one key that not all commands share. */
  async function run(name: ScriptName, showtimeId: string, args: readonly string[], ninth?: string): Promise<unknown> {
    const current = connection();
    const keys = stepKeys(showtimeId);
    if (ninth !== undefined) keys.push(ninth);
    return current.run(scripts[name], keys, [current.runId, ...args]);
  }

  const read = async <T extends object>(
    name: ScriptName,
    showtimeId: string,
    args: readonly string[],
    result: (extra: Extra) => T,
  ): Promise<MapAnswer<T>> => readAnswer(await run(name, showtimeId, args), result);

  return {
    async beginLoad({ showtimeId, seatCount, layoutVersion, keepMs }) {
      // An emptied Redis has forgotten whose it is: whoever fills it again says so first.
      await claim(connection(), storeId);
      const epoch = randomText(EPOCH_LENGTH);
      const args = [epoch, String(seatCount), String(layoutVersion), String(keepMs)];
      await run("begin-load", showtimeId, args, recordedKey(showtimeId));
      return { epoch };
    },

    async finishLoad({ showtimeId, epoch, bookings }) {
      const rows = JSON.stringify(bookings.map(bookingRow));
      return (await run("finish-load", showtimeId, [epoch, rows], recordedKey(showtimeId))) === 1;
    },

    async hold(command) {
      const { showtimeId, sessionId, freshToken, ttlMs, capMs, maxSeats } = command;
      const args = [...repeatable(command), command.hold ?? "", freshToken];
      args.push(String(ttlMs), String(capMs), String(maxSeats), seatList(command.seats));
      const reply = await run("hold", showtimeId, args, requestsKey(showtimeId, sessionId));
      return readAnswer(reply, (extra) => ({ hold: readCertainHold(extra) }), maxSeats);
    },

    async extend(command) {
      const { showtimeId, sessionId, ttlMs } = command;
      const args = [...repeatable(command), String(ttlMs)];
      const reply = await run("extend", showtimeId, args, requestsKey(showtimeId, sessionId));
      return readAnswer(reply, (extra) => ({ hold: readCertainHold(extra) }));
    },

    async release(command) {
      const { showtimeId, sessionId, seats } = command;
      const args = [...repeatable(command), command.hold ?? "", seats === undefined ? "all" : seatList(seats)];
      const reply = await run("release", showtimeId, args, requestsKey(showtimeId, sessionId));
      return readAnswer(reply, (extra) => ({ hold: readHold(extra) }));
    },

    holdOf: ({ showtimeId, sessionId }) =>
      read("hold-of", showtimeId, [sessionId], (extra) => ({ hold: readHold(extra) })),

    beginPayment({ showtimeId, sessionId, hold, seats, bookingId, windowMs }) {
      const args = [sessionId, hold, seatList(seats), bookingId, String(windowMs)];
      return read("begin-payment", showtimeId, args, (extra) => ({
        hold: readCertainHold(extra),
        deadline: Number(extra[6]),
      }));
    },

    async settle({ showtimeId, booking }) {
      const { id, version, state, sessionId, deadline, seats } = booking;
      const args = [id, String(version), state, sessionId ?? "", String(deadline ?? 0), seatList(seats)];
      return readAnswer(await run("settle", showtimeId, args, recordedKey(showtimeId)), () => ({}));
    },

    async endPayment({ showtimeId, bookingId, version, back }) {
      const args = [bookingId, String(version)];
      if (back === undefined) args.push("", "");
      else {
        const { expiresAt, capAt, graces, minLeftMs, maxGraces } = back;
        args.push(back.token, back.sessionId, ...[expiresAt, capAt, graces, minLeftMs, maxGraces].map(String));
      }
      const reply = await run("end-payment", showtimeId, args, recordedKey(showtimeId));
      return readAnswer(reply, (extra) => ({ hold: readHold(extra) }));
    },

    expire: (showtimeId) =>
      read("expire", showtimeId, [], ([next, ...overdue]) => ({
        overdue: overdue.map(String).sort(),
        nextDue: next === "" ? null : Number(next),
      })),

    async snapshot(showtimeId) {
      const answer = await read("snapshot", showtimeId, [], ([states, layoutVersion, counts]) => ({
        states: String(states),
        layoutVersion: Number(layoutVersion),
        counts: readCounts(counts),
      }));
      if (!answer.ok) return answer;
      const { states, layoutVersion, counts, ...step } = answer;
      return { ...step, snapshot: { ...step.position, states, layoutVersion, counts, at: step.at } };
    },

    async since(showtimeId, { epoch, version }) {
      const answer = await read("since", showtimeId, [epoch, String(version)], (lines) => ({ lines }));
      if (!answer.ok) return answer;
      const { lines, ...step } = answer;
      const [isKnown, ...missed] = lines;
      const { position } = step;
      return { ...step, since: isKnown === 1 ? readLog(position.epoch, version, position.version, missed) : null };
    },

    holders: (showtimeId) => read("holders", showtimeId, [], (extra) => ({ holders: readHolders(extra) })),

    async counts(showtimeIds) {
      const answers = showtimeIds.map((showtimeId) =>
        read("counts", showtimeId, [], ([counts]) => ({ counts: readCounts(counts) })),
      );
      return (await Promise.all(answers)).map((answer) => (answer.ok ? answer.counts : null));
    },

    async now() {
      const [seconds, micros] = (await connection().send(["TIME"])) as [string, string];
      return Number(seconds) * 1000 + Math.floor(Number(micros) / 1000);
    },

    async tellOrder(notice) {
      const message = writeOrderNotice(notice);
      await link
        .current()
        ?.send(["PUBLISH", privateChannel(notice.showtimeId), message])
        .catch(() => {});
    },

    watch: (showtimeId, listener) => feed.watch(showtimeId, listener),
    healthy: () => link.current() !== null,
    async close() {
      link.current()?.end();
      link.close();
      feed.close();
    },
  };
}

/** The connection for commands; Redis is asked once per connection which run it is, and whose. */
async function openCommandLink(
  { url, storeId, logger }: RedisSeatMapDeps,
  scripts: readonly Script[],
): Promise<Link<Connection>> {
  if (url.includes(",")) throw new Error("REDIS_URL: several nodes (Redis Cluster) are not supported yet");
  const prepare = async (client: RedisClient) => {
    const info = String(await client.sendCommand(["INFO"]));
    const connection = createConnection(client, field(info, "run_id"));
    await claim(connection, storeId);
    await Promise.all(scripts.map(({ source }) => connection.send(["SCRIPT", "LOAD", source])));
    const policy = field(info, "maxmemory_policy");
    if (policy !== "noeviction") logger?.warn({ policy }, "Redis may evict seat maps: set maxmemory-policy noeviction");
    return connection;
  };
  return openLink({ url, prepare, logger }).catch((error: unknown) => {
    throw unreachable(error);
  });
}

class ForeignRedis extends MapUnavailable {
  override name = "ForeignRedis";
}

/** Writes our store's id into an unclaimed Redis; throws where another store's stands. */
async function claim(connection: Connection, storeId: string): Promise<void> {
  const owner = await connection.send(["SET", STORE_KEY, storeId, "NX", "GET"]);
  if (owner === null || owner === storeId) return;
  throw new ForeignRedis("REDIS_URL: this Redis belongs to another store");
}

function unreachable(error: unknown): Error {
  if (error instanceof ForeignRedis) return error;
  return new Error(`REDIS_URL: Redis cannot be used: ${textOf(error)}`, { cause: error });
}

function field(info: string, name: string): string {
  const line = info.split("\r\n").find((text) => text.startsWith(`${name}:`));
  return line?.slice(name.length + 1) ?? "";
}

function repeatable(command: { sessionId: string; requestId: string; payloadHash: string }): string[] {
  return [command.sessionId, command.requestId, command.payloadHash];
}

/** Seats as scripts read them: ascending, each once. */
function seatList(seats: readonly number[]): string {
  const indexes = seats.map((index) => (Number.isInteger(index) && index >= 0 ? index : NO_SEAT));
  return [...new Set(indexes)].sort((a, b) => a - b).join(",");
}

function bookingRow(booking: BookingSeats) {
  const seats = [...new Set(booking.seats)].sort((a, b) => a - b);
  return [booking.id, booking.version, booking.state, booking.sessionId ?? "", booking.deadline ?? 0, seats];
}
