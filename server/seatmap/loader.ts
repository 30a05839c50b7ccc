/**
 * Fills a seat map from the ledger whenever it does not know a showtime (any more).
 *
 * Promises: a command that met an unloaded map is repeated on a loaded one, within a bounded time; in
 * this process one showtime is read once at a time, however many ask. Repeating is safe: an unloaded
 * map refuses before it does anything.
 * Must never import anything but the port; the ledger comes in as functions.
 */
import { type BookingSeats, type MapAnswer, MapUnavailable, type SeatMap } from "./port.ts";
import { pause, within } from "./waiting.ts";

export interface MapSource {
  /** The shape of a showtime's map; null: there is no such showtime. */
  describe(showtimeId: string): Promise<{ seatCount: number; layoutVersion: number; keepMs: number } | null>;
  /** What the ledger says now of every booking of a showtime that owns seats. */
  readBookings(showtimeId: string): Promise<BookingSeats[]>;
}

export interface MapLoaderDeps extends MapSource {
  map: SeatMap;
}

export interface MapLoader {
  /**
   * Loads a showtime, whether or not it is loaded already; joins a load that is under way. Does nothing for
   * a showtime that does not exist. Throws `MapUnavailable` when it can't be done in time.
   */
  load(showtimeId: string): Promise<void>;
  /** As `load`, but the ledger is read after this call: for when the map has just been found wrong. */
  reload(showtimeId: string): Promise<void>;
  /** Loads a map again that this process has used before, for those who look at it; others stay as they are. */
  restore(showtimeId: string): Promise<void>;
  /**
   * Runs a command, loading the map first where that is needed. Never answers `stale_run`, and `not_loaded`
   * only for a showtime that does not exist. Throws `MapUnavailable` when it can't be loaded in time.
   */
  loaded<T>(showtimeId: string, command: () => Promise<MapAnswer<T>>): Promise<MapAnswer<T>>;
  /** The same for a command that carries the ledger's word: where it fails, the map is compared before it is used again. */
  told<T>(showtimeId: string, command: () => Promise<MapAnswer<T>>): Promise<MapAnswer<T>>;
}

/** How long a command waits for its map, all loads together: a person at a screen still waits. */
const LOAD_WITHIN_MS = 1_500;
/** A load that another server overtook looks again after this long at most, jittered and growing: they must not take turns. */
const OVERTAKEN_WAIT_MS = 20;

