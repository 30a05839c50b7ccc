import { computed, type ReadonlySignal, signal } from "@preact/signals";
import type { Hold, HoldChangeReason, HoldWarning } from "../../server/protocol/events.ts";
import { freshKey } from "../connection/api.ts";
import type { Link } from "../connection/link.ts";
import type { Outcome } from "../connection/outcome.ts";

/** The session's seats of one showtime: chosen, kept, given back. */
export interface HoldDesk {
  /** As the server last acknowledged it. */
  hold: ReadonlySignal<Hold | null>;
  /** As shown: a tap counts at once and is taken back when refused. */
  mine: ReadonlySignal<ReadonlySet<string>>;
  /** Whether a tap is still unanswered. */
  busy: ReadonlySignal<boolean>;
  /** When the seats go back, by this browser's clock; null without seats. */
  endsAt: ReadonlySignal<number | null>;
  /** Whether more time is to be had: false within a second of the hold's absolute end. */
  extendable: ReadonlySignal<boolean>;
  /** Holds one seat, or several: all or none. */
  add(seats: string | readonly string[], access?: boolean): Promise<Outcome<{ warnings: HoldWarning[] }>>;
  remove(seatId: string): Promise<Outcome<object>>;
  /** Gives everything back. */
  clear(): Promise<Outcome<object>>;
  extend(): Promise<Outcome<object>>;
  /** Asks the server which seats are ours; also called by itself whenever the link comes back. */
  resume(): Promise<void>;
  /** Calls back when the server changed the hold by itself. `lost`: seats that are ours no more. */
  onChange(listener: (change: { reason: HoldChangeReason; lost: string[] }) => void): () => void;
  close(): void;
}

export interface HoldDeps {
  link: Link;
  showtimeId: string;
  now?: () => number;
}

/** Below this an extension would move nothing that a person notices. */
const WORTH_EXTENDING_MS = 1_000;

export function createHoldDesk({ link, showtimeId, now = Date.now }: HoldDeps): HoldDesk {
  const hold = signal<Hold | null>(null);
  const adding = signal<ReadonlySet<string>>(new Set());
  const removing = signal<ReadonlySet<string>>(new Set());
  const waiting = signal(0);
  const endsAt = signal<number | null>(null);
  const listeners = new Set<(change: { reason: HoldChangeReason; lost: string[] }) => void>();
  /** How far the server's clock is ahead of ours, learnt from each answer. */
  let clockAheadMs = 0;
  let queue: Promise<unknown> = Promise.resolve();

  const mine = computed(() => {
    const seats = new Set(hold.value?.seats ?? []);
    for (const seat of adding.value) seats.add(seat);
    for (const seat of removing.value) seats.delete(seat);
    return seats;
  });

  function take(next: Hold | null): void {
    hold.value = next;
    endsAt.value = next && now() + next.ttlMs;
    if (next) clockAheadMs = Date.parse(next.expiresAt) - next.ttlMs - now();
  }

  /** One command after the other: a second tap on a seat undoes the first, and answers come in order. */
  function inTurn<T>(work: () => Promise<T>): Promise<T> {
    waiting.value++;
    const done = queue.then(work).finally(() => {
      waiting.value--;
    });
    queue = done.catch(() => undefined);
    return done;
  }

  async function ask(event: "seats:hold", seats: string[], access?: boolean) {
    const answer = await link.request(event, { requestId: freshKey(), showtimeId, seats, access });
    if (answer.ok) take(answer.hold);
    return answer;
  }

  async function release(seats?: string[]): Promise<Outcome<object>> {
    const answer = await link.request("seats:release", { requestId: freshKey(), showtimeId, seats });
    if (answer.ok) take(answer.hold);
    else if (answer.code === "hold_expired") take(null);
    return answer;
  }

  async function resume(): Promise<void> {
    const answer = await link.request("hold:resume", { showtimeId });
    if (!answer.ok) return;
    const lost = hold.peek()?.seats.filter((seat) => !answer.hold?.seats.includes(seat)) ?? [];
    take(answer.hold);
    if (lost.length > 0) for (const listener of listeners) listener({ reason: "expired", lost });
  }

  const stopHold = link.on("hold:changed", (change) => {
    if (change.showtimeId !== showtimeId) return;
    const before = hold.peek();
    const lost = (before?.seats ?? []).filter((seat) => !change.hold?.seats.includes(seat));
    if (!change.hold) take(null);
    else if (before) {
      const ttlMs = Date.parse(change.hold.expiresAt) - clockAheadMs - now();
      take({ ...before, ...change.hold, ttlMs: Math.max(0, ttlMs) });
    } else void inTurn(resume);
    for (const listener of listeners) listener({ reason: change.reason, lost });
  });
  const stopLive = link.whenLive(() => void inTurn(resume));

  return {
    hold,
    mine,
    busy: computed(() => waiting.value > 0),
    endsAt,
    extendable: computed(() => {
      const { expiresAt, capAt } = hold.value ?? { expiresAt: "", capAt: "" };
      return Date.parse(capAt) - Date.parse(expiresAt) > WORTH_EXTENDING_MS;
    }),
    async add(wanted, access) {
      const seats = [wanted].flat();
      adding.value = new Set([...adding.peek(), ...seats]);
      removing.value = without(removing.peek(), seats);
      const answer = await inTurn(() => ask("seats:hold", seats, access));
      adding.value = without(adding.peek(), seats);
      return answer.ok ? { ok: true, warnings: answer.warnings ?? [] } : answer;
    },
    async remove(seatId) {
      removing.value = new Set([...removing.peek(), seatId]);
      adding.value = without(adding.peek(), [seatId]);
      const answer = await inTurn(() => release([seatId]));
      removing.value = without(removing.peek(), [seatId]);
      return answer;
    },
    clear: () => inTurn(() => release()),
    extend: () =>
      inTurn(async () => {
        const answer = await link.request("hold:extend", { requestId: freshKey(), showtimeId });
        if (answer.ok) take(answer.hold);
        else if (answer.code === "hold_expired") take(null);
        return answer;
      }),
    resume: () => inTurn(resume),
    onChange(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    close() {
      stopHold();
      stopLive();
      listeners.clear();
    },
  };
}

function without(seats: ReadonlySet<string>, gone: readonly string[]): ReadonlySet<string> {
  const rest = new Set(seats);
  for (const seat of gone) rest.delete(seat);
  return rest;
}
