/**
 * What changes by itself: seat maps, holds, occupancy.
 *
 * Promises: what is shown is what the server said last, applied by the one reducer of the protocol;
 * after a lost link or a gap everything is read again. A change names the seats that it touched, so that
 * a screen redraws nothing else.
 * Must never import a component.
 */
import { type ReadonlySignal, signal } from "@preact/signals";
import { applyDelta } from "../../server/protocol/feed.ts";
import type { Seat, ShowtimeSeats } from "../../server/protocol/resources.ts";
import type { SeatDelta, SeatSnapshot, SeatState, ShowtimeStatus } from "../../server/protocol/states.ts";
import type { Api } from "../connection/api.ts";
import type { Link } from "../connection/link.ts";
import type { Refusal } from "../connection/outcome.ts";

export type LiveMapState =
  | { status: "loading" }
  /** Seats and their places are known; they are current while the link is live. */
  | { status: "ready"; layoutVersion: number; seats: readonly Seat[] }
  | { status: "failed"; refusal: Refusal };

export type SeatsListener = (indexes: readonly number[]) => void;

/** The seats of one showtime, as everyone sees them. */
export interface LiveMap {
  showtimeId: string;
  state: ReadonlySignal<LiveMapState>;
  /** Whether the showtime still sells, as last heard. */
  showtimeStatus: ReadonlySignal<ShowtimeStatus | null>;
  stateOf(index: number): SeatState;
  /** All states, one character per seat; empty before the map is ready. */
  states(): string;
  /** Calls back with the indexes of seats whose state changed. */
  watch(listener: SeatsListener): () => void;
  /** Tries again after `failed`. */
  retry(): void;
  close(): void;
}

export interface LiveMapDeps {
  api: Pick<Api, "get">;
  link: Link;
  showtimeId: string;
}

export function createLiveMap({ api, link, showtimeId }: LiveMapDeps): LiveMap {
  const state = signal<LiveMapState>({ status: "loading" });
  const showtimeStatus = signal<ShowtimeStatus | null>(null);
  const listeners = new Set<SeatsListener>();
  let map: SeatSnapshot | null = null;
  let busy = false;
  let closed = false;

  function replace(next: SeatSnapshot): void {
    const before = map;
    map = next;
    showtimeStatus.value = next.status;
    if (before) tell(changedBetween(before.states, next.states));
  }

  function tell(indexes: readonly number[]): void {
    if (indexes.length > 0) for (const listener of listeners) listener(indexes);
  }

  function apply(delta: SeatDelta): void {
    if (!map || delta.showtimeId !== showtimeId) return;
    const step = applyDelta(map, delta);
    if (step.step === "gap") return void join();
    if (step.step === "stale") return;
    const before = map.states;
    map = step.map;
    tell(delta.changes.map(([index]) => index).filter((index) => before[index] !== step.map.states[index]));
  }

  function accept(snapshot: SeatSnapshot): void {
    if (snapshot.showtimeId !== showtimeId) return;
    const known = state.peek();
    if (known.status === "ready" && known.layoutVersion === snapshot.layoutVersion) replace(snapshot);
    else void load();
  }

  async function load(): Promise<void> {
    const answer = await api.get<ShowtimeSeats>(`/showtimes/${showtimeId}/seats`);
    if (closed) return;
    if (!answer.ok) {
      if (state.peek().status !== "ready") state.value = { status: "failed", refusal: answer };
      return;
    }
    const { layout, ...position } = answer.body;
    map = { ...position, layoutVersion: layout.version, status: showtimeStatus.peek() ?? "on-sale" };
    state.value = { status: "ready", layoutVersion: layout.version, seats: layout.seats };
    await join();
  }

  async function join(): Promise<void> {
    if (busy || closed) return;
    busy = true;
    const since = map ? { epoch: map.epoch, version: map.version } : undefined;
    const answer = await link.request("showtime:join", { showtimeId, since });
    busy = false;
    if (closed || !answer.ok) return;
    if ("snapshot" in answer) accept(answer.snapshot);
    else apply(answer.delta);
  }

  function wake(): void {
    if (map) void join();
    else void load();
  }

  const stops = [
    link.on("seats:changed", apply),
    link.on("seats:snapshot", accept),
    link.on("showtime:changed", (change) => {
      if (change.showtimeId === showtimeId) showtimeStatus.value = change.status;
    }),
    link.whenLive(wake),
  ];
  if (link.status.peek().status !== "live") void load();

  return {
    showtimeId,
    state,
    showtimeStatus,
    stateOf: (index) => (map?.states[index] ?? "B") as SeatState,
    states: () => map?.states ?? "",
    watch(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    retry() {
      state.value = { status: "loading" };
      void load();
    },
    close() {
      closed = true;
      for (const stop of stops) stop();
      listeners.clear();
      if (link.status.peek().status === "live") void link.request("showtime:leave", { showtimeId });
    },
  };
}

/** Indexes at which two maps differ. */
export function changedBetween(before: string, after: string): number[] {
  const changed: number[] = [];
  for (let index = 0; index < after.length; index++) if (before[index] !== after[index]) changed.push(index);
  return changed;
}