export function createMapLoader(deps: MapLoaderDeps): MapLoader {
  const { map } = deps;
  /** Loads under way. False: there is no such showtime. */
  const flights = new Map<string, Promise<boolean>>();

  /** Showtimes whose map was used here: an id each, some ten thousand a year. */
  const used = new Set<string>();
  /** Showtimes whose open map may lack what this server told it or failed to, until it was compared with the ledger. */
  const unsure = new Set<string>();

  /** Takes the ledger over by work that answers whether all of it was; else the showtime stays to be compared. */
  async function ensure(showtimeId: string, work: () => Promise<boolean>): Promise<boolean> {
    // Before the ledger is read: what can't be told from now on has to be compared again.
    unsure.delete(showtimeId);
    let isWhole = false;
    try {
      isWhole = await work();
      return isWhole;
    } finally {
      if (!isWhole) unsure.add(showtimeId);
    }
  }

  /** Settles again what the map shows otherwise than the ledger. Answers whether the map was there to the end. */
  async function compare(showtimeId: string): Promise<boolean> {
    const bookings = await deps.readBookings(showtimeId);
    const answer = await map.holders(showtimeId);
    if (!answer.ok) return false;
    const shown = new Map<string, string[]>();
    for (const { index, by } of answer.holders) {
      if (by.kind === "booking") shown.set(by.bookingId, [...(shown.get(by.bookingId) ?? []), `${index} ${by.state}`]);
    }
    for (const booking of bookings) {
      const seats = booking.seats.map((seat) => `${seat} ${booking.state}`);
      if (seats.sort().join() === (shown.get(booking.id) ?? []).sort().join()) continue;
      if (!(await map.settle({ showtimeId, booking })).ok) return false;
    }
    return true;
  }

  async function fill(showtimeId: string, unlessOpen: boolean): Promise<boolean> {
    const until = performance.now() + LOAD_WITHIN_MS;
    const shape = await deps.describe(showtimeId);
    if (shape === null) {
      used.delete(showtimeId);
      return false;
    }
    for (let overtaken = 1; ; overtaken++) {
      const { epoch, open, doubtful = false } = await map.beginLoad({ showtimeId, ...shape, unlessOpen });
      if (doubtful) unsure.add(showtimeId);
      if (open) {
        if (unsure.has(showtimeId)) await ensure(showtimeId, () => compare(showtimeId));
        return true;
      }
      const finish = async () => map.finishLoad({ showtimeId, epoch, bookings: await deps.readBookings(showtimeId) });
      if (await ensure(showtimeId, finish)) return true;
      if (performance.now() > until) throw new MapUnavailable(`the map of ${showtimeId} was overtaken too often`);
      await pause(Math.random() * OVERTAKEN_WAIT_MS * overtaken);
      // Whoever overtook this load has read the ledger after it was begun.
      unlessOpen = true;
    }
  }

  function load(showtimeId: string, unlessOpen = true): Promise<boolean> {
    const underWay = flights.get(showtimeId);
    if (underWay !== undefined) return underWay;
    const flight = fill(showtimeId, unlessOpen).finally(() => flights.delete(showtimeId));
    flights.set(showtimeId, flight);
    return flight;
  }

  async function loadAndRun<T>(showtimeId: string, command: () => Promise<MapAnswer<T>>): Promise<MapAnswer<T>> {
    const until = performance.now() + LOAD_WITHIN_MS;
    for (;;) {
      if (!(await load(showtimeId))) return { ok: false, why: "not_loaded" };
      const answer = await command();
      if (!isUnloaded(answer)) return answer;
      // Lost again between the two, or another server has begun to load it.
      if (performance.now() > until) throw new MapUnavailable(`the map of ${showtimeId} does not stay loaded`);
      await pause(Math.random() * OVERTAKEN_WAIT_MS);
    }
  }

  async function loaded<T>(showtimeId: string, command: () => Promise<MapAnswer<T>>): Promise<MapAnswer<T>> {
    if (unsure.has(showtimeId)) await within(LOAD_WITHIN_MS, load(showtimeId), "comparing a seat map");
    const answer = await command();
    used.add(showtimeId);
    if (!isUnloaded(answer)) return answer;
    return within(LOAD_WITHIN_MS, loadAndRun(showtimeId, command), "loading a seat map");
  }

  return {
    async load(showtimeId) {
      await within(LOAD_WITHIN_MS, load(showtimeId), "loading a seat map");
    },
    async restore(showtimeId) {
      if (used.has(showtimeId)) await within(LOAD_WITHIN_MS, load(showtimeId), "loading a seat map");
    },
    async reload(showtimeId) {
      for (let before = flights.get(showtimeId); before !== undefined; before = flights.get(showtimeId))
        await before.catch(() => {});
      await within(LOAD_WITHIN_MS, load(showtimeId, false), "loading a seat map");
    },
    loaded,
    async told(showtimeId, command) {
      try {
        return await loaded(showtimeId, command);
      } catch (error) {
        unsure.add(showtimeId);
        throw error;
      }
    },
  };
}

/** A seat map that loads itself: the same commands, with the promise of `MapLoader.loaded`. */
export function loadedMap(map: SeatMap, loader: Pick<MapLoader, "loaded" | "told">): SeatMap {
  const { loaded, told } = loader;
  return {
    ...map,
    hold: (command) => loaded(command.showtimeId, () => map.hold(command)),
    extend: (command) => loaded(command.showtimeId, () => map.extend(command)),
    release: (command) => loaded(command.showtimeId, () => map.release(command)),
    firstAnswer: (command) => loaded(command.showtimeId, () => map.firstAnswer(command)),
    holdOf: (command) => loaded(command.showtimeId, () => map.holdOf(command)),
    beginPayment: (command) => loaded(command.showtimeId, () => map.beginPayment(command)),
    settle: (command) => told(command.showtimeId, () => map.settle(command)),
    endPayment: (command) => told(command.showtimeId, () => map.endPayment(command)),
    expire: (showtimeId) => loaded(showtimeId, () => map.expire(showtimeId)),
    snapshot: (showtimeId) => loaded(showtimeId, () => map.snapshot(showtimeId)),
    since: (showtimeId, position) => loaded(showtimeId, () => map.since(showtimeId, position)),
    holders: (showtimeId) => loaded(showtimeId, () => map.holders(showtimeId)),
    async counts(showtimeIds) {
      const counts = await map.counts(showtimeIds);
      const missing = showtimeIds.filter((_, place) => counts[place] === null);
      if (missing.length === 0) return counts;
      await Promise.all(missing.map((showtimeId) => loader.loaded(showtimeId, () => map.snapshot(showtimeId))));
      return map.counts(showtimeIds);
    },
  };
}

function isUnloaded(answer: MapAnswer<unknown>): boolean {
  return !answer.ok && (answer.why === "not_loaded" || answer.why === "stale_run");
}
