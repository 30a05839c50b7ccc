import { effect, type ReadonlySignal, signal } from "@preact/signals";
import type { Page, Showtime } from "../../../server/protocol/resources.ts";
import type { SeatCounts } from "../../../server/protocol/states.ts";
import type { Api } from "../../../ui/connection/api.ts";
import type { Link } from "../../../ui/connection/link.ts";
import { createOccupancy } from "../../../ui/live/occupancy.ts";
import { addDays, showDayOf, showDayStart } from "../../../ui/words/zone.ts";
import { createPace } from "./pace.ts";

export interface WallTile {
  showtime: Showtime;
  counts: ReadonlySignal<SeatCounts>;
  /** Seats sold in the last minute. */
  pace: ReadonlySignal<number>;
}

export type WallState = { status: "loading" } | { status: "failed" } | { status: "ready"; tiles: readonly WallTile[] };

/** Today's showtimes by start, their counts pushed by the server. */
export interface Wall {
  state: ReadonlySignal<WallState>;
  /** Sums over all tiles. */
  totals: ReadonlySignal<{ sold: number; capacity: number }>;
  retry(): void;
  close(): void;
}

export interface WallDeps {
  api: Pick<Api, "get">;
  link: Link;
  timeZone: string;
}

/** A minute's sales fade without a push; a new day begins without one, too. */
const TICK_MS = 5_000;

export function createWall({ api, link, timeZone }: WallDeps): Wall {
  const state = signal<WallState>({ status: "loading" });
  const totals = signal({ sold: 0, capacity: 0 });
  const occupancy = createOccupancy(link);
  let tiles: (WallTile & { tick(): void; stop(): void })[] = [];
  let day = "";

  function today(): string {
    return showDayOf(Date.now(), timeZone);
  }

  async function load(): Promise<void> {
    day = today();
    const span = {
      from: new Date(showDayStart(day, timeZone)).toISOString(),
      to: new Date(showDayStart(addDays(day, 1), timeZone)).toISOString(),
    };
    const answer = await api.get<Page<Showtime>>("/showtimes", { ...span, limit: 200 });
    if (!answer.ok) {
      state.value = { status: "failed" };
      return;
    }
    for (const tile of tiles) tile.stop();
    tiles = answer.body.items.filter((showtime) => showtime.status !== "draft").map(watchTile);
    state.value = { status: "ready", tiles };
    occupancy.watch(span);
  }

  function watchTile(showtime: Showtime) {
    const counts = signal<SeatCounts>(showtime.counts);
    const pace = signal(0);
    const sales = createPace();
    sales.note(showtime.counts.sold, Date.now());
    const stop = effect(() => {
      const pushed = occupancy.of(showtime.id).value;
      if (pushed === null) return;
      counts.value = { ...counts.peek(), ...pushed };
      sales.note(counts.peek().sold, Date.now());
      pace.value = sales.perMinute(Date.now());
      sumUp();
    });
    const tick = () => {
      pace.value = sales.perMinute(Date.now());
    };
    return { showtime, counts, pace, tick, stop };
  }

  function sumUp(): void {
    const sold = tiles.reduce((sum, tile) => sum + tile.counts.peek().sold, 0);
    const capacity = tiles.reduce((sum, tile) => sum + tile.counts.peek().capacity, 0);
    const before = totals.peek();
    if (before.sold !== sold || before.capacity !== capacity) totals.value = { sold, capacity };
  }

  const timer = setInterval(() => {
    if (today() !== day) void load();
    for (const tile of tiles) tile.tick();
    sumUp();
  }, TICK_MS);
  void load().then(sumUp);

  return {
    state,
    totals,
    retry() {
      state.value = { status: "loading" };
      void load().then(sumUp);
    },
    close() {
      clearInterval(timer);
      for (const tile of tiles) tile.stop();
      occupancy.close();
    },
  };
}

export function hasEnded({ endsAt }: Pick<Showtime, "endsAt">, now: number): boolean {
  return Date.parse(endsAt) < now;
}

/** What has ended makes room for what can still be sold. */
export function endedLast<T extends { showtime: Pick<Showtime, "endsAt"> }>(tiles: readonly T[], now: number): T[] {
  const ended = ({ showtime }: T) => hasEnded(showtime, now);
  return [...tiles.filter((tile) => !ended(tile)), ...tiles.filter(ended)];
}
