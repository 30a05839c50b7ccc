import {
  type BookingSeats,
  type HoldRecord,
  type MapAnswer,
  type MapDelta,
  type MapRefusal,
  type MapStep,
  MapUnavailable,
  type RepeatableCommand,
} from "../port.ts";
import type { Watchers } from "../watchers.ts";
import { closeStep, copyHold, openStep, type Remembered, recall, remember, type SeatBook, type Step } from "./book.ts";
import * as rules from "./rules.ts";

export type HoldAnswer = { hold: HoldRecord | null };
type Rule<T> = (step: Step) => rules.RuleAnswer<T>;

/** Runs rules on the books of showtimes: due holds end first, one version at most, then everyone is told. */
export interface Runner {
  /** The book, loaded or loading; null when there is none, or it was not used for longer than it is kept. */
  find(showtimeId: string): SeatBook | null;
  /** Puts a book in; forgets those that nobody uses any more. */
  put(book: SeatBook): void;
  run<T extends object>(showtimeId: string, rule: Rule<T>): MapAnswer<T>;
  /** `view` sees the book as it stands at the version answered. */
  read<T extends object>(showtimeId: string, view: (book: SeatBook, at: number) => T): MapAnswer<T>;
  /** As `run`, for commands that may be sent twice: a known request id gets its first answer. */
  runOnce<T extends HoldAnswer>(command: RepeatableCommand, rule: Rule<T>): MapAnswer<T | HoldAnswer>;
  /** The first answer to a known request id; no hold where it is not known. */
  runAgain(command: RepeatableCommand): MapAnswer<HoldAnswer>;
  /** As `run`, for the ledger's word: a book that is loading records it. */
  settle<T extends object>(showtimeId: string, booking: BookingSeats, rule: Rule<T>, whenRecorded: T): MapAnswer<T>;
  /** Tells what a step has to tell besides its delta. */
  tellNotices(step: Step): void;
  /** Everything after this throws `MapUnavailable`. */
  close(): void;
}

const NOT_LOADED: MapRefusal = { ok: false, why: "not_loaded" };

export function createRunner({ now, watchers }: { now: () => number; watchers: Watchers }): Runner {
  const books = new Map<string, SeatBook>();
  let isClosed = false;

  function find(showtimeId: string): SeatBook | null {
    if (isClosed) throw new MapUnavailable("the seat map is closed");
    const book = books.get(showtimeId);
    if (book === undefined) return null;
    const at = now();
    if (at - book.usedAt > book.keepMs) {
      books.delete(showtimeId);
      return null;
    }
    book.usedAt = at;
    return book;
  }

  function put(book: SeatBook): void {
    for (const [id, { usedAt, keepMs }] of books) if (book.usedAt - usedAt > keepMs) books.delete(id);
    books.set(book.showtimeId, book);
  }

  /** A step on a loaded book, with the due holds ended. */
  function open(showtimeId: string): Step | null {
    const book = find(showtimeId);
    if (book === null || !book.open) return null;
    const step = openStep(book, book.usedAt);
    rules.endDueHolds(step);
    return step;
  }

  function tellNotices(step: Step): void {
    for (const notice of step.notices) watchers.tell(notice);
  }

  function tellChange(book: SeatBook, delta: MapDelta | null): void {
    const { showtimeId, counts } = book;
    if (delta !== null) watchers.tell({ kind: "changed", showtimeId, delta, counts: { ...counts } });
  }

  /** Ends a step. The answer is made before anyone is told: a watcher may run the next command at once. */
  function close<T extends object>(step: Step, view: (book: SeatBook, at: number) => T): T & MapStep {
    const { book, at } = step;
    const delta = closeStep(step);
    const answer = { ...view(book, at), position: { epoch: book.epoch, version: book.version }, delta, at };
    tellChange(book, delta);
    tellNotices(step);
    return answer;
  }

  function run<T extends object>(showtimeId: string, rule: Rule<T>): MapAnswer<T> {
    const step = open(showtimeId);
    if (step === null) return NOT_LOADED;
    const answer = rule(step);
    return close(step, () => answer);
  }

  function recalled({ showtimeId, sessionId, requestId }: RepeatableCommand): Remembered | null {
    const book = find(showtimeId);
    return book === null ? null : recall(book, sessionId, requestId);
  }

  function repeat({ showtimeId, payloadHash }: RepeatableCommand, first: Remembered): MapAnswer<HoldAnswer> {
    const answer = run<HoldAnswer>(showtimeId, () =>
      first.payloadHash === payloadHash ? { ok: true, hold: first.hold } : { ok: false, why: "request_mismatch" },
    );
    return answer.ok ? { ...answer, position: first.position, at: first.at, delta: null } : answer;
  }

  return {
    find,
    put,
    run,
    tellNotices,
    read(showtimeId, view) {
      const step = open(showtimeId);
      return step === null ? NOT_LOADED : { ok: true, ...close(step, view) };
    },
    runOnce(command, rule) {
      const { showtimeId, sessionId, requestId, payloadHash } = command;
      const first = recalled(command);
      if (first !== null) return repeat(command, first);
      const book = find(showtimeId);
      const answer = run(showtimeId, rule);
      if (book === null || !answer.ok) return answer;
      const { position, at } = answer;
      const hold = answer.hold === null ? null : copyHold(answer.hold);
      remember(book, sessionId, requestId, { payloadHash, position, at, hold });
      return answer;
    },
    runAgain(command) {
      const first = recalled(command);
      if (first !== null) return repeat(command, first);
      return run<HoldAnswer>(command.showtimeId, () => ({ ok: true, hold: null }));
    },
    settle(showtimeId, booking, rule, whenRecorded) {
      const book = find(showtimeId);
      if (book === null || book.open) return run(showtimeId, rule);
      rules.record(book, booking);
      const { epoch, version, usedAt: at } = book;
      return { ok: true, ...whenRecorded, position: { epoch, version }, delta: null, at };
    },
    close() {
      isClosed = true;
      books.clear();
    },
  };
}
