/**
 * A lease in the store: one process at a time serves it alone, or migrates it; several may serve it together.
 *
 * Promises: while the holder's process lives nobody else gets the lease; once it is gone the next one
 * gets it at once on the same host, and after `LEASE_TTL_MS` without a heartbeat from elsewhere.
 * Must never import an adapter.
 */
import { setTimeout as pause } from "node:timers/promises";
import { type Clock, systemClock } from "../basics/clock.ts";
import { randomText } from "../basics/ids.ts";
import { installation } from "./collections.ts";
import { type Holder, lifeOf, thisProcess } from "./holder.ts";
import type { Collection, Store } from "./port.ts";

/** How often a holder says that it is there: one small write. */
const HEARTBEAT_MS = 2_000;
/** Five heartbeats: a busy disk or a long pause is no death. */
export const LEASE_TTL_MS = 10_000;

const LEASE = "lease:";
/** Of the one process that serves a store alone. */
const ALONE = "server";
/** Of each process that serves a store together with others: this and a random rest. */
const TOGETHER = "together:";

export interface LeaseOptions {
  /** What the lease is for; default `server`. */
  name?: string;
  /** Called once when somebody else took the lease nevertheless: stop serving. */
  onLost?: () => void;
  clock?: Clock;
  heartbeatMs?: number;
  ttlMs?: number;
}

export interface Lease {
  /** Lets go, so that the next one need not wait. Safe to repeat. */
  release(): Promise<void>;
}

/** `held`: another process has it; `who` says which, in words for an operator. */
export type LeaseTaken = { ok: true; lease: Lease } | { ok: false; code: "held"; who: string };

type Leases = Collection<{ id: string; version: number; value: Record<string, unknown> }>;
type Settled = Required<Omit<LeaseOptions, "name">> & { id: string };

/**
 * Takes a lease and keeps it until it is released. Refused at once while the holder is known to live; where only
 * its heartbeat can tell, watches for up to `ttlMs` first.
 */
export async function takeLease(store: Store, options: LeaseOptions = {}): Promise<LeaseTaken> {
  const settled = settle(options);
  const leases = store.collection(installation);
  const me = thisProcess(randomText(20));
  for (;;) {
    const now = settled.clock.now();
    const value = { ...me, since: now, beatAt: now };
    const inserted = await leases.insert({ id: settled.id, value });
    if (inserted.ok) return { ok: true, lease: keep(leases, inserted.document, settled) };
    const held = await leases.get(settled.id);
    if (!held) continue;
    if (await isHeld(leases, held, settled)) return { ok: false, code: "held", who: inWords(held.value) };
    const taken = await leases.update(settled.id, { version: held.version }, { set: { value } });
    if (taken.ok) return { ok: true, lease: keep(leases, taken.document, settled) };
  }
}

/** The right to serve a store alone: refused while any other process serves it, alone or together with others. */
export function serveAlone(store: Store, options: Omit<LeaseOptions, "name"> = {}): Promise<LeaseTaken> {
  return takeBeside(store, { ...options, name: ALONE }, (id) => id.startsWith(leaseId(TOGETHER)));
}

/** The right to serve a store together with others who have this right: refused while a process serves it alone. */
export function serveTogether(store: Store, options: Omit<LeaseOptions, "name"> = {}): Promise<LeaseTaken> {
  return takeBeside(store, { ...options, name: `${TOGETHER}${randomText(20)}` }, (id) => id === leaseId(ALONE));
}

/** Takes first and looks for rivals afterwards: of two rivals that start at once at least one sees the other. */
async function takeBeside(store: Store, options: LeaseOptions, isRival: (id: string) => boolean): Promise<LeaseTaken> {
  const taken = await takeLease(store, options);
  if (!taken.ok) return taken;
  const leases = store.collection(installation);
  for (const rival of (await leases.find({})).filter(({ id }) => isRival(id))) {
    if (await isHeld(leases, rival, { ...settle(options), id: rival.id })) {
      await taken.lease.release();
      return { ok: false, code: "held", who: inWords(rival.value) };
    }
    await leases.remove(rival.id, { version: rival.version });
  }
  return taken;
}

/** The id under which a lease stands in the `installation` collection. */
export function leaseId(name: string): string {
  return `${LEASE}${name}`;
}

/** Whether a document is a lease: backups leave those out. */
export function isLease(collection: string, id: string): boolean {
  return collection === installation.name && id.startsWith(LEASE);
}

function settle({ name = ALONE, onLost = () => {}, clock = systemClock, ...times }: LeaseOptions): Settled {
  const { heartbeatMs = HEARTBEAT_MS, ttlMs = LEASE_TTL_MS } = times;
  return { id: leaseId(name), onLost, clock, heartbeatMs, ttlMs };
}

type LeaseDoc = { id: string; version: number; value: Record<string, unknown> };

async function isHeld(leases: Leases, held: LeaseDoc, { id, clock, ttlMs, heartbeatMs }: Settled): Promise<boolean> {
  switch (lifeOf(held.value as unknown as Holder)) {
    case "alive":
      return true;
    case "dead":
      return false;
    case "unknown": {
      // Clocks of two hosts differ, so an old heartbeat is only believed when no new one comes.
      const age = clock.now() - Number(held.value.beatAt);
      const watchUntil = performance.now() + (age > ttlMs ? heartbeatMs * 2 : ttlMs);
      while (performance.now() < watchUntil) {
        await pause(Math.min(100, heartbeatMs));
        const now = await leases.get(id);
        if (!now) return false;
        if (now.version !== held.version) return true;
      }
      return false;
    }
  }
}

function keep(leases: Leases, taken: LeaseDoc, { id, clock, onLost, heartbeatMs }: Settled): Lease {
  let mine: LeaseDoc | null = taken;
  let beating: Promise<void> = Promise.resolve();
  const beat = async (): Promise<void> => {
    if (!mine) return;
    const value: Record<string, unknown> = { ...mine.value, beatAt: clock.now() };
    const beaten = await leases.update(id, { version: mine.version }, { set: { value } });
    if (beaten.ok) {
      mine = beaten.document;
      return;
    }
    const now = await leases.get(id);
    // An earlier heartbeat whose answer got lost was written all the same: it is still ours.
    if (now !== null && now.value.instance === value.instance) {
      mine = now;
      return;
    }
    mine = null;
    clearInterval(timer);
    onLost();
  };
  const timer = setInterval(() => {
    // A store that can't be asked now keeps the lease as it is: nobody else can take it either.
    beating = beating.then(beat).catch(() => undefined);
  }, heartbeatMs);
  timer.unref();
  return {
    release: async () => {
      clearInterval(timer);
      await beating;
      const last = mine;
      mine = null;
      if (last) await leases.remove(id, { version: last.version });
    },
  };
}

function inWords(value: Record<string, unknown>): string {
  const since = new Date(Number(value.since)).toISOString();
  return `process ${value.pid} on ${String(value.host).split(" ")[0]}, since ${since}`;
}
