import { type Clock, timestamp } from "../basics/clock.ts";
import type { OccupancyRequest, ShowtimeCounts } from "../protocol/events.ts";
import type { SeatCounts, ShowtimeStatus } from "../protocol/states.ts";
import type { SeatMap } from "../seatmap/port.ts";
import { broadcast } from "./broadcast.ts";
import type { Connection } from "./connection.ts";
import { failureOf, type LiveLogger } from "./failures.ts";
import type { Topic } from "./outlet.ts";
import { pause, sharedRun } from "./shared.ts";
import { createTallies } from "./tallies.ts";
import { encodeEvent } from "./wire.ts";

/** A showtime as the programme lists it. */
export interface ListedShowtime {
  id: string;
  startsAt: string;
  status: ShowtimeStatus;
}

export interface OccupancyDeps {
  /** A map that loads itself. */
  map: Pick<SeatMap, "watch" | "counts">;
  /** The showtimes that start from `from` until before `to`. */
  list(from: string, to: string): Promise<readonly ListedShowtime[]>;
  clock: Clock;
  logger: LiveLogger;
  onSent(messages: number): void;
  windowMs?: number;
}

/** How full many showtimes are, pushed as it changes. A socket watches one span of time; a second replaces the first. */
export interface Occupancy {
  /** Call the answer in the turn in which it is sent: from then on changes are pushed. */
  watch(connection: Connection, span: OccupancyRequest, isFull: boolean): Promise<() => ShowtimeCounts[]>;
  forget(connection: Connection): void;
  /** Reads the programme again: showtimes come, go, close and move. */
  refresh(): Promise<void>;
  close(): void;
}

const HOUR_MS = 3_600_000;
/** What is running or about to: without `from`, films that have begun but not ended are in it. */
const BEFORE_MS = 3 * HOUR_MS;
/** Today's and tomorrow's programme. */
const AHEAD_MS = 36 * HOUR_MS;
/** Between two messages to a wall: nobody reads faster. */
const WINDOW_MS = 250;
/** A flush may use at most a third of the time. */
const COST_FACTOR = 2;

/** Those who watch the same span with the same rights: they get the same messages. */
interface Group {
  span: OccupancyRequest;
  isFull: boolean;
  showtimes: Map<string, ListedShowtime>;
  members: Map<Connection, Topic>;
  /** What the members were told last, by showtime. */
  told: Map<string, string>;
  dirty: Set<string>;
  wasEmpty: boolean;
  /** Brings the showtimes up to date; shared by those who wait. */
  read(): Promise<void>;
}

