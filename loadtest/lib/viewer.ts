/** Somebody who watches a showtime's seats, by the same reducer as servers and apps. */

import { applyDelta } from "../../server/protocol/feed.ts";
import type { ShowtimeSeats } from "../../server/protocol/resources.ts";
import type { SeatDelta, SeatSnapshot } from "../../server/protocol/states.ts";
import { figures } from "./figures.ts";
import { call } from "./http.ts";
import type { Link } from "./link.ts";
import { pause } from "./time.ts";

export interface Viewer {
  map(): SeatSnapshot;
  /** Joins with what it knows; comes true when the map is current. Rejects when the server refuses. */
  join(): Promise<void>;
  /** Asks HTTP for the map until both stand at the same epoch and version, and compares. Counts, never throws. */
  compare(): Promise<void>;
  leave(): Promise<void>;
}

/** A map under load stands still for moments only. */
const COMPARE_TRIES = 40;
const COMPARE_EVERY_MS = 100;

export async function watch(link: Link, showtimeId: string): Promise<Viewer> {
  let map: SeatSnapshot | null = null;
  let isWatching = true;

  function apply(delta: SeatDelta): void {
    if (map === null || delta.showtimeId !== showtimeId || !isWatching) return;
    const step = applyDelta(map, delta);
    if (step.step === "applied") map = step.map;
    figures.deltas.add(1);
    if (step.step !== "gap") return;
    figures.gaps.add(1);
    join().catch(() => {});
  }

  async function join(): Promise<void> {
    const since = map === null ? undefined : { epoch: map.epoch, version: map.version };
    const answer = await link.ask("showtime:join", since ? { showtimeId, since } : { showtimeId });
    if (!answer.ok) throw new Error(`${showtimeId} can't be watched: ${answer.error.code}`);
    if ("delta" in answer) return apply(answer.delta);
    if (map === null || map.epoch !== answer.snapshot.epoch || map.version < answer.snapshot.version)
      map = answer.snapshot;
  }

  function seen(): SeatSnapshot {
    if (map === null) throw new Error("watched before it was joined");
    return map;
  }

  /** Null: they stand at different places and say nothing about each other. */
  async function compareOnce(): Promise<boolean | null> {
    const truth = await call<ShowtimeSeats>("GET", `/showtimes/${showtimeId}/seats`);
    if (!truth.ok) return null;
    await pause(COMPARE_EVERY_MS);
    const { epoch, version, states } = seen();
    return epoch === truth.body.epoch && version === truth.body.version ? states === truth.body.states : null;
  }

  link.on("seats:changed", apply);
  link.on("seats:snapshot", (snapshot) => {
    if (snapshot.showtimeId === showtimeId && isWatching) map = snapshot;
  });
  link.onBack(() => void (isWatching && join().catch(() => {})));
  await join();
  return {
    map: seen,
    join,
    async compare() {
      for (let tries = 0; tries < COMPARE_TRIES; tries++) {
        const isSame = await compareOnce();
        if (isSame === null) continue;
        figures.compared.add(1);
        if (!isSame) figures.diverged.add(1);
        return;
      }
    },
    async leave() {
      isWatching = false;
      await link.ask("showtime:leave", { showtimeId });
    },
  };
}
