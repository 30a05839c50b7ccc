import type { SellableShowtime, ShowtimeSource } from "../booking/showtimes.ts";
import { type Outcome, refuse } from "../protocol/errors.ts";
import { applyDelta, mergeDeltas } from "../protocol/feed.ts";
import type { MapPosition, SeatDelta, SeatSnapshot } from "../protocol/states.ts";
import { type MapDelta, type MapMessage, MapUnavailable, type SeatMap } from "../seatmap/port.ts";
import { failureOf, type LiveLogger } from "./failures.ts";
import { pause, sharedRun } from "./shared.ts";

export interface ReplicaDeps {
  /** A map that loads itself. */
  map: Pick<SeatMap, "watch" | "snapshot" | "since">;
  showtimes: Pick<ShowtimeSource, "sellable">;
  logger: LiveLogger;
}

/** What a replica tells while it lives; never before `openReplica` has resolved. */
export interface ReplicaListener {
  /** Follows the state told before without a gap. */
  changed(delta: SeatDelta): void;
  /** Everything told before is void. */
  replaced(snapshot: SeatSnapshot): void;
  /** Another status or start. */
  rescheduled(showtime: SellableShowtime): void;
  notice(message: Extract<MapMessage, { kind: "hold" | "order" }>): void;
}

/** This server's copy of one showtime's seat map, kept current by the map's own feed. */
export interface Replica {
  showtime(): SellableShowtime;
  /** As this server knows it. A value: it never changes under its reader. */
  current(): SeatSnapshot;
  /** What changed since a position of this epoch; null when that is too long ago, ahead or elsewhere. */
  since(position: MapPosition): SeatDelta | null;
  /**
   * Catches up with the map: afterwards this copy is not behind anything acknowledged before the call,
   * by whichever server. Where the map can't be asked it stays as it is. Calls that wait share one question.
   */
  refresh(): Promise<void>;
  /** Reads the showtime's status and start again. */
  recheck(): Promise<void>;
  close(): void;
}

/** Deltas kept to answer those who come back: some seconds of a storm, some minutes of an evening. */
const REMEMBERED_DELTAS = 256;
/** Between two tries to read a map that can't be read. */
const RETRY_MS = 250;
/** Longest that a caller waits for a map that is being read anew; then it gets what is known. */
const LONGEST_WAIT_MS = 1_000;

/**
 * Watches first, then reads the map, so that nothing falls between. `not_found`: no such showtime.
 * Throws `MapUnavailable` when the map can't be read now.
 */
export async function openReplica(
  deps: ReplicaDeps,
  showtimeId: string,
  listener: ReplicaListener,
): Promise<Outcome<{ replica: Replica }>> {
  const found = await deps.showtimes.sellable(showtimeId);
  if (found === null) return refuse("not_found", "There is no such showtime");
  let showtime = found;
  let map: SeatSnapshot | null = null;
  let log: SeatDelta[] = [];
  /** Deltas that came while a snapshot is being read; null when none is. */
  let early: MapDelta[] | null = [];
  let isOutdated = false;
  let isFailing = false;
  let isOpen = false;

  const unwatch = await deps.map.watch(showtimeId, hear);

  function hear(message: MapMessage): void {
    switch (message.kind) {
      case "changed":
        if (early === null) take(message.delta);
        else early.push(message.delta);
        break;
      case "reset":
      case "resumed":
        outdated();
        break;
      case "hold":
      case "order":
        if (isOpen) listener.notice(message);
    }
  }

  function take({ epoch, version: to, from, changes }: MapDelta): void {
    const known = currentOf(map);
    const step = applyDelta(known, { showtimeId, epoch, from, to, changes });
    if (step.step === "gap") outdated();
    if (step.step !== "applied") return;
    map = step.map;
    // Told as beginning where this copy stood, so that what is told is contiguous whatever was fetched in between.
    const delta: SeatDelta = { showtimeId, epoch, from: known.version, to, changes };
    log.push(delta);
    if (log.length > 2 * REMEMBERED_DELTAS) log = log.slice(-REMEMBERED_DELTAS);
    if (isOpen) listener.changed(delta);
  }

  function outdated(): void {
    isOutdated = true;
    if (early === null) void resync();
    else early = [];
  }

  /** Reads snapshots until one is newer than every reset, then applies what was told meanwhile. */
  async function readSnapshot(): Promise<void> {
    early ??= [];
    do {
      isOutdated = false;
      const answer = await deps.map.snapshot(showtimeId);
      if (!answer.ok) throw new MapUnavailable(`the map of ${showtimeId} is not loaded`);
      const { epoch, version, states, layoutVersion } = answer.snapshot;
      map = { showtimeId, epoch, version, states, layoutVersion, status: showtime.status };
    } while (isOutdated);
    const pending = early;
    log = [];
    early = null;
    isFailing = false;
    if (isOpen) listener.replaced(currentOf(map));
    for (const delta of pending) take(delta);
  }

  /** Never gives up while the replica lives: an outage ends with everyone resynced. */
  async function readUntilDone(): Promise<void> {
    while (isOpen) {
      try {
        return await readSnapshot();
      } catch (error) {
        if (!isFailing) failureOf(error, "reading a seat map", deps.logger);
        isFailing = true;
      }
      await pause(RETRY_MS);
    }
  }
  const resync = sharedRun(readUntilDone);
  const resyncSoon = () => Promise.race([resync(), pause(LONGEST_WAIT_MS)]);

  async function catchUp(): Promise<void> {
    if (early !== null) return resyncSoon();
    const { epoch, version } = currentOf(map);
    try {
      const answer = await deps.map.since(showtimeId, { epoch, version });
      if (!answer.ok || answer.since === null) return await resyncSoon();
      if (early === null) take(answer.since);
    } catch (error) {
      if (!(error instanceof MapUnavailable)) throw error;
    }
  }

  async function recheck(): Promise<void> {
    const now = await deps.showtimes.sellable(showtimeId);
    if (now === null || !isOpen) return;
    const before = showtime;
    showtime = now;
    map = { ...currentOf(map), status: now.status };
    if (now.layout.version !== before.layout.version) outdated();
    if (now.status !== before.status || now.startsAt !== before.startsAt) listener.rescheduled(now);
  }

  try {
    await readSnapshot();
  } catch (error) {
    unwatch();
    throw error;
  }
  isOpen = true;
  const replica: Replica = {
    showtime: () => showtime,
    current: () => currentOf(map),
    since: (position) => sinceInLog(currentOf(map), log, position),
    refresh: sharedRun(catchUp),
    recheck,
    close() {
      isOpen = false;
      unwatch();
    },
  };
  return { ok: true, replica };
}

function currentOf(map: SeatSnapshot | null): SeatSnapshot {
  if (map === null) throw new Error("a replica was asked before it was open");
  return map;
}

function sinceInLog(map: SeatSnapshot, log: readonly SeatDelta[], { epoch, version }: MapPosition): SeatDelta | null {
  const { showtimeId } = map;
  const nothing: SeatDelta = { showtimeId, epoch, from: version, to: version, changes: [] };
  if (epoch !== map.epoch || version > map.version) return null;
  if (version === map.version) return nothing;
  const first = log.findIndex((delta) => version < delta.to);
  const oldest = log[first];
  if (oldest === undefined || oldest.from > version) return null;
  const merged = log.slice(first).reduce<SeatDelta | null>((sum, delta) => sum && mergeDeltas(sum, delta), {
    ...nothing,
    from: oldest.from,
    to: oldest.from,
  });
  return merged && { ...merged, from: version };
}
