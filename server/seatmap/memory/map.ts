/**
 * The seat map of a server that stands alone: showtimes in the memory of the process.
 *
 * Promises: everything the port promises, at the cost of microseconds whatever the number of
 * showtimes; nothing survives the process. Time is a monotonic clock, set to the wall's time once at
 * the start: stepping the machine's clock moves no deadline.
 * Must never import anything but `protocol`, `basics` and the port.
 */
import { randomText } from "../../basics/ids.ts";
import {
  type BookingSeats,
  type HoldCommand,
  type HoldRecord,
  type MapAnswer,
  type MapDelta,
  type MapRefusal,
  type MapSnapshot,
  type MapStep,
  MapUnavailable,
  type SeatMap,
} from "../port.ts";
import { createWatchers } from "../watchers.ts";
import { closeStep, copyHold, createBook, openStep, recall, remember, type SeatBook, type Step } from "./book.ts";
import * as rules from "./rules.ts";

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

const NOT_LOADED: MapRefusal = { ok: false, why: "not_loaded" };

type Repeatable = Pick<HoldCommand, "showtimeId" | "sessionId" | "requestId" | "payloadHash">;
type HoldAnswer = { hold: HoldRecord | null };

export function createMemorySeatMap(deps: MemorySeatMapDeps = {}): SeatMap {
  const monotonic = deps.monotonic ?? (() => performance.now());
  const origin = (deps.wall ?? Date.now)() - monotonic();
  const now = () => Math.floor(origin + monotonic());
  const books = new Map<string, SeatBook>();
  const watchers = createWatchers(deps.onListenerError);
  let isClosed = false;

  /** The book, unless it was never loaded or has not been used for longer than it is kept. */
  function find(showtimeId: string, at: number): SeatBook | null {
    if (isClosed) throw new MapUnavailable("the seat map is closed");
    const book = books.get(showtimeId);
    if (book === undefined) return null;
    if (at - book.usedAt > book.keepMs) {
      books.delete(showtimeId);
      return null;
    }
    book.usedAt = at;
    return book;
  }

  function publish(step: Step, delta: MapDelta | null): void {
    const { showtimeId, counts } = step.book;
    if (delta !== null) watchers.tell({ kind: "changed", showtimeId, delta, counts: { ...counts } });
    for (const notice of step.notices) watchers.tell(notice);
  }

  /** A step on an open book, with the due holds ended; null when it is not loaded. */
  function open(showtimeId: string): Step | null {
    const at = now();
    const book = find(showtimeId, at);
    if (book === null || !book.open) return null;
    const step = openStep(book, at);
    rules.endDueHolds(step);
    return step;
  }

  /** One version at most, then everyone is told. `view` sees the book as it stands at that version. */
  function close<T extends object>(step: Step, view: (book: SeatBook, at: number) => T): T & MapStep {
    const { book, at } = step;
    const delta = closeStep(step);
    const answer = { ...view(book, at), position: { epoch: book.epoch, version: book.version }, delta, at };
    publish(step, delta);
    return answer;
  }

  function run<T extends object>(showtimeId: string, rule: (step: Step) => rules.RuleAnswer<T>): MapAnswer<T> {
    const step = open(showtimeId);
    if (step === null) return NOT_LOADED;
    const answer = rule(step);
    return close(step, () => answer);
  }

  function read<T extends object>(showtimeId: string, view: (book: SeatBook, at: number) => T): MapAnswer<T> {
    const step = open(showtimeId);
    return step === null ? NOT_LOADED : { ok: true, ...close(step, view) };
  }

  /** As `run`, for commands that may be sent twice: a known request id gets its first answer. */
  function runOnce<T extends HoldAnswer>(
    command: Repeatable,
    rule: (step: Step) => rules.RuleAnswer<T>,
  ): MapAnswer<T | HoldAnswer> {
    const { showtimeId, sessionId, requestId, payloadHash } = command;
    const known = find(showtimeId, now());
    const first = known === null ? null : recall(known, sessionId, requestId);
    if (first !== null) {
      const answer = run<HoldAnswer>(showtimeId, () =>
        first.payloadHash === payloadHash
          ? { ok: true, hold: first.hold === null ? null : copyHold(first.hold) }
          : { ok: false, why: "request_mismatch" },
      );
      return answer.ok ? { ...answer, position: first.position, at: first.at, delta: null } : answer;
    }
    const answer = run(showtimeId, rule);
    if (answer.ok && known !== null) {
      const { position, at, hold } = answer;
      remember(known, sessionId, requestId, { payloadHash, position, at, hold: hold === null ? null : copyHold(hold) });
    }
    return answer;
  }

  /** The ledger's word: applied to an open book, recorded by one that is loading. */
  function settle<T extends object>(
    booking: BookingSeats,
    showtimeId: string,
    rule: (step: Step) => rules.RuleAnswer<T>,
    whenRecorded: T,
  ): MapAnswer<T> {
    const at = now();
    const book = find(showtimeId, at);
    if (book === null || book.open) return run(showtimeId, rule);
    rules.record(book, booking);
    return { ok: true, ...whenRecorded, position: { epoch: book.epoch, version: book.version }, delta: null, at };
  }

  function forgetUnused(at: number): void {
    for (const [showtimeId, book] of books) if (at - book.usedAt > book.keepMs) books.delete(showtimeId);
  }

  return {
    async beginLoad({ showtimeId, seatCount, layoutVersion, keepMs }) {
      const at = now();
      forgetUnused(at);
      const known = find(showtimeId, at);
      const isSameLayout = known?.layoutVersion === layoutVersion && known.states.length === seatCount;
      const book = isSameLayout && known !== null ? known : createBook(showtimeId, seatCount, layoutVersion);
      books.set(showtimeId, book);
      Object.assign(book, { epoch: randomText(EPOCH_LENGTH), version: 0, open: false, keepMs, usedAt: at });
      book.recorded.clear();
      return { epoch: book.epoch };
    },

    async finishLoad({ showtimeId, epoch, bookings }) {
      const at = now();
      const book = find(showtimeId, at);
      if (book === null || book.epoch !== epoch) return false;
      if (book.open) return true;
      const step = openStep(book, at);
      rules.endDueHolds(step);
      rules.finishLoad(step, bookings);
      watchers.tell({ kind: "reset", showtimeId });
      publish(step, null);
      return true;
    },

    hold: async (command) => withHold(runOnce(command, (step) => rules.hold(step, command))),
    extend: async (command) => withHold(runOnce(command, (step) => rules.extend(step, command))),
    release: async (command) => runOnce(command, (step) => rules.release(step, command)),
    holdOf: async (command) => run(command.showtimeId, (step) => rules.holdOf(step, command)),
    beginPayment: async (command) => run(command.showtimeId, (step) => rules.beginPayment(step, command)),

    settle: async ({ showtimeId, booking }) => settle(booking, showtimeId, (step) => rules.settle(step, booking), {}),
    endPayment: async (command) => {
      const { showtimeId, bookingId: id, version } = command;
      const booking: BookingSeats = { id, version, seats: [], state: "paying" };
      return settle<HoldAnswer>(booking, showtimeId, (step) => rules.endPayment(step, command), { hold: null });
    },

    expire: async (showtimeId) => run(showtimeId, rules.dueNext),
    snapshot: async (showtimeId) => read(showtimeId, (book, at) => ({ snapshot: snapshotOf(book, at) })),
    since: async (showtimeId, position) => read(showtimeId, (book) => ({ since: rules.changesSince(book, position) })),
    holders: async (showtimeId) => read(showtimeId, (book) => ({ holders: rules.holdersOf(book) })),
    counts: async (showtimeIds) =>
      showtimeIds.map((showtimeId) => {
        const answer = read(showtimeId, (book) => ({ counts: { ...book.counts } }));
        return answer.ok ? answer.counts : null;
      }),
    now: async () => now(),

    tellOrder: async (notice) => watchers.tell({ kind: "order", ...notice }),
    watch: async (showtimeId, listener) => watchers.add(showtimeId, listener),
    healthy: () => !isClosed,
    close: async () => {
      isClosed = true;
      books.clear();
    },
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
  const { hold } = answer;
  if (hold === null)
    return { ok: false, why: "request_mismatch", position: answer.position, delta: null, at: answer.at };
  return { ...answer, hold };
}
