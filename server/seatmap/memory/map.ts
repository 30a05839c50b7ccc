/**
 * The seat map of a server that stands alone: showtimes in the memory of the process.
 *
 * Promises: everything the port promises, at the cost of microseconds whatever the number of
 * showtimes; nothing survives the process. Time is a monotonic clock, set to the wall's time once at
 * the start: stepping the machine's clock moves no deadline.
 * Must never import anything but `protocol`, `basics` and the port.
 */
import { randomText } from "../../basics/ids.ts";
import type { BookingSeats, HoldRecord, MapAnswer, MapSnapshot, SeatMap } from "../port.ts";
import { createWatchers, type Watchers } from "../watchers.ts";
import { createBook, openStep, type SeatBook } from "./book.ts";
import * as rules from "./rules.ts";
import { createRunner, type HoldAnswer, type Runner } from "./runner.ts";

/** Characters of an epoch: 60 random bits, so no two rebuilds of a showtime share one. */
const EPOCH_LENGTH = 12;

export interface MemorySeatMapDeps {
  /** Milliseconds that only go forward, from any origin. */
  monotonic?: () => number;
  /** Milliseconds since 1970, read once. */
  wall?: () => number;
  /** Told when a watcher throws; it must not. */
  onListenerError?: (error: unknown) => void;
}

export function createMemorySeatMap(deps: MemorySeatMapDeps = {}): SeatMap {
  const monotonic = deps.monotonic ?? (() => performance.now());
  const origin = (deps.wall ?? Date.now)() - monotonic();
  const now = () => Math.floor(origin + monotonic());
  const watchers = createWatchers(deps.onListenerError);
  const runner = createRunner({ now, watchers });
  let isClosed = false;

  return {
    ...loadCommands(runner, now, watchers),
    ...sessionCommands(runner),
    ...ledgerCommands(runner),
    ...readCommands(runner),
    now: async () => now(),
    tellOrder: async (notice) => watchers.tell({ kind: "order", ...notice }),
    watch: async (showtimeId, listener) => watchers.add(showtimeId, listener),
    healthy: () => !isClosed,
    close: async () => {
      isClosed = true;
      runner.close();
    },
  };
}

function loadCommands(
  runner: Runner,
  now: () => number,
  watchers: Watchers,
): Pick<SeatMap, "beginLoad" | "finishLoad"> {
  return {
    async beginLoad({ showtimeId, seatCount, layoutVersion, keepMs, unlessOpen }) {
      const known = runner.find(showtimeId);
      if (unlessOpen && known?.open) return { epoch: known.epoch, open: true };
      const hasSameSeats = known?.layoutVersion === layoutVersion && known.states.length === seatCount;
      const book = known !== null && hasSameSeats ? known : createBook(showtimeId, seatCount, layoutVersion);
      Object.assign(book, { epoch: randomText(EPOCH_LENGTH), version: 0, open: false, keepMs, usedAt: now() });
      book.recorded.clear();
      runner.put(book);
      return { epoch: book.epoch, open: false };
    },
    async finishLoad({ showtimeId, epoch, bookings }) {
      const book = runner.find(showtimeId);
      if (book === null || book.epoch !== epoch) return false;
      if (book.open) return true;
      const step = openStep(book, book.usedAt);
      rules.endDueHolds(step);
      rules.finishLoad(step, bookings);
      watchers.tell({ kind: "reset", showtimeId });
      runner.tellNotices(step);
      return true;
    },
  };
}

function sessionCommands({
  run,
  runOnce,
  runAgain,
}: Runner): Pick<SeatMap, "hold" | "extend" | "release" | "firstAnswer" | "holdOf" | "beginPayment"> {
  return {
    hold: async (command) => withHold(runOnce(command, (step) => rules.hold(step, command))),
    extend: async (command) => withHold(runOnce(command, (step) => rules.extend(step, command))),
    release: async (command) => runOnce(command, (step) => rules.release(step, command)),
    firstAnswer: async (command) => runAgain(command),
    holdOf: async (command) => run(command.showtimeId, (step) => rules.holdOf(step, command)),
    beginPayment: async (command) => run(command.showtimeId, (step) => rules.beginPayment(step, command)),
  };
}

function ledgerCommands({ settle }: Runner): Pick<SeatMap, "settle" | "endPayment"> {
  return {
    settle: async ({ showtimeId, booking }) => settle(showtimeId, booking, (step) => rules.settle(step, booking), {}),
    endPayment: async (command) => {
      const { showtimeId, bookingId: id, version } = command;
      const ended: BookingSeats = { id, version, seats: [], state: "paying" };
      return settle<HoldAnswer>(showtimeId, ended, (step) => rules.endPayment(step, command), { hold: null });
    },
  };
}

function readCommands({ run, read }: Runner): Pick<SeatMap, "expire" | "snapshot" | "since" | "holders" | "counts"> {
  return {
    expire: async (showtimeId) => run(showtimeId, rules.dueNext),
    snapshot: async (showtimeId) => read(showtimeId, (book, at) => ({ snapshot: snapshotOf(book, at) })),
    since: async (showtimeId, position) => read(showtimeId, (book) => ({ since: rules.changesSince(book, position) })),
    holders: async (showtimeId) => read(showtimeId, (book) => ({ holders: rules.holdersOf(book) })),
    counts: async (showtimeIds) =>
      showtimeIds.map((showtimeId) => {
        const answer = read(showtimeId, (book) => ({ counts: { ...book.counts } }));
        return answer.ok ? answer.counts : null;
      }),
  };
}

function snapshotOf(book: SeatBook, at: number): MapSnapshot {
  book.text ??= book.states.join("");
  const { epoch, version, text: states, layoutVersion, counts } = book;
  return { epoch, version, states, layoutVersion, counts: { ...counts }, at };
}

/** Narrows an answer that always carries a hold: also a repeated one, as its hash says that the command is the same. */
function withHold(answer: MapAnswer<HoldAnswer>): MapAnswer<{ hold: HoldRecord }> {
  if (!answer.ok) return answer;
  const { hold, position, at } = answer;
  return hold === null ? { ok: false, why: "request_mismatch", position, delta: null, at } : { ...answer, hold };
}