export function createOccupancy(deps: OccupancyDeps): Occupancy {
  const groups = new Map<string, Group>();
  const groupOf = new Map<Connection, Group>();
  const tallies = createTallies(deps, touch);
  let isFlushing = false;
  /** Programmes being read: their showtimes stand in no group yet, and must not be let go. */
  let reading = 0;

  function touch(showtimeId: string): void {
    let isWatched = false;
    for (const { showtimes, dirty } of groups.values()) {
      if (!showtimes.has(showtimeId)) continue;
      dirty.add(showtimeId);
      isWatched = true;
    }
    if (isWatched && !isFlushing) void flushUntilQuiet();
  }

  async function flushUntilQuiet(): Promise<void> {
    isFlushing = true;
    for (let costMs = await flush(); costMs !== null; costMs = await flush())
      await pause(Math.max(deps.windowMs ?? WINDOW_MS, costMs * COST_FACTOR));
    isFlushing = false;
  }

  /** Null: there was nothing to tell. */
  async function flush(): Promise<number | null> {
    let costMs: number | null = null;
    for (const group of groups.values()) {
      if (group.dirty.size === 0) continue;
      const changed = [...group.dirty].flatMap((id) => newsOf(group, id) ?? []);
      group.dirty.clear();
      if (changed.length === 0) continue;
      const frame = encodeEvent("occupancy:changed", { showtimes: changed });
      deps.onSent(group.members.size);
      costMs = (costMs ?? 0) + (await broadcast(group.members, ({ outlet }, topic) => outlet.follow(frame, topic)));
    }
    return costMs;
  }

  /** A showtime's counts where they are other than what the group was told. */
  function newsOf(group: Group, showtimeId: string): ShowtimeCounts | null {
    const counts = tallies.of(showtimeId);
    if (counts === null) return null;
    const seen = viewOf(counts, group.isFull);
    const words = JSON.stringify(seen);
    if (group.told.get(showtimeId) === words) return null;
    group.told.set(showtimeId, words);
    return { showtimeId, counts: seen };
  }

  /** What a newcomer is told. The next flush then tells everyone, also what is again as it was told before. */
  function everything(group: Group): ShowtimeCounts[] {
    const { showtimes, isFull, dirty, told, members } = group;
    for (const showtimeId of dirty) told.delete(showtimeId);
    if (members.size === 0) dirty.clear();
    return [...showtimes.keys()].flatMap((showtimeId) => {
      const counts = tallies.of(showtimeId);
      return counts === null ? [] : { showtimeId, counts: viewOf(counts, isFull) };
    });
  }

  function openGroup(key: string, span: OccupancyRequest, isFull: boolean): Group {
    const group: Group = {
      ...{ span, isFull, showtimes: new Map(), members: new Map(), told: new Map(), dirty: new Set<string>() },
      ...{ wasEmpty: false, read: sharedRun(() => readProgramme(group)) },
    };
    groups.set(key, group);
    return group;
  }

  /** Brings a group's showtimes up to date, and tells those that are now other than before. */
  async function readProgramme(group: Group): Promise<void> {
    const { from, to } = spanOf(group.span, deps.clock.now());
    reading++;
    try {
      const listed = (await deps.list(from, to)).filter(isShown);
      await tallies.keep(listed.map(({ id }) => id));
      const before = group.showtimes;
      group.showtimes = new Map(listed.map((showtime) => [showtime.id, showtime]));
      for (const showtime of listed) {
        const known = before.get(showtime.id);
        if (known === undefined) group.dirty.add(showtime.id);
        else if (isOther(known, showtime)) tellRescheduled(group, showtime);
      }
    } finally {
      reading--;
    }
  }

  function tellRescheduled(group: Group, { id: showtimeId, status, startsAt }: ListedShowtime): void {
    const frame = encodeEvent("showtime:changed", { showtimeId, status, startsAt });
    for (const { outlet } of group.members.keys()) outlet.send(frame);
  }

  /** An empty group is let go the second time it is found empty: somebody may be on their way in. */
  async function refreshGroup(key: string, group: Group): Promise<void> {
    if (group.members.size === 0 && group.wasEmpty) groups.delete(key);
    group.wasEmpty = group.members.size === 0;
    if (!group.wasEmpty) await group.read();
  }

  function enter(group: Group, connection: Connection): ShowtimeCounts[] {
    const topic: Topic = {
      resync() {
        if (group.members.get(connection) !== topic) return;
        connection.outlet.follow(encodeEvent("occupancy:changed", { showtimes: everything(group) }), topic);
      },
    };
    const counts = everything(group);
    group.members.set(connection, topic);
    groupOf.set(connection, group);
    return counts;
  }

  function forget(connection: Connection): void {
    groupOf.get(connection)?.members.delete(connection);
    groupOf.delete(connection);
  }

  return {
    async watch(connection, span, isFull) {
      const key = JSON.stringify([isFull, span.from ?? null, span.to ?? null]);
      const group = groups.get(key) ?? openGroup(key, span, isFull);
      group.wasEmpty = false;
      await group.read();
      return () => {
        forget(connection);
        return connection.isOpen() ? enter(group, connection) : [];
      };
    },
    forget,
    async refresh() {
      for (const [key, group] of [...groups]) {
        try {
          await refreshGroup(key, group);
        } catch (error) {
          failureOf(error, "reading the programme", deps.logger);
        }
      }
      if (groups.size > 0 && !isFlushing) void flushUntilQuiet();
      if (reading === 0)
        tallies.keepOnly(new Set([...groups.values()].flatMap((group) => [...group.showtimes.keys()])));
    },
    close() {
      groups.clear();
      tallies.keepOnly(new Set());
    },
  };
}

function viewOf(counts: SeatCounts, isFull: boolean): ShowtimeCounts["counts"] {
  return isFull ? counts : { capacity: counts.capacity, available: counts.available };
}

function spanOf({ from, to }: OccupancyRequest, now: number): { from: string; to: string } {
  const begin = from === undefined ? now - BEFORE_MS : Date.parse(from);
  const end = to === undefined ? Math.max(now, begin) + AHEAD_MS : Date.parse(to);
  return { from: timestamp(begin), to: timestamp(end) };
}

function isShown({ status }: ListedShowtime): boolean {
  return status === "on-sale" || status === "closed";
}

function isOther(before: ListedShowtime | undefined, now: ListedShowtime): boolean {
  return before !== undefined && (before.status !== now.status || before.startsAt !== now.startsAt);
}
